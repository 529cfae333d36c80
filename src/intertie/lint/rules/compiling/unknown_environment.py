from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-environment"], by="compiler", since="0.1.0")
def unknown_environment() -> None:
    """The chosen environment is not declared.

    ## What it does
    Looks for the environment that a command or the configuration names under `service.environments`.

    ## Why it matters
    Where calls should go is not known, and another environment is not guessed.

    ## Example
    ```text
    intertie plan INT-900 --env stagign      # the spec declares development, staging and production
    ```

    ## Use instead
    ```text
    intertie plan INT-900 --env staging
    ```

    ## References
    Spec format, service configuration.
    """
