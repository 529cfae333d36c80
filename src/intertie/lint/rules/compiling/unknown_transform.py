from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-transform"], by="compiler", since="0.1.0")
def unknown_transform() -> None:
    """A transform is not known.

    ## What it does
    Looks up each row's `transform` in the library and reads its arguments.

    ## Why it matters
    Nothing says how the value is to be changed, so the row can't be applied.

    ## Example
    ```yaml
    inbound:
      - {external_field: price, internal_field: amount, transform: minor_units_to_decimel(currency)}
    ```

    ## Use instead
    ```yaml
    inbound:
      - {external_field: price, internal_field: amount, transform: minor_units_to_decimal(currency)}
    ```

    ## References
    Spec format, data mappings.
    """
