"""Dates as HTTP writes them, read into seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: index for index, name in enumerate(_NAMES, start=1)}
_TIME = r"(\d{2}):(\d{2}):(\d{2})"
_IMF_RE = re.compile(rf"\s*(?:[A-Za-z]{{3}},\s*)?(\d{{1,2}}) ([A-Za-z]{{3}}) (\d{{4}}) {_TIME} (?:GMT|UTC|\+0000)\s*\Z")
_RFC850_RE = re.compile(rf"\s*[A-Za-z]+, (\d{{2}})-([A-Za-z]{{3}})-(\d{{2}}) {_TIME} GMT\s*\Z")
_ASCTIME_RE = re.compile(rf"\s*[A-Za-z]{{3}} ([A-Za-z]{{3}}) +(\d{{1,2}}) {_TIME} (\d{{4}})\s*\Z")


def http_date_s(text: str) -> float | None:
    """Return the instant of an HTTP date in seconds since 1970, None where the text is none.

    All three forms are read; a two-digit year lies in 1970 to 2069.

    Source: RFC 9110 section 5.6.7.

    >>> http_date_s("Sun, 06 Nov 1994 08:49:37 GMT"), http_date_s("Sunday, 06-Nov-94 08:49:37 GMT")
    (784111777.0, 784111777.0)
    >>> http_date_s("Sun Nov  6 08:49:37 1994"), http_date_s("tomorrow")
    (784111777.0, None)
    """
    if match := _IMF_RE.match(text):
        day, month, year, *time = match.groups()
    elif match := _RFC850_RE.match(text):
        day, month, short_year, *time = match.groups()
        year = str(int(short_year) + (1900 if int(short_year) >= 70 else 2000))
    elif match := _ASCTIME_RE.match(text):
        month, day, *time, year = match.groups()
    else:
        return None
    return _instant_s(year, month, day, time)


def iso_date_s(text: str) -> float | None:
    """Return the instant of an ISO 8601 date and time in seconds since 1970; without a zone it is UTC.

    >>> iso_date_s("2026-11-24T09:00:00Z"), iso_date_s("60")
    (1795510800.0, None)
    """
    if "T" not in text and " " not in text.strip():
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None  # a year that no clock here can hold says nothing


def _instant_s(year: str, month: str, day: str, time: list[str]) -> float | None:
    number = _MONTHS.get(month.lower())
    hour, minute, second = (int(part) for part in time)
    if number is None or second > 60:
        return None
    try:
        # A leap second counts as the second before it: clocks here have none.
        return datetime(int(year), number, int(day), hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
