from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE503", severity=Severity.ERROR, since="0.1.0", judges="spec")
def hard_stop_without_limit(spec: Spec) -> Iterator[Finding]:
    """Calls are to stop at the budget, and there is none.

    ## What it does
    With `budget.hard_stop: true`, looks for `budget.monthly_limit`.

    ## Why it matters
    Nothing is ever refused, and whoever reads the spec believes that costs are bounded.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01, unit: request}
      budget:
        hard_stop: true
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
        hard_stop: true
    ```

    ## References
    Spec format, cost management.
    """
    budget = spec.costs.budget if spec.costs else None
    if (
        budget
        and budget.hard_stop
        and budget.hard_stop.value
        and budget.monthly_limit is None
        and not is_written(spec, "costs", "budget", "monthly_limit")
    ):
        yield Finding(budget.hard_stop.span, "there is no limit to stop at", "add `budget.monthly_limit`")
