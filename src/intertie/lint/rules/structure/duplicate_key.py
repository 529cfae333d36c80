from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.DUPLICATE_KEY, by="parser", since="0.1.0")
def duplicate_key() -> None:
    """A key stands twice in one mapping.

    ## What it does
    Compares the keys of every mapping; both places are shown. The first counts.

    ## Why it matters
    Only one of the two values can hold. Many YAML readers take the last without a word, so people believe either.

    ## Example
    ```yaml
    timeouts:
      connect: 500
      read: 3000
      total: 10000
      read: 4000
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 500
      read: 3000
      total: 10000
    ```

    ## References
    YAML 1.2.2 section 3.2.1.3, node comparison.
    """
