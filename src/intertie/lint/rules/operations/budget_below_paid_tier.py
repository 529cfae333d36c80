from __future__ import annotations

from collections.abc import Iterator

from intertie.core.money import Money
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.money import unpaid_tier
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE546", severity=Severity.WARNING, since="0.1.0")
def budget_below_paid_tier(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The budget does not pay for a single call beyond the free tier."""
    pricing, budget = plan.pricing, spec.costs.budget if spec.costs else None
    if pricing is None or budget is None or budget.monthly_limit is None or pricing.monthly_limit is None:
        return
    if not pricing.hard_stop:
        return
    left, paid = pricing.monthly_limit - pricing.monthly_fee, unpaid_tier(pricing)
    if paid is not None:
        yield Finding(
            budget.monthly_limit.span,
            f"a call in the tier `{paid.name}` costs {Money(paid.cost, pricing.currency)}, but only "
            f"{Money(left, pricing.currency)} of the budget is left for it: only free calls are made",
            "check both numbers",
        )
