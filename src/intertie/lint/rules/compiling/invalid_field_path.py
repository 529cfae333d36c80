from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-field-path"], by="compiler", since="0.1.0")
def invalid_field_path() -> None:
    """A path into an object can't be read.

    ## What it does
    Reads the paths of mapping rows, of paginations, of `error_code_path` and of `error_message_path`.

    ## Why it matters
    A value that can't be found can't be mapped.

    ## Example
    ```yaml
    inbound:
      - {external_field: "items[", internal_field: lines}
    ```

    ## Use instead
    ```yaml
    inbound:
      - {external_field: "items[].sku", internal_field: skus}
    ```

    ## References
    Spec format, data mappings.
    """
