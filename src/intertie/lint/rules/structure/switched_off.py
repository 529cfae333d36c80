from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.SWITCHED_OFF, by="parser", since="0.1.0")
def switched_off() -> None:
    """A block is switched off.

    ## What it does
    Notes `enabled: false` in a block that is on by being there.

    ## Why it matters
    What else the block says has no effect. Good to know before relying on it.

    ## Example
    ```yaml
    timeouts:
      enabled: false
      total: 10000
    ```

    ## Use instead
    ```yaml
    timeouts:
      read: 3000
      total: 10000
    ```

    ## References
    Spec format, reading rules.
    """
