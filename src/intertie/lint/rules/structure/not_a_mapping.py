from __future__ import annotations

from intertie.lint.rule import reported
from intertie.spec import codes


@reported(codes.NOT_A_MAPPING, by="parser", since="0.1.0")
def not_a_mapping() -> None:
    """A YAML block holds no keys.

    ## What it does
    Looks at the outermost value of each YAML block and of the front matter: it must be keys with values.

    ## Why it matters
    A list or a bare text at the top belongs to no field, so it has no effect.

    ## Example
    ````markdown
    ## Retry Policy
    ```yaml
    - max_attempts: 3
    ```
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
    Spec format, reading rules.
    """
