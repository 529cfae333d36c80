from __future__ import annotations

from collections.abc import Iterator

from intertie.core.money import decimal_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE506", severity=Severity.HINT, since="0.1.0")
def budget_below_worst_month(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A month at the rate limit costs more than the budget, and nothing stops it."""
    pricing = plan.pricing
    limit = spec.costs.budget.monthly_limit if spec.costs and spec.costs.budget else None
    if not (limit and pricing and pricing.monthly_limit is not None and plan.worst_month) or pricing.hard_stop:
        return
    if plan.worst_month.amount > pricing.monthly_limit:
        yield Finding(
            limit.span,
            f"a month at the rate limit costs {plan.worst_month}, more than the budget of "
            f"{decimal_text(pricing.monthly_limit)} {pricing.currency}",
            "write `hard_stop: true` if calls should stop at the budget",
        )
