from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["incomplete-endpoint"], by="compiler", since="0.1.0")
def incomplete_endpoint() -> None:
    """An endpoint lacks its path or its method.

    ## What it does
    Looks for `endpoint.path` and `endpoint.method` under each heading of API Endpoints.

    ## Why it matters
    The endpoint is left out of the plan: it can be neither called nor mocked.

    ## Example
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: /quotes, method: GET, description: Quotes a parcel.}
    response: {success: {status: 200}}
    ```

    ### Quote Letter
    ```yaml
    endpoint: {path: /letters, description: Quotes a letter.}
    response: {success: {status: 200}}
    ```
    ````

    ## Use instead
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: /quotes, method: GET, description: Quotes a parcel.}
    response: {success: {status: 200}}
    ```

    ### Quote Letter
    ```yaml
    endpoint: {path: /letters, method: GET, description: Quotes a letter.}
    response: {success: {status: 200}}
    ```
    ````

    ## References
    Spec format, endpoints.
    """
