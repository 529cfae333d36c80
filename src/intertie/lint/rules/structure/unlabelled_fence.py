from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNLABELLED_FENCE, by="parser", since="0.1.0")
def unlabelled_fence() -> None:
    """A fenced block without a language is read as YAML.

    ## What it does
    Reads a block without a language as YAML where its keys are those of a known block.

    ## Why it matters
    Editors neither colour nor complete it, and another tool may pass it over.

    ## Example
    ````markdown
    ## Retry Policy
    ```
    retry:
      max_attempts: 3
    ```
    ````

    ## Use instead
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
    ```
    ````

    ## References
    Spec format, reading rules.
    """
