from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE227", severity=Severity.HINT, since="0.1.0")
def open_breaker_without_fallback(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An open breaker fails every call, because there is no fallback."""
    breaker, block = plan.breaker, spec.circuit_breaker
    if breaker is None or block is None or block.timeout is None or plan.fallback is not None:
        return
    if breaker.open_s > plan.timeouts.total_s:
        yield Finding(
            block.timeout.span,
            f"an open breaker fails every call for {seconds_text(breaker.open_s)}, longer than a call may take "
            f"({seconds_text(plan.timeouts.total_s)}), and there is no fallback",
            "shorten `timeout` to the time the service takes to restart, or add `fallback_behavior`",
            severity=Severity.WARNING if breaker.open_s >= 600 else None,
        )
