from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["mixed-currencies"], by="compiler", since="0.1.0")
def mixed_currencies() -> None:
    """Amounts of one spec are in different currencies.

    ## What it does
    Compares the currencies of tiers, fee and budget.

    ## Why it matters
    They can't be added, so neither the ledger nor the budget would be right.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01 USD, unit: request}
      budget:
        monthly_limit: 100 EUR
        hard_stop: true
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      tiers:
        - {name: all, cost: 0.01 EUR, unit: request}
      budget:
        monthly_limit: 300000 EUR
        hard_stop: true
    ```

    ## References
    ISO 4217.
    """
