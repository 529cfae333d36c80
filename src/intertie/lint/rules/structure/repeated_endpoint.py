from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REPEATED_ENDPOINT, by="parser", since="0.1.0")
def repeated_endpoint() -> None:
    """Two endpoints have the same operation id.

    ## What it does
    Compares the snake_case of the endpoints' headings: `Quote Parcel` and `Quote parcel` are both `quote_parcel`.

    ## Why it matters
    A call names its operation. With two of one name only the first can be called.

    ## Example
    ````markdown
    ## API Endpoints

    ### Quote Parcel
    ```yaml
    endpoint: {path: /quotes, method: GET, description: Quotes a parcel.}
    response: {success: {status: 200}}
    ```

    ### Quote parcel
    ```yaml
    endpoint: {path: /letters, method: GET, description: Quotes a letter.}
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
