from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["no-base-url"], by="compiler", since="0.1.0")
def no_base_url() -> None:
    """Nothing says where the service is.

    ## What it does
    Looks for `service.base_url` or a URL under `service.environments`.

    ## Why it matters
    Host and scheme come only from spec and configuration, never from a call's input. Without them nothing can be called.

    ## Example
    ```yaml
    service:
      name: parcel-rates
    ```

    ## Use instead
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example
    ```

    ## References
    Spec format, service configuration.
    """
