from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.CASE_SUFFIX, by="parser", since="0.1.0")
def case_suffix() -> None:
    """A case file does not end in `.yaml`.

    ## What it does
    Looks at the ending of each case's path.

    ## Why it matters
    Two spellings of one ending make two files of one case; `.yaml` is the only one.

    ## Example
    ````markdown
    ## Validation Cases

    ### Test Cases
    - /test-cases/TC-001.yml: A quote is given
    ````

    ## Use instead
    ````markdown
    ## Validation Cases

    ### Test Cases
    ````

    ## References
    Cases, where they are and how they are named.
    """
