from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["plain-http"], by="compiler", since="0.1.0")
def plain_http() -> None:
    """Calls would travel unencrypted.

    ## What it does
    Finds `http://` in the URL of an environment other than `development`; this machine is left out.

    ## Why it matters
    Credentials and data can be read and changed by everybody on the way.

    ## Example
    ```yaml
    service:
      name: parcel-rates
      base_url: http://api.parcels.example
    ```

    ## Use instead
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example
    ```

    ## References
    RFC 9325, recommendations for TLS.
    """
