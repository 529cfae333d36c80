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
    """The budget does not pay for one call beyond the free ones.

    ## What it does
    Where the first step of the price is free, compares what is left of the budget after the fee with the price of one
    unit of the next step.

    ## Why it matters
    With `hard_stop` the first paid call is refused: the steps that cost something are never used. The price or the
    budget is wrong by a factor.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      tiers:
        - {name: free, limit: 1000, cost: 0, unit: request}
        - {name: paid, cost: 0.07, unit: request}
      budget:
        monthly_limit: 0.05
        hard_stop: true
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      tiers:
        - {name: free, limit: 1000, cost: 0, unit: request}
        - {name: paid, cost: 0.07, unit: request}
      budget:
        monthly_limit: 1000000000
        hard_stop: true
    ```

    ## References
    Spec format, cost management.
    """
    pricing, budget = plan.pricing, spec.costs.budget if spec.costs else None
    if pricing is None or budget is None or budget.monthly_limit is None or pricing.monthly_limit is None:
        return
    if not pricing.hard_stop:
        return
    left, paid = pricing.monthly_limit - pricing.monthly_fee, unpaid_tier(pricing)
    if paid is not None:
        yield Finding(
            budget.monthly_limit.span,
            f"a call of the step `{paid.name}` costs {Money(paid.cost, pricing.currency)}, and {Money(left, pricing.currency)} "
            "are there for it: only the free ones are made",
            "look up both numbers",
        )
