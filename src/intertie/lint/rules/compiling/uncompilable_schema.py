from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["uncompilable-schema"], by="compiler", since="0.1.0")
def uncompilable_schema() -> None:
    """A schema does not compile.

    ## What it does
    Compiles each JSON Schema as the runtime does.

    ## Why it matters
    Nothing can be validated by it.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            price: {type: string, pattern: "(a"}
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            price: {type: string, pattern: "(a)"}
    ```

    ## References
    JSON Schema 2020-12.
    """
