from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNCLOSED_FENCE, by="parser", since="0.1.0")
def unclosed_fence() -> None:
    """A fenced block is not closed.

    ## What it does
    Finds a fenced block that is still open where the next part of the spec begins.

    ## Why it matters
    To a Markdown reader everything to the end of the file is code then. What is meant can only be guessed.

    ## Example
    ````markdown
    ## Retry Policy
    ```yaml
    retry:
      max_attempts: 3
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
    CommonMark 0.31 section 4.5, fenced code blocks.
    """
