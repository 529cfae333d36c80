from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE535", severity=Severity.WARNING, since="0.1.0")
def budget_alert_at_nothing(spec: Spec) -> Iterator[Finding]:
    """The budget's alert comes with the first call.

    ## What it does
    Looks for `alert_at` of 0 %.

    ## Why it matters
    It is told every month before anything is spent, and nobody looks any more.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.001, unit: request}
      budget:
        monthly_limit: 30000
        alert_at: 0%
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
    if budget and budget.alert_at and budget.alert_at.value <= 0:
        yield Finding(budget.alert_at.span, "0 % are spent before the first call", "leave time to act: `alert_at: 80%`")
