from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.NOT_A_CHOICE, by="parser", since="0.1.0")
def not_a_choice() -> None:
    """A value is none of the choices of its field.

    ## What it does
    Compares the value with the choices of the field, apart from case, and suggests the nearest.

    ## Why it matters
    The value can't be used, so the field counts as absent.

    ## Example
    ```yaml
    throttling:
      strategy: leaky_bucket
    ```

    ## Use instead
    ```yaml
    throttling:
      strategy: token_bucket
    ```

    ## References
    Spec format, all sections.
    """
