from __future__ import annotations

from collections.abc import Iterator

from intertie.core.money import Money
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import percent
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE543", severity=Severity.WARNING, since="0.1.0")
def fee_reaches_alert(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The monthly fee alone triggers the budget alert."""
    pricing, budget = plan.pricing, spec.costs.budget if spec.costs else None
    if (
        pricing is None
        or budget is None
        or budget.alert_at is None
        or not pricing.monthly_limit
        or pricing.monthly_fee <= 0
    ):
        return
    share = float(pricing.monthly_fee / pricing.monthly_limit)
    if 0 < budget.alert_at.value <= share < 1 or 0 < budget.alert_at.value < share == 1:
        yield Finding(
            budget.alert_at.span,
            f"the fee of {Money(pricing.monthly_fee, pricing.currency)} alone is {percent(round(share, 3))} of "
            "the budget, so the alert fires every month",
            f"use a percentage above {percent(round(share, 3))}" if share < 1 else "use `100%`, or remove `alert_at`",
        )
