from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-setting"], by="compiler", since="0.1.0")
def unknown_setting() -> None:
    """The configuration has a key that nothing reads.

    ## What it does
    Compares the keys of `intertie.toml` and the `INTERTIE_` variables with the settings there are.

    ## Why it matters
    The key has no effect. A misspelt one leaves the default in force.

    ## Example
    ```text
    enviroment = "staging"
    ```

    ## Use instead
    ```text
    environment = "staging"
    ```

    ## References
    Configuration.
    """
