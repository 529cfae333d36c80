from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.UNKNOWN_KEY, by="parser", since="0.1.0")
def unknown_key() -> None:
    """A block has a key that it does not know.

    ## What it does
    Compares the keys of every known block with the fields it has, and suggests the nearest.

    ## Why it matters
    The key has no effect. A misspelt `max_delay` leaves the default in force while the spec says otherwise.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      max_dealy: 1000
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      max_delay: 1000
    ```

    ## References
    Spec format, all sections.
    """
