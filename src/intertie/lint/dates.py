"""Dates as a spec gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from intertie.diagnostics import SourceSpan
from intertie.spec.model import Spec


def parse_date(text: str) -> date | None:
    """Return the date of `YYYY-MM-DD`, None where it is no date.

    >>> parse_date("2027-06-30"), parse_date("2027-02-30"), parse_date("soon")
    (datetime.date(2027, 6, 30), None, None)
    """
    try:
        return date.fromisoformat(text.strip().partition("T")[0])
    except ValueError:
        return None


def ends_of_versions(spec: Spec) -> Iterator[tuple[str, SourceSpan, date]]:
    """Yield each version in use that ends, the place of its last day, and the day."""
    versioning = spec.versioning
    if versioning is None:
        return
    in_use = {version.value for version in (versioning.current, *versioning.supported) if version}
    for version, day in versioning.deprecation_schedule:
        end = parse_date(day.value)
        if end is not None and version.value in in_use:
            yield version.value, day.span, end
