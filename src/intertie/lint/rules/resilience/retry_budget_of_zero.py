from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE239", severity=Severity.WARNING, since="0.1.0")
def retry_budget_of_zero(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The retry budget allows hardly any retries."""
    budget = spec.retry.retry_budget if spec.retry else None
    if budget and budget.value <= 0 and plan.retry.max_attempts > 1:
        yield Finding(
            budget.span,
            "with 0 % all callers together get at most 10 retries in 10 s",
            "use about 20 %, or `max_attempts: 1` for no retries",
        )
