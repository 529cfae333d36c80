from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["incomplete-auth"], by="compiler", since="0.1.0")
def incomplete_auth() -> None:
    """The authentication lacks what its type needs.

    ## What it does
    Compares `authentication.config` with its `type`. What can be defaulted is not asked for.

    ## Why it matters
    The credential can't be made, so every call would fail before it is sent.

    ## Example
    ```yaml
    authentication:
      type: api_key
      config:
        key_location: body
        secret: env:PARCEL_KEY
    ```

    ## Use instead
    ```yaml
    authentication:
      type: api_key
      config:
        key_location: header
        key_name: X-Api-Key
        secret: env:PARCEL_KEY
    ```

    ## References
    Spec format, service configuration.
    """
