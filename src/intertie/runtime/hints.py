"""What an answer's headers say about the service's limit. Pure: headers and a date in, a `ServerHint` out.

| header | read as |
|---|---|
| `Retry-After` (or the one an endpoint declares) | seconds (also a fraction) or an HTTP date; the longest of several |
| `RateLimit` with `r` and `t`, `RateLimit-Policy` | structured fields; of several policies the one with least left |
| `RateLimit: limit=, remaining=, reset=` | the older draft's spelling |
| `RateLimit-Remaining/-Reset`, `X-RateLimit-*`, `X-Rate-Limit-*`, `…-Requests` | plain numbers |

A reset is a number of seconds, a duration (`6m0s`), a date, or seconds or milliseconds since 1970, told by its size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from intertie.runtime.http import Headers
from intertie.runtime.http_dates import http_date_s, iso_date_s
from intertie.runtime.state import ServerHint

LONGEST_S = 10 * 365 * 86400.0
"""Longer than this is as good as for ever; the limiter caps a pause far earlier."""

_EPOCH_S_FROM = 1e9
_EPOCH_MS_FROM = 1e11
_NUMBER_RE = re.compile(r"\s*(\d{1,18}(?:\.\d{1,9})?)\s*\Z")
_ENDLESS_RE = re.compile(r"\s*\d{19,}\s*\Z")
"""A number too large to hold is as good as for ever (RFC 9111 section 1.2.2)."""
_DURATION_RE = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PARAMETER_RE = re.compile(r"([a-z]+)\s*=\s*\"?(\d{1,18})", re.IGNORECASE)

_REMAINING = tuple(
    f"{prefix}remaining{suffix}"
    for prefix in ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
    for suffix in ("", "-requests")
)
_RESETS = tuple(name.replace("remaining", "reset") for name in _REMAINING)

NAMES: frozenset[bytes] = frozenset(
    name.encode() for name in ("retry-after", "ratelimit", "ratelimit-policy", *_REMAINING, *_RESETS)
)
"""Lower-case names of the headers that can hold a hint: an answer with none of them needs no reading."""


def has_hint(headers: Headers) -> bool:
    """Return whether any header may say something about the limit."""
    return headers.has_any(NAMES)


def read_hint(
    headers: Headers,
    *,
    now_s: float,
    throttled: bool = False,
    pauses: bool = True,
    retry_after_header: str | None = None,
) -> ServerHint | None:
    """Return what the answer says about the limit, None where it says nothing and was not throttled.

    Args:
        headers: Of the answer.
        now_s: The date, seconds since 1970.
        throttled: The answer was a 429 or a disguise of one.
        pauses: Whether `Retry-After` concerns the limit here (429, 503 and disguises); after a 202 or 301 it means
            something else.
        retry_after_header: The header that the endpoint declares in place of `Retry-After`.
    """
    pause_s = retry_after_s(headers, now_s=now_s, header=retry_after_header) if pauses else None
    remaining, reset_s = quota(headers, now_s=now_s)
    if throttled and pause_s is None and not remaining and reset_s is not None:
        pause_s = reset_s
    if pause_s is None and remaining is None and reset_s is None and not throttled:
        return None
    return ServerHint(pause_s=pause_s, throttled=throttled, remaining=remaining, reset_s=reset_s)


def retry_after_s(headers: Headers, *, now_s: float, header: str | None = None) -> float | None:
    """Return the seconds to wait that the answer states: 0.0 for a past date, None where it states nothing sensible.

    A negative number is no statement.

    Source: RFC 9110 section 10.2.3.
    """
    names = ("retry-after",) if header is None else (header, "retry-after")
    for name in names:
        stated = [seconds for text in headers.all(name) if (seconds := _pause_s(text, now_s)) is not None]
        if stated:
            return max(stated)
    return None


def quota(headers: Headers, *, now_s: float) -> tuple[int | None, float | None]:
    """Return (requests left, seconds until they are renewed), each None where nothing is said."""
    structured = _structured(headers)
    if structured is not None:
        return structured
    remaining = next((n for name in _REMAINING if (n := _count(headers.get(name))) is not None), None)
    reset_s = next((s for name in _RESETS if (s := _reset_s(headers.get(name), now_s)) is not None), None)
    return remaining, reset_s


def _pause_s(text: str, now_s: float) -> float | None:
    number = _NUMBER_RE.match(text)
    if number:
        return min(float(number.group(1)), LONGEST_S)
    if _ENDLESS_RE.match(text):
        return LONGEST_S
    date_s = http_date_s(text)
    return None if date_s is None else _until(date_s, now_s)


def _reset_s(text: str | None, now_s: float) -> float | None:
    if text is None:
        return None
    number = _NUMBER_RE.match(text)
    if number:
        value = float(number.group(1))
        if value >= _EPOCH_MS_FROM:
            return _until(value / 1000, now_s)
        return _until(value, now_s) if value >= _EPOCH_S_FROM else min(value, LONGEST_S)
    parts = _DURATION_RE.findall(text)
    if parts and "".join(value + unit for value, unit in parts) == text.strip():
        return min(math.fsum(float(value) * _DURATION_UNIT_S[unit] for value, unit in parts), LONGEST_S)
    date_s = http_date_s(text)
    if date_s is None:
        date_s = iso_date_s(text)
    return None if date_s is None else _until(date_s, now_s)


def _until(date_s: float, now_s: float) -> float:
    return min(max(date_s - now_s, 0.0), LONGEST_S)


def _count(text: str | None) -> int | None:
    # "remaining" may be listed per window ("12, 340"): the least of them binds.
    counts = [int(float(m.group(1))) for part in (text or "").split(",") if (m := _NUMBER_RE.match(part))]
    return min(counts) if counts else None


def _structured(headers: Headers) -> tuple[int, float | None] | None:
    """Read `RateLimit`; of several policies the one with least left, then with the later reset."""
    windows_s = {name: float(fields["w"]) for name, fields in _items(headers.all("ratelimit-policy")) if "w" in fields}
    found: list[tuple[int, float | None]] = []
    older: dict[str, int] = {}
    for name, fields in _items(headers.all("ratelimit")):
        if "r" in fields:
            reset = float(fields["t"]) if "t" in fields else windows_s.get(name)
            found.append((fields["r"], None if reset is None else min(reset, LONGEST_S)))
        older.update(fields)
    if not found and "remaining" in older:
        reset = float(older["reset"]) if "reset" in older else None
        found.append((older["remaining"], None if reset is None else min(reset, LONGEST_S)))
    if not found:
        return None
    return min(found, key=lambda item: (item[0], -(item[1] or 0.0)))


def _items(values: list[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield (item, parameters) of a structured list: a lenient reading of RFC 9651 section 3.1, since drafts differ."""
    for item in ",".join(values).split(","):
        name, _, _ = item.partition(";")
        yield name.strip().strip('"').lower(), {key.lower(): int(value) for key, value in _PARAMETER_RE.findall(item)}
