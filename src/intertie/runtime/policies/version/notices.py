"""Pure: sentences about versions that end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from intertie.core.plurals import plural
from intertie.runtime.http import Headers
from intertie.runtime.http_dates import http_date_s
from intertie.runtime.policies.version.options import VersionOptions

_DATE_RE = re.compile(r"\s*@(-?\d{1,12})\s*(?:;.*)?\Z")
NAMES = frozenset({b"deprecation", b"sunset"})


def schedule_notice(options: VersionOptions, version: str, today: date) -> str | None:
    """Return a warning where the version asked for ends within `warn_days`, or has ended; else None."""
    ends = dict(options.deprecations).get(version)
    if ends is None:
        return None
    left = (ends - today).days
    if left > options.warn_days:
        return None
    instead = f"; the current one is {options.current}" if version != options.current else ""
    if left < 0:
        return f"API version {version} ended on {ends.isoformat()}{instead}"
    return f"API version {version} ends on {ends.isoformat()}, in {plural(left, 'day')}{instead}"


def first_notices_s(options: VersionOptions) -> dict[str, float]:
    """Return, for each version that ends, when callers begin to be warned: seconds since 1970 of that day's start."""
    return {
        version: datetime.combine(ends - timedelta(days=options.warn_days), time(), UTC).timestamp()
        for version, ends in options.deprecations
    }


def header_notice(headers: Headers) -> str | None:
    """Return what `Deprecation` and `Sunset` headers announce, None where there are none.

    Source: RFC 9745 section 2 (`@` and seconds since 1970; a boolean or an HTTP date in earlier drafts), RFC 8594
        section 3.
    """
    if not headers.has_any(NAMES):
        return None
    deprecation, sunset = headers.get("deprecation"), headers.get("sunset")
    sunset_s = http_date_s(sunset) if sunset is not None else None
    if deprecation is None and sunset_s is None:
        return None
    parts = []
    if deprecation is not None:
        since_s = _deprecation_s(deprecation)
        if since_s is None and deprecation.strip().lower() in {"false", "?0"}:
            return None
        parts.append("is deprecated" if since_s is None else f"is deprecated from {_day(since_s)}")
    if sunset_s is not None:
        parts.append(f"is switched off on {_day(sunset_s)}")
    return f"the service says that this resource {' and '.join(parts)}"


def _deprecation_s(text: str) -> float | None:
    match = _DATE_RE.match(text)
    return float(match.group(1)) if match else http_date_s(text)


def _day(instant_s: float) -> str:
    try:
        return datetime.fromtimestamp(instant_s, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "a date that no calendar has"
