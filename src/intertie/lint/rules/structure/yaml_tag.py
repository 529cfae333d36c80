from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.YAML_TAG, by="parser", since="0.1.0")
def yaml_tag() -> None:
    """A YAML tag is refused.

    ## What it does
    Finds tags such as `!!python/object` or `!include`.

    ## Why it matters
    Tags let a document name code or files. A spec is data: nothing in it makes anything but text, numbers and lists.

    ## Example
    ```yaml
    timeouts:
      connect: !seconds 5
      total: 10s
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 5s
      total: 10s
    ```

    ## References
    YAML 1.2.2 section 6.8.2.
    """
