from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.LOOSE_BOOLEAN, by="parser", since="0.1.0")
def loose_boolean() -> None:
    """A yes is read as true.

    ## What it does
    Reads `yes`, `no`, `on`, `off` and quoted booleans as true or false where a field takes one.

    ## Why it matters
    YAML 1.1 and 1.2 differ here: other tools may read the same file otherwise.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      jitter: yes
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      jitter: true
    ```

    ## References
    YAML 1.2.2 section 10.3.2, tag resolution.
    """
