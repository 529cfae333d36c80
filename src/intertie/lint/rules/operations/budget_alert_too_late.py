from __future__ import annotations

from collections.abc import Iterator

from intertie.core.money import Money
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE528", severity=Severity.WARNING, since="0.1.0")
def budget_alert_too_late(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The budget alert fires only when the budget is spent."""
    budget = spec.costs.budget if spec.costs else None
    pricing = plan.pricing
    if (
        budget
        and budget.alert_at
        and budget.alert_at.value >= 1
        and pricing
        and pricing.monthly_limit is not None
        and pricing.monthly_fee < pricing.monthly_limit
    ):
        yield Finding(
            budget.alert_at.span,
            f"the alert fires when all {Money(pricing.monthly_limit, pricing.currency)} are spent",
            "leave time to act: `alert_at: 80%`",
        )
