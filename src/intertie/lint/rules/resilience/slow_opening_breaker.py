from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import DeclaredWindow, windows
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec

_LATE_S, _HARDLY_EVER_S = 120, 3600


@rule(code="TIE226", severity=Severity.INFO, since="0.1.0")
def slow_opening_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The rate limit allows so few calls that the breaker opens late or never."""
    breaker, block, declared = plan.breaker, spec.circuit_breaker, windows(spec)
    if breaker is None or block is None or not declared:
        return
    needed = breaker.failure_threshold or breaker.minimum_calls

    def opens_s(window: DeclaredWindow) -> int:
        return (needed - 1) // window.limit.value * window.window_s

    slowest = max(declared, key=opens_s)
    if opens_s(slowest) <= _LATE_S:
        return
    place = (block.failure_threshold if breaker.failure_threshold else block.minimum_calls) or block.failure_threshold
    yield Finding(
        place.span if place else block.head,
        f"the breaker opens after {plural(needed, 'failure' if breaker.failure_threshold else 'call')}, but "
        f"the rate limit is {slowest.rate}: opening takes {seconds_text(opens_s(slowest))} of nothing but "
        "failures",
        "lower the threshold",
        related=(Label(slowest.limit.span, f"the limit of {slowest.once}"),),
        severity=Severity.WARNING if opens_s(slowest) > _HARDLY_EVER_S else None,
    )
