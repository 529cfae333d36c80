from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.ALIAS_USED, by="parser", since="0.1.0")
def alias_used() -> None:
    """Another spelling is read as the canonical one.

    ## What it does
    Accepts common spellings of keys and values, such as `base_delay` or `initial_delay_ms`, and names the canonical one.

    ## Why it matters
    It does no harm. One spelling makes specs easier to read and search.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      base_delay: 100
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
    ```

    ## References
    Spec format, reading rules.
    """
