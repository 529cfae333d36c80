"""Instants, dates and time zones. An instant without an offset is in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from email.utils import format_datetime as http_text
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, decimal, instant, integer

Zone: TypeAlias = str

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def unix_to_datetime(value: float | Decimal | str) -> datetime:
    """Seconds since 1970-01-01T00:00:00Z as a date and time in UTC.

    >>> unix_to_datetime(1732438800)
    datetime.datetime(2024, 11, 24, 9, 0, tzinfo=datetime.timezone.utc)
    """
    return _since_epoch(decimal(value) * 1_000_000)


def datetime_to_unix(value: datetime) -> int:
    """Date and time as whole seconds since 1970-01-01T00:00:00Z; fractions are cut off.

    >>> datetime_to_unix(datetime(2024, 11, 24, 9, 0, tzinfo=UTC))
    1732438800
    """
    return (value - _EPOCH) // _MICROSECOND // 1_000_000


def unix_ms_to_datetime(value: float | Decimal | str) -> datetime:
    """Milliseconds since 1970-01-01T00:00:00Z as a date and time in UTC.

    >>> unix_ms_to_datetime(1732438800250)
    datetime.datetime(2024, 11, 24, 9, 0, 0, 250000, tzinfo=datetime.timezone.utc)
    """
    return _since_epoch(decimal(value) * 1_000)


def datetime_to_unix_ms(value: datetime) -> int:
    """Date and time as whole milliseconds since 1970-01-01T00:00:00Z.

    >>> datetime_to_unix_ms(datetime(2024, 11, 24, 9, 0, 0, 250000, tzinfo=UTC))
    1732438800250
    """
    return (value - _EPOCH) // _MICROSECOND // 1_000


def iso8601_to_datetime(value: str, zone: Zone = "UTC") -> datetime:
    """ISO 8601 text as a date and time; text without an offset is in `zone`.

    >>> iso8601_to_datetime("2026-11-24T09:00:00+01:00").utcoffset()
    datetime.timedelta(seconds=3600)
    >>> iso8601_to_datetime("2026-11-24").isoformat()
    '2026-11-24T00:00:00+00:00'
    """
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        raise TransformError("takes ISO 8601 text such as `2026-11-24T09:00:00Z`") from None
    return read if read.tzinfo else read.replace(tzinfo=zone_of(zone))


def datetime_to_iso8601(value: datetime) -> str:
    """Date and time as ISO 8601 text with its offset, `Z` for UTC.

    >>> datetime_to_iso8601(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    '2026-11-24T09:00:00Z'
    """
    return iso8601(value)


def parse_datetime(value: str, format_: str, zone: Zone = "UTC") -> datetime:
    """Text read by an explicit format (`%Y-%m-%d %H:%M:%S`); without an offset in it, in `zone`.

    >>> parse_datetime("24.11.2026 09:00", "%d.%m.%Y %H:%M", "Europe/Berlin").isoformat()
    '2026-11-24T09:00:00+01:00'
    """
    try:
        read = datetime.strptime(value.strip(), format_)  # noqa: DTZ007  # the zone is added below
    except (ValueError, OverflowError):
        raise TransformError("takes text of the given date format") from None
    return read if read.tzinfo else read.replace(tzinfo=zone_of(zone))


def format_datetime(value: datetime, format_: str) -> str:
    """Date and time written by an explicit format.

    >>> format_datetime(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "%d.%m.%Y")
    '24.11.2026'
    """
    return value.strftime(format_)


def to_timezone(value: datetime, zone: Zone) -> datetime:
    """The same instant on the clocks of a time zone (`Europe/Berlin`, `UTC`, `+02:00`).

    >>> to_timezone(datetime(2026, 7, 1, 9, 0, tzinfo=UTC), "Europe/Berlin").isoformat()
    '2026-07-01T11:00:00+02:00'
    """
    return value.astimezone(zone_of(zone))


def date_only(value: datetime, zone: Zone | None = None) -> str:
    """Calendar date of an instant as `YYYY-MM-DD`, on its own clock or on that of `zone`.

    >>> date_only(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)), date_only(
    ...     datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Berlin")
    ('2026-11-24', '2026-11-25')
    """
    return (to_timezone(value, zone) if zone else value).date().isoformat()


def time_only(value: datetime) -> str:
    """Time of day of an instant as `HH:MM:SS`.

    >>> time_only(datetime(2026, 11, 24, 9, 5, tzinfo=UTC))
    '09:05:00'
    """
    return value.strftime("%H:%M:%S")


def date_to_datetime(value: str, zone: Zone = "UTC") -> datetime:
    """Start of a calendar date (`YYYY-MM-DD`) in `zone`.

    >>> date_to_datetime("2026-11-24").isoformat()
    '2026-11-24T00:00:00+00:00'
    """
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise TransformError("takes a date such as `2026-11-24`") from None
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))


def add_seconds(value: datetime, seconds: Decimal) -> datetime:
    """Instant so many seconds later; earlier where negative.

    >>> add_seconds(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), 90).isoformat()
    '2026-11-24T09:01:30+00:00'
    """
    try:
        return value + timedelta(microseconds=int(decimal(seconds) * 1_000_000))
    except OverflowError:
        raise TransformError("reaches only the years 1 to 9999") from None


def add_days(value: datetime, days: int) -> datetime:
    """Same time of day so many days later.

    >>> add_days(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), 7).isoformat()
    '2026-12-01T09:00:00+00:00'
    """
    try:
        return value + timedelta(days=integer(days))
    except OverflowError:
        raise TransformError("reaches only the years 1 to 9999") from None


def http_date_to_datetime(value: str) -> datetime:
    """HTTP or e-mail date as a date and time (RFC 9110 section 5.6.7, RFC 5322).

    >>> http_date_to_datetime("Tue, 24 Nov 2026 09:00:00 GMT").isoformat()
    '2026-11-24T09:00:00+00:00'
    """
    try:
        read = parsedate_to_datetime(value)
    except ValueError:
        raise TransformError("takes an HTTP date such as `Tue, 24 Nov 2026 09:00:00 GMT`") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def datetime_to_http_date(value: datetime) -> str:
    """Instant as an HTTP date (RFC 9110 section 5.6.7).

    >>> datetime_to_http_date(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    'Tue, 24 Nov 2026 09:00:00 GMT'
    """
    return http_text(value.astimezone(UTC), usegmt=True)


def iso8601(value: datetime) -> str:
    """Return ISO 8601 text with its offset, `Z` for UTC; an instant without one is in UTC."""
    return instant(value).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """Return the time zone of an IANA name or an offset such as `+02:00`; raises TransformError where there is none."""
    if name in ("UTC", "Z"):
        return UTC
    if name[:1] in "+-" and len(name) == 6 and name[3] == ":" and (name[1:3] + name[4:]).isdigit():
        sign = -1 if name[0] == "-" else 1
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[4:]))
        if offset < timedelta(hours=24):
            return timezone(sign * offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TransformError("needs a time zone such as `Europe/Berlin`, `UTC` or `+02:00`") from None


def _since_epoch(microseconds: Decimal) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise TransformError("reaches only the years 1 to 9999") from None


DATES: tuple[TransformSpec, ...] = (
    TransformSpec(unix_to_datetime, "number", "datetime", inverse="datetime_to_unix"),
    TransformSpec(datetime_to_unix, "datetime", "integer", inverse="unix_to_datetime"),
    TransformSpec(unix_ms_to_datetime, "number", "datetime", inverse="datetime_to_unix_ms"),
    TransformSpec(datetime_to_unix_ms, "datetime", "integer", inverse="unix_ms_to_datetime"),
    TransformSpec(iso8601_to_datetime, "text", "datetime", inverse="datetime_to_iso8601"),
    TransformSpec(datetime_to_iso8601, "datetime", "text", inverse="iso8601_to_datetime"),
    TransformSpec(parse_datetime, "text", "datetime", inverse="format_datetime"),
    TransformSpec(format_datetime, "datetime", "text", inverse="parse_datetime"),
    TransformSpec(to_timezone, "datetime", "datetime"),
    TransformSpec(date_only, "datetime", "text", inverse="date_to_datetime"),
    TransformSpec(time_only, "datetime", "text"),
    TransformSpec(date_to_datetime, "text", "datetime", inverse="date_only"),
    TransformSpec(add_seconds, "datetime", "datetime"),
    TransformSpec(add_days, "datetime", "datetime"),
    TransformSpec(http_date_to_datetime, "text", "datetime", inverse="datetime_to_http_date"),
    TransformSpec(datetime_to_http_date, "datetime", "text", inverse="http_date_to_datetime"),
)
