from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unused-mapping-row"], by="compiler", since="0.1.0")
def unused_mapping_row() -> None:
    """A mapping row never does anything.

    ## What it does
    Looks for the row's field in the schemas and parameters of the endpoints it is for.

    ## Why it matters
    The field is misspelt, or the schema lacks it; either way the value is not mapped.

    ## Example
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
        schema:
          type: object
          properties:
            price: {type: number}
    inbound:
      - {external_field: prise, internal_field: amount}
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
            price: {type: number}
    inbound:
      - {external_field: price, internal_field: amount}
    ```

    ## References
    Spec format, data mappings.
    """
