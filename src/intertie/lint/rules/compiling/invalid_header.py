from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-header"], by="compiler", since="0.1.0")
def invalid_header() -> None:
    """A header can't be sent.

    ## What it does
    Reads names and values of `request.headers`: the characters HTTP allows, and no header that the transport writes itself.

    ## Why it matters
    Such a header would break the request, or let a value become a header of its own.

    ## Example
    ```yaml
    request:
      headers:
        - {name: Content-Length, required: true, value: "5"}
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
    ```

    ## Use instead
    ```yaml
    request:
      headers:
        - {name: X-Shop, required: true, value: "5"}
      parameters:
        - {name: country, in: path, type: string, required: true, description: where to}
    ```

    ## References
    RFC 9110 section 5.5, field values.
    """
