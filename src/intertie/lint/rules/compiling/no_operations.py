from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["no-operations"], by="compiler", since="0.1.0")
def no_operations() -> None:
    """The spec has no endpoint that can be called.

    ## What it does
    Counts the endpoints that have a path and a method.

    ## Why it matters
    There is nothing to call, mock or test.

    ## Example
    ````markdown
    ## API Endpoints
    ````

    ## Use instead
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: /quotes, method: GET, description: Quotes a parcel.}
    response: {success: {status: 200}}
    ```
    ````

    ## References
    Spec format, endpoints.
    """
