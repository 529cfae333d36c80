from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.CASE_OUTSIDE, by="parser", since="0.1.0")
def case_outside_workspace() -> None:
    """The path of a case leaves the workspace.

    ## What it does
    Resolves the path of each case and compares it with the workspace's folder.

    ## Why it matters
    A spec that somebody sent must not be able to read or run other files of this machine.

    ## Example
    ````markdown
    ## Validation Cases

    ### Test Cases
    - /../elsewhere/TC-001.yaml: A quote is given
    ````

    ## Use instead
    ````markdown
    ## Validation Cases

    ### Test Cases
    ````

    ## References
    Cases, where they are and how they are named.
    """
