from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.TOO_DEEP, by="parser", since="0.1.0")
def nested_too_deep() -> None:
    """Values are nested deeper than is read.

    ## What it does
    Counts the levels of a YAML block.

    ## Why it matters
    No spec needs that many levels; a file that has them is broken or means harm, and could exhaust whoever reads it.

    ## Example
    ```text
    claims: {a: {a: {a: {a: … a hundred levels … }}}}
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 500
      total: 10s
    ```

    ## References
    Spec format, reading rules.
    """
