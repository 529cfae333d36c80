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
      type: oauth
      config:
        client_id: env:PARCEL_ID
        client_secret: env:PARCEL_SECRET
    ```

    ## Use instead
    ```yaml
    authentication:
      type: basic
      config:
        username: env:PARCEL_USER
        password: env:PARCEL_PASSWORD
    ```

    ## References
    RFC 6749 section 4.4; RFC 7519.
    """
