from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.BLOCK_CONFLICT, by="parser", since="0.1.0")
def block_conflict() -> None:
    """Two blocks that are read as one give the same key.

    ## What it does
    Several YAML blocks of a section merge into one. A key that more than one of them gives is shown at both places.

    ## Why it matters
    Only one of the two values can hold.

    ## Example
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
    ```

    ```yaml
    retry:
      max_attempts: 5
    ```
    ````

    ## Use instead
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
    ```

    ```yaml
    retry:
      jitter: true
    ```
    ````

    ## References
    Spec format, reading rules.
    """
