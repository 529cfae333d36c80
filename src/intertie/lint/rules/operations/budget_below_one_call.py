from __future__ import annotations

from collections.abc import Iterator

from intertie.core.money import Money
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.money import cheapest_call, pays_nothing
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE516", severity=Severity.ERROR, since="0.1.0", judges="spec")
def budget_below_one_call(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The budget does not pay for a single call."""
    limit = spec.costs.budget.monthly_limit if spec.costs and spec.costs.budget else None
    pricing = plan.pricing
    if (
        limit is None
        or pricing is None
        or pricing.monthly_limit is None
        or not pricing.hard_stop
        or not pays_nothing(plan)
    ):
        return
    budget = Money(pricing.monthly_limit, pricing.currency)
    if pricing.monthly_fee > 0:
        what = f"the monthly fee is {Money(pricing.monthly_fee, pricing.currency)}"
    else:
        what = f"one call costs {Money(cheapest_call(plan), pricing.currency)}"
    yield Finding(limit.span, f"{what}, but the budget is {budget}: every call is refused", "check both numbers")
