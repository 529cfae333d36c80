"""Durations, ratios, comparisons, money and rates as people write them, read into exact values.

Every reader returns `None` where the text is not of its kind; the caller knows the place and says what was expected.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from intertie.core.patterns import later
from intertie.core.rate_windows import RATE_WINDOWS

_NUMBER = r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?|[+-]?\.\d+"
_NUMBER_RE = re.compile(rf"\s*({_NUMBER})\s*\Z")
_QUANTITY_RE = re.compile(rf"\s*({_NUMBER})[\s_]*([A-Za-zµ%]+)\s*\Z")
_ISO_RE = later(
    r"\s*P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?\s*\Z",
    re.IGNORECASE,
)
_COMPARISON_RE = later(r"\s*(?:([A-Za-z_][\w. ]*?)\s*)?(<=|>=|==|!=|<|>|≤|≥)\s*(.+?)\s*\Z")
_RATE_RE = later(
    rf"\s*({_NUMBER})\s*(?:requests?|calls?|reqs?)?\s*(?:/|per|a|an)\s*({_NUMBER})?\s*([A-Za-z]+)\s*\Z", re.IGNORECASE
)
_WINDOW_S_OF_UNIT = {each.unit: each.window_s for each in RATE_WINDOWS}
_SHORT_RATE_RE = later(rf"\s*({_NUMBER})\s*({'|'.join(_WINDOW_S_OF_UNIT)})\s*\Z", re.IGNORECASE)
_MONEY_RE = later(rf"\s*(?:([$€£¥])\s*({_NUMBER})|({_NUMBER})\s*([$€£¥]|[A-Za-z]{{3}})?)\s*\Z")

_LONGEST = 200
"""Characters of a quantity, rate, amount or comparison. What is longer is none, and is not tried in all its parts."""
_MOST_DIGITS = 400
"""Python itself reads no number of more than 4,300 digits."""

SECONDS_PER_UNIT = {
    "ms": Decimal("0.001"), "msec": Decimal("0.001"), "millis": Decimal("0.001"), "millisecond": Decimal("0.001"),
    "us": Decimal("0.000001"), "µs": Decimal("0.000001"),
    "s": Decimal(1), "sec": Decimal(1), "secs": Decimal(1), "second": Decimal(1),
    "m": Decimal(60), "min": Decimal(60), "mins": Decimal(60), "minute": Decimal(60),
    "h": Decimal(3600), "hr": Decimal(3600), "hrs": Decimal(3600), "hour": Decimal(3600),
    "d": Decimal(86400), "day": Decimal(86400),
    "w": Decimal(604800), "week": Decimal(604800),
}  # fmt: skip
"""Seconds in one of each unit; plurals are accepted too."""

CURRENCY_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


class Rate(NamedTuple):
    """A number of requests per window."""

    limit: int
    window_s: float


class Comparison(NamedTuple):
    """`p99 < 500ms` and its like: an optional subject, an operator and the text of the right side."""

    subject: str | None
    operator: str
    right: str


def parse_number(text: str) -> Decimal | None:
    """Read `1000`, `1_000`, `1,000`, `0.5`, `-3`; a comma stands between thousands, never before decimals.

    >>> parse_number("1,000"), parse_number("1_000.5"), parse_number("ten"), parse_number("0,002")
    (Decimal('1000'), Decimal('1000.5'), None, None)
    """
    match = _NUMBER_RE.match(text)
    return _decimal(match.group(1)) if match else None


def whole_number(text: str) -> int | None:
    """Read a whole number of ASCII digits, at most 400 of them.

    >>> whole_number("042"), whole_number("²"), whole_number("-1"), whole_number("9" * 401)
    (42, None, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def parse_duration_s(text: str, *, bare_unit: str) -> Decimal | None:
    """Read a duration into seconds; a bare number is in `bare_unit`.

    >>> parse_duration_s("250ms", bare_unit="s"), parse_duration_s("5 seconds", bare_unit="ms")
    (Decimal('0.250'), Decimal('5'))
    >>> parse_duration_s("1_second", bare_unit="ms"), parse_duration_s("PT2M", bare_unit="ms")
    (Decimal('1'), Decimal('120'))
    >>> parse_duration_s("1500", bare_unit="ms"), parse_duration_s("soon", bare_unit="ms")
    (Decimal('1.500'), None)
    """
    number = parse_number(text)
    if number is not None:
        return number * SECONDS_PER_UNIT[bare_unit]
    if len(text) > _LONGEST:
        return None
    match = _QUANTITY_RE.match(text)
    if match:
        unit_s = _unit_s(match.group(2))
        return None if unit_s is None else _decimal(match.group(1)) * unit_s
    iso = _ISO_RE().match(text)
    if iso and any(iso.groups()):
        factors = (Decimal(604800), Decimal(86400), Decimal(3600), Decimal(60), Decimal(1))
        return sum(
            (Decimal(part) * factor for part, factor in zip(iso.groups(), factors, strict=True) if part), Decimal(0)
        )
    return None


def parse_ratio(text: str) -> Decimal | None:
    """Read `99.9%` or a bare ratio in 0..1 into a ratio.

    >>> parse_ratio("99.9%"), parse_ratio("0.2"), parse_ratio("20")
    (Decimal('0.999'), Decimal('0.2'), None)
    """
    stripped = text.strip()
    if stripped.endswith("%"):
        number = parse_number(stripped[:-1])
        return None if number is None else number / 100
    number = parse_number(stripped)
    return number if number is not None and 0 <= number <= 1 else None


def parse_comparison(text: str) -> Comparison | None:
    """Read `< 200`, `p99 < 500ms`, `error_rate > 5%`.

    >>> parse_comparison("p99 < 500ms")
    Comparison(subject='p99', operator='<', right='500ms')
    >>> parse_comparison("<200ms").right
    '200ms'
    """
    match = _COMPARISON_RE().match(text) if len(text) <= _LONGEST else None
    if not match:
        return None
    operator = {"≤": "<=", "≥": ">="}.get(match.group(2), match.group(2))
    return Comparison(match.group(1), operator, match.group(3))


def parse_rate(text: str) -> Rate | None:
    """Read `100 requests per minute`, `60 RPM`, `100/10s`, `1,000 requests/hour`.

    >>> parse_rate("100 requests per minute"), parse_rate("100/10s"), parse_rate("60 RPM")
    (Rate(limit=100, window_s=60.0), Rate(limit=100, window_s=10.0), Rate(limit=60, window_s=60.0))
    """
    if len(text) > _LONGEST:
        return None
    short = _SHORT_RATE_RE().match(text)
    if short:
        return Rate(int(_decimal(short.group(1))), _WINDOW_S_OF_UNIT[short.group(2).lower()])
    match = _RATE_RE().match(text)
    if not match:
        return None
    unit_s = _unit_s(match.group(3))
    if unit_s is None:
        return None
    count = _decimal(match.group(2)) if match.group(2) else Decimal(1)
    return Rate(int(_decimal(match.group(1))), float(count * unit_s))


def parse_money(text: str) -> tuple[Decimal, str | None] | None:
    """Read `120`, `120.50`, `$120`, `120 EUR` into an amount and a currency code where one is written.

    >>> parse_money("$1,200.50"), parse_money("120 eur"), parse_money("120")
    ((Decimal('1200.50'), 'USD'), (Decimal('120'), 'EUR'), (Decimal('120'), None))
    """
    match = _MONEY_RE().match(text) if len(text) <= _LONGEST else None
    if not match:
        return None
    amount = _decimal(match.group(2) or match.group(3))
    unit = match.group(1) or match.group(4)
    return amount, None if unit is None else CURRENCY_SYMBOLS.get(unit, unit.upper())


def seconds_text(seconds: float) -> str:
    """Say a duration as people do.

    >>> [seconds_text(s) for s in (0.0005, 0.25, 1.5, 90, 7200, 172800)]
    ['0.5 ms', '250 ms', '1.5 s', '90 s', '2 h', '2 d']
    """
    if seconds and abs(seconds) < 1:
        return f"{seconds * 1000:.4g} ms"
    if seconds < 300 or seconds % 60:
        return f"{seconds:.6g} s"
    for unit, unit_s in (("d", 86400), ("h", 3600)):
        if seconds % unit_s == 0:
            return f"{seconds / unit_s:.6g} {unit}"
    return f"{seconds / 60:.6g} min"


def wait_text(seconds: float) -> str:
    """Say how long to wait, as exactly as anybody plans by it: never less than it is.

    >>> [wait_text(s) for s in (0.2504, 12.345, 299.2, 3600, 7321.4, 585775)]
    ['251 ms', '12.4 s', '300 s', '60 min', '2 h 3 min', '6 d 19 h']
    """
    if seconds < 1:
        return f"{ceil(seconds * 1000)} ms"
    if seconds < 60:
        return f"{ceil(seconds * 10) / 10:g} s"
    if seconds < 300:
        return f"{ceil(seconds)} s"
    minutes = ceil(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    hours = ceil(seconds / 3600)
    return f"{hours // 24} d" + (f" {hours % 24} h" if hours % 24 else "")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("_", ""))


def _unit_s(word: str) -> Decimal | None:
    unit = word if word == "µs" else word.lower()
    return SECONDS_PER_UNIT.get(unit) or SECONDS_PER_UNIT.get(unit.removesuffix("s"))
