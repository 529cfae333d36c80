from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["incomplete-mapping-row"], by="compiler", since="0.1.0")
def incomplete_mapping_row() -> None:
    """A mapping row lacks one of its two fields.

    ## What it does
    Looks for `external_field` and `internal_field` in each row.

    ## Why it matters
    The row is left out: nothing says from where to where.

    ## Example
    ```yaml
    inbound:
      - {external_field: price}
    ```

    ## Use instead
    ```yaml
    inbound:
      - {external_field: price, internal_field: amount}
    ```

    ## References
    Spec format, data mappings.
    """
