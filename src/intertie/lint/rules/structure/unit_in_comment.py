from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNIT_IN_COMMENT, by="parser", since="0.1.0")
def unit_in_comment() -> None:
    """A unit is taken from a comment.

    ## What it does
    Where a bare number has a comment that names a unit, takes that unit instead of the field's usual one.

    ## Why it matters
    The comment says what the author means. Written into the value, tools can't overlook it.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 1  # seconds
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 1s
    ```

    ## References
    Spec format, reading rules.
    """
