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
    """The budget's alert comes when there is nothing left.

    ## What it does
    Looks for `alert_at` of 100 %.

    ## Why it matters
    With `hard_stop` the alert and the first refusal come together; without it the money is spent already.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.001, unit: request}
      budget:
        monthly_limit: 30000
        alert_at: 100%
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.001, unit: request}
      budget:
        monthly_limit: 30000
        alert_at: 80%
    ```

    ## References
    Spec format, cost management.
    """
    budget = spec.costs.budget if spec.costs else None
    pricing = plan.pricing
    if budget and budget.alert_at and budget.alert_at.value >= 1 and pricing and pricing.monthly_limit is not None:
        yield Finding(
            budget.alert_at.span,
            f"told when all {Money(pricing.monthly_limit, pricing.currency)} are spent",
            "leave time to act: `alert_at: 80%`",
        )
