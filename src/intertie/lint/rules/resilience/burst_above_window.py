from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rates import DeclaredWindow, windows
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE213", severity=Severity.WARNING, since="0.1.0")
def burst_above_window(spec: Spec) -> Iterator[Finding]:
    """The burst is larger than the limit of the shortest window."""
    declared = windows(spec)
    burst = spec.rate_limits.burst_size if spec.rate_limits else None
    if burst and declared and burst.value > declared[0].limit.value:
        shortest = declared[0]
        yield Finding(
            burst.span,
            f"a burst of {burst.value} can never be sent at once: the limit is {shortest.rate}",
            f"set `burst_size` to {shortest.limit.value} or below{_as_bucket(spec, shortest)}",
            related=(Label(shortest.limit.span, "the shortest window"),),
            fix=write(str(shortest.limit.value), burst.span, safe=False),
        )


def _as_bucket(spec: Spec, shortest: DeclaredWindow) -> str:
    """Return how to write a bucket that holds more than a second's limit, where that is what is meant."""
    strategy = spec.throttling.strategy if spec.throttling else None
    if strategy is None or strategy.value != "token_bucket" or shortest.word != "second":
        return ""
    return f"; or write `requests_per_minute: {shortest.limit.value * 60}`, which refills as fast and allows the burst"
