from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE504", severity=Severity.WARNING, since="0.1.0")
def budget_alert_without_limit(spec: Spec) -> Iterator[Finding]:
    """A share of the budget is to be told, and there is no budget.

    ## What it does
    Looks for `budget.alert_at` without `budget.monthly_limit`.

    ## Why it matters
    A share of nothing is never reached: nobody is told.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01, unit: request}
      budget:
        alert_at: 80%
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01, unit: request}
      budget:
        monthly_limit: 300000
        alert_at: 80%
        hard_stop: true
    ```

    ## References
    Spec format, cost management.
    """
    budget = spec.costs.budget if spec.costs else None
    if budget is None or budget.monthly_limit or is_written(spec, "costs", "budget", "monthly_limit"):
        return
    if budget.alert_at:
        yield Finding(budget.alert_at.span, "there is no limit to take a share of", "add `budget.monthly_limit`")
