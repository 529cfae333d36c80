"""The SLA's bullets as numbers."""

from __future__ import annotations

import re

from msgspec import Struct

from intertie.core.units import parse_comparison, parse_duration_s, parse_number
from intertie.spec.fields import Located
from intertie.spec.model import Spec

_PERCENT_RE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_BOUND_RE = re.compile(
    r"\b(?P<percentile>p\d\d?(?:\.\d+)?)\b\s*(?:[:<≤=]|<=|below|under|within|is)*\s*(?P<bound>[\d.,_]+\s*[a-zµ]*)",
    re.IGNORECASE,
)
_BEHIND_RE = re.compile(
    r"(?P<bound>[\d.,_]+\s*[a-zµ]+)\s*\(?\s*(?:at|for|as|in)?\s*(?:the\s+)?(?P<percentile>p\d\d?(?:\.\d+)?)\b",
    re.IGNORECASE,
)


class Promise(Struct, frozen=True):
    """A number of the SLA with its place: a share of 1, or seconds of a percentile."""

    value: float
    said: Located[str]
    percentile: str = ""


def availability(spec: Spec) -> Promise | None:
    """Return the promised availability, None where there is none that can be read."""
    said = spec.sla.availability if spec.sla else None
    return _share(said)


def error_rate(spec: Spec) -> Promise | None:
    """Return the promised bound of the error rate, None where there is none that can be read."""
    said = spec.sla.error_rate if spec.sla else None
    return _share(said)


def response_time(spec: Spec) -> Promise | None:
    """Return the promised response time with its percentile, None where there is none that can be read."""
    said = spec.sla.response_time if spec.sla else None
    if said is None:
        return None
    match = _BOUND_RE.search(said.value) or _BEHIND_RE.search(said.value)
    if match is None:
        found = parse_comparison(said.value)
        # A subject that is no percentile may be `response time`, or one that is misspelt.
        plain = found is not None and not re.match(r"p\s?\d", (found.subject or "").strip(), re.IGNORECASE)
        seconds = parse_duration_s(found.right, bare_unit="ms") if found and plain else None
        return Promise(float(seconds), said) if seconds is not None else None
    seconds = parse_duration_s(match["bound"], bare_unit="ms")
    return None if seconds is None else Promise(float(seconds), said, match["percentile"].lower())


def _share(said: Located[str] | None) -> Promise | None:
    match = _PERCENT_RE.search(said.value) if said else None
    number = parse_number(match.group(1).replace(",", ".")) if match else None
    return None if said is None or number is None else Promise(float(number) / 100, said)
