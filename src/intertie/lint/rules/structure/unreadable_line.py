from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNREADABLE_LINE, by="parser", since="0.1.0")
def unreadable_line() -> None:
    """A list line or a table is not of the form its section has.

    ## What it does
    Reads lines such as `- **Protocol**: REST` or `- /test-cases/TC-001.yaml: what it shows`.

    ## Why it matters
    The line has no effect.

    ## Example
    ````markdown
    ## Validation Cases

    ### Test Cases
    - see the wiki
    ````

    ## Use instead
    ````markdown
    ## Validation Cases

    ### Test Cases
    ````

    ## References
    Spec format, reading rules; cases.
    """
