from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.SWITCHED_OFF, by="parser", since="0.1.0")
def switched_off() -> None:
    """A block is switched off.

    ## What it does
    Notes `enabled: false`.

    ## Why it matters
    What else the block says has no effect. Good to know before relying on it.

    ## Example
    ```yaml
    retry:
      enabled: false
      max_attempts: 3
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
    ```

    ## References
    Spec format, reading rules.
    """
