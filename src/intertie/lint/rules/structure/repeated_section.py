from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.REPEATED_SECTION, by="parser", since="0.1.0")
def repeated_section() -> None:
    """A section is there twice.

    ## What it does
    Compares the level-2 headings apart from case and punctuation. Both are read as one section.

    ## Why it matters
    Whoever changes one of the two may not see the other.

    ## Example
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
    ```

    ## Retry policy
    ```yaml
    retry:
      jitter: true
    ```
    ````

    ## Use instead
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
      jitter: true
    ```
    ````

    ## References
    Spec format, reading rules.
    """
