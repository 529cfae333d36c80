from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNFILLED, by="parser", since="0.1.0")
def unfilled() -> None:
    """A placeholder of the template is still there.

    ## What it does
    Finds values that are still in the template's square brackets, such as `[number]` or `INT-[XXX]`, and names the choices
    they offer. An info while the spec is a draft.

    ## Why it matters
    An unfilled value counts as absent: the default holds, or the block is off.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      jitter: [true|false]
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      jitter: true
    ```

    ## References
    Spec format, reading rules.
    """
