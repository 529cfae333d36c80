from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE421", severity=Severity.WARNING, since="0.1.0")
def circuit_break_without_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The fallback relies on a circuit breaker that the spec does not have."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    unread = spec.circuit_breaker is None and is_written(spec, "circuit_breaker")
    if strategy and strategy.value == "circuit_break" and plan.fallback and plan.breaker is None and not unread:
        yield Finding(
            strategy.span,
            "the strategy has no effect, because there is no circuit breaker",
            "add `circuit_breaker`, or choose another strategy",
        )
