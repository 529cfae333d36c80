from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNKNOWN_SECTION, by="parser", since="0.1.0")
def unknown_section() -> None:
    """A section is the author's own.

    ## What it does
    Compares the level-2 headings with the sections of the format.

    ## Why it matters
    The section is kept and shown, and has no effect. Good for notes; not where a misspelt heading hides a whole block.

    ## Example
    ````markdown
    ## Team Notes
    Ask Kim.
    ````

    ## Use instead
    ````markdown
    ## Service Overview
    Quotes parcels. Ask Kim.
    ````

    ## References
    Spec format, reading rules.
    """
