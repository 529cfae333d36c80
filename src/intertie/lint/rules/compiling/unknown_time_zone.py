from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-time-zone"], by="compiler", since="0.1.0")
def unknown_time_zone() -> None:
    """The time zone is not known.

    ## What it does
    Looks up `costs.time_zone` in the IANA database.

    ## Why it matters
    The budget counts calendar months, and when one begins depends on the zone.

    ## Example
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      time_zone: Europe/Berlim
      tiers:
        - {name: all, cost: 0.01, unit: request}
    ```

    ## Use instead
    ```yaml
    costs:
      pricing_model: per_request
      currency: EUR
      time_zone: Europe/Berlin
      tiers:
        - {name: all, cost: 0.01, unit: request}
    ```

    ## References
    IANA time zone database.
    """
