from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["incomplete-error-row"], by="compiler", since="0.1.0")
def incomplete_error_row() -> None:
    """An error row matches nothing.

    ## What it does
    Looks for `external_code` in each row of `error_mapping`.

    ## Why it matters
    The row is left out.

    ## Example
    ```yaml
    error_mapping:
      - {internal_code: DOWN, message: Try later., action: fail}
    ```

    ## Use instead
    ```yaml
    error_mapping:
      - {external_code: 404, internal_code: UNKNOWN, message: No such country., action: fail}
    ```

    ## References
    Spec format, error handling.
    """
