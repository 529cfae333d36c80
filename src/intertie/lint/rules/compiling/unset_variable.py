from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unset-variable"], by="compiler", since="0.1.0")
def unset_variable() -> None:
    """A base URL names a variable that is not set.

    ## What it does
    Reads `${NAME}` in base URLs from the environment.

    ## Why it matters
    Where calls should go is not known.

    ## Example
    ```yaml
    service:
      name: parcel-rates
      base_url: https://${PARCEL_HOST_THAT_IS_NOT_SET}/v1
    ```

    ## Use instead
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example/v1
    ```

    ## References
    Spec format, service configuration.
    """
