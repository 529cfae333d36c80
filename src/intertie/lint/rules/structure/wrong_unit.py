from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.WRONG_UNIT, by="parser", since="0.1.0")
def wrong_unit() -> None:
    """A value carries a unit that its field can't have.

    ## What it does
    Reads the unit behind a number: a duration takes `ms`, `s`, `m`, `h`, `d`, also in words or ISO 8601.

    ## Why it matters
    A number without its unit could be off by a thousand, so it is not guessed.

    ## Example
    ```yaml
    timeouts:
      connect: 500 meters
      total: 10s
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 500 ms
      total: 10s
    ```

    ## References
    Spec format, reading rules.
    """
