from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.TOO_MANY_ALIASES, by="parser", since="0.1.0")
def alias_expansion() -> None:
    """YAML aliases stand for more values than are read.

    ## What it does
    Counts the values that a block's aliases (`*name`) expand to.

    ## Why it matters
    Ten lines of aliases of aliases expand to billions of values and fill any memory.

    ## Example
    ```text
    a: &a [x, x, x, x, x, x, x, x, x]
    b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
    … and so on
    ```

    ## Use instead
    ```text
    the values themselves, or one alias for each
    ```

    ## References
    YAML 1.2.2 section 7.1, alias nodes.
    """
