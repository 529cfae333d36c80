from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["tier-disorder"], by="compiler", since="0.1.0")
def tier_disorder() -> None:
    """Price tiers don't follow each other.

    ## What it does
    Compares the limits of `costs.tiers` in their order: each is above the one before, and only the last has none.

    ## Why it matters
    Limits are cumulative. Out of order, a quantity has two prices or none.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: first, limit: 1000, cost: 0.02, unit: request}
        - {name: second, limit: 500, cost: 0.01, unit: request}
        - {name: rest, cost: 0.005, unit: request}
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: first, limit: 500, cost: 0.02, unit: request}
        - {name: second, limit: 1000, cost: 0.01, unit: request}
        - {name: rest, cost: 0.005, unit: request}
    ```

    ## References
    Spec format, cost management.
    """
