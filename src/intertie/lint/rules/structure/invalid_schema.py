from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.INVALID_SCHEMA, by="parser", since="0.1.0")
def invalid_schema() -> None:
    """A schema is no JSON Schema.

    ## What it does
    Reads schemas as JSON Schema 2020-12, with the dialects of OpenAPI 3.0 and 3.1.

    ## Why it matters
    Nothing can be validated by it.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        schema: {type: objekt}
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        schema: {type: object}
    ```

    ## References
    JSON Schema 2020-12.
    """
