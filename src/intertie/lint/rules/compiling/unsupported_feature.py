from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unsupported-feature"], by="compiler", since="0.1.0")
def unsupported_feature() -> None:
    """An operation needs something that this version can't do.

    ## What it does
    Compares protocol, authentication and the keys of each endpoint with what this version runs.

    ## Why it matters
    Calls of the operation are refused with a message that says so; they are never sent half understood.

    ## Example
    ```yaml
    endpoint:
      path: /ticks/{country}
      method: GET
      description: Streams prices.
    websocket: {subscribe: {type: subscribe}}
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /quotes/{country}
      method: GET
      description: Quotes a parcel.
    ```

    ## References
    Spec format, integration type and additions.
    """
