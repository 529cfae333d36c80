from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-base-url"], by="compiler", since="0.1.0")
def invalid_base_url() -> None:
    """A base URL can't be used.

    ## What it does
    Reads the base URL of each environment: `http` or `https`, a host, and no user, query or fragment.

    ## Why it matters
    A call's URL is the base URL and the endpoint's path. Without scheme or host it can't be made; a query would end up in
    the middle of it; a password in it would be logged everywhere.

    ## Example
    ```yaml
    service:
      name: parcel-rates
      base_url: api.parcels.example
    ```

    ## Use instead
    ```yaml
    service:
      name: parcel-rates
      base_url: https://api.parcels.example
    ```

    ## References
    RFC 3986 section 4.3, absolute URI.
    """
