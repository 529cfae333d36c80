"""The comparisons of an alert's condition, as numbers that can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from intertie.core.units import parse_comparison, parse_duration_s, parse_number, parse_rate, parse_ratio
from intertie.diagnostics import SourceSpan
from intertie.spec.model import Spec

METRICS = ("request_count", "error_rate", "response_time", "throughput")
PERCENTILES = ("p50", "p90", "p95", "p99")
OTHER_VALUES = ("breaker", "circuit_breaker", "budget", "sla", "cost", "limiter", "rate_limit", "queue", "cache",
                "retries", "availability", "error_budget", "burn_rate", "attempts", "waits")  # fmt: skip
"""Words that a name may begin with, such as `breaker.state` or `budget.used`."""

_AND_OR_RE = re.compile(r"\s+(?:and|or|&&|\|\|)\s+", re.IGNORECASE)
_PERCENTILE_RE = re.compile(r"p\d\d?(?:\.\d+)?\Z")
_CALL_RE = re.compile(r"(p\d\d?)\s*\(\s*response_time\s*\)")
_FOR_RE = re.compile(r"\s+(?:for|over|in|within)\s+.*\Z", re.IGNORECASE)


class Compared(Struct, frozen=True):
    """One comparison.

    Attributes:
        name: What is compared, as written, in lower case.
        metric: One of `METRICS`, empty where it is something else.
        percentile: `p99` where one is named.
        operator: `<`, `<=`, `>`, `>=`, `==` or `!=`.
        value: In the metric's unit (a share of 1, seconds, a number, calls a second); None where it can't be read.
        right: As written.
    """

    name: str
    metric: str
    percentile: str
    operator: str
    value: float | None
    right: str


def comparisons(condition: str) -> Iterator[Compared]:
    """Yield what a condition compares; a part that compares nothing is left out.

    >>> [(each.metric, each.operator, each.value) for each in comparisons("error_rate > 5% and p99 >= 2s")]
    [('error_rate', '>', 0.05), ('response_time', '>=', 2.0)]
    """
    for part in _parts(condition):
        found = parse_comparison(part.strip(" ()"))
        if found is None or not found.subject:
            continue
        name = found.subject.strip().lower()
        words = re.split(r"[.\s]+", name)
        percentile = next((word for word in words if _PERCENTILE_RE.match(word)), "")
        metric = next((word for word in words if word in METRICS), "response_time" if percentile else "")
        right = _FOR_RE.sub("", found.right).strip("'\" ")
        yield Compared(name, metric, percentile, found.operator, _value(metric, right), right)


def alert_comparisons(spec: Spec) -> Iterator[tuple[SourceSpan, Compared]]:
    """Yield what the alerts of a spec compare with the place of the condition, where nothing else must hold with it."""
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.condition is not None and is_alone(alert.condition.value):
            for compared in comparisons(alert.condition.value):
                yield alert.condition.span, compared


def is_known(name: str) -> bool:
    """Return whether an alert may compare what is called so."""
    first = re.split(r"[.\s_(]+", name)[0]
    return any(word in METRICS for word in re.split(r"[.\s]+", name)) or bool(
        _PERCENTILE_RE.match(first) or name.startswith(OTHER_VALUES)
    )


def is_alone(condition: str) -> bool:
    """Return whether a condition is one comparison: of several together only the whole can be judged."""
    return len(_parts(condition)) == 1


def _parts(condition: str) -> list[str]:
    # One blank for many: each pattern would look at every end of a run of them.
    return _AND_OR_RE.split(_CALL_RE.sub(r"\1", " ".join(condition.split())))


def _value(metric: str, right: str) -> float | None:
    number: Decimal | None = None
    if metric == "error_rate":
        number = parse_ratio(right)
        number = parse_number(right) if number is None else number
    elif metric == "response_time":
        number = parse_duration_s(right, bare_unit="ms")
    elif metric == "throughput":
        rate = parse_rate(right)
        return rate.limit / rate.window_s if rate else _float(parse_number(right))
    elif metric:
        number = parse_number(right)
    return _float(number)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
