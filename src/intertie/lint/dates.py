"""Dates as a spec gives them."""

from __future__ import annotations

from datetime import date


def parse_date(text: str) -> date | None:
    """Return the date of `YYYY-MM-DD`, None where it is no date.

    >>> parse_date("2027-06-30"), parse_date("2027-02-30"), parse_date("soon")
    (datetime.date(2027, 6, 30), None, None)
    """
    try:
        return date.fromisoformat(text.strip().partition("T")[0])
    except ValueError:
        return None
