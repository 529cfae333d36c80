from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["wrong-tier-unit"], by="compiler", since="0.1.0")
def wrong_tier_unit() -> None:
    """A tier counts something else than the pricing model.

    ## What it does
    Compares `unit` of each tier with `pricing_model`.

    ## Why it matters
    The price would be multiplied by the wrong quantity.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01, unit: gb}
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01, unit: request}
    ```

    ## References
    Spec format, cost management.
    """
