from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.YAML_SYNTAX, by="parser", since="0.1.0")
def yaml_syntax() -> None:
    """A YAML block has a syntax error.

    ## What it does
    Tells where YAML can't be read on, in the words of what was expected there.

    ## Why it matters
    What follows the place is not read, so it can't be run. What stands before it is.

    ## Example
    ```yaml
    timeouts:
      connect: [500
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 500
      total: 10s
    ```

    ## References
    YAML 1.2.2.
    """
