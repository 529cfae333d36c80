from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["open-last-tier"], by="compiler", since="0.1.0")
def open_last_tier() -> None:
    """Nothing says what calls cost beyond the last tier.

    ## What it does
    Looks for a limit on the last of `costs.tiers`.

    ## Why it matters
    The month's quantity may pass it. The last price is used there too, which may not be what the provider bills.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, limit: 1000, cost: 0.01, unit: request}
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: first, limit: 1000, cost: 0.01, unit: request}
        - {name: beyond, cost: 0.005, unit: request}
    ```

    ## References
    Spec format, cost management.
    """
