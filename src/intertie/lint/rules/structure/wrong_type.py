from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.WRONG_TYPE, by="parser", since="0.1.0")
def wrong_type() -> None:
    """A value is not of the kind its field holds.

    ## What it does
    Reads each value as what its field is: a number, a duration, true or false, a list.

    ## Why it matters
    The value can't be used, so the field counts as absent.

    ## Example
    ```yaml
    retry:
      max_attempts: several
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
    ```

    ## References
    Spec format, all sections.
    """
