from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-endpoint-path"], by="compiler", since="0.1.0")
def invalid_endpoint_path() -> None:
    """An endpoint's path can't be sent.

    ## What it does
    Reads `endpoint.path`: it begins with `/` and has neither host, query, fragment nor dot segments.

    ## Why it matters
    A call must stay under the base URL, whatever its input is.

    ## Example
    ```yaml
    endpoint:
      path: /quotes/../{country}
      method: GET
      description: Quotes a parcel.
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: GET
      description: Quotes a parcel.
    ```

    ## References
    RFC 3986 section 3.3, path.
    """
