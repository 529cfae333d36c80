from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.PRECONDITION_CITED, by="parser", since="0.1.0")
def precondition_cited() -> None:
    """A spec cites a precondition.

    ## What it does
    Looks for `PC-…` among the cases of a spec.

    ## Why it matters
    A precondition shows nothing by itself. Test and scenario cases cite the ones they need.

    ## Example
    ````markdown
    ## Validation Cases

    ### Test Cases
    - /precondition-cases/PC-001.yaml: The catalogue is filled
    ````

    ## Use instead
    ````markdown
    ## Validation Cases

    ### Test Cases
    ````

    ## References
    Cases, where they are and how they are named.
    """
