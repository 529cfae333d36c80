from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["compiler-bug"], by="compiler", since="0.1.0")
def compiler_bug() -> None:
    """Intertie itself failed while compiling.

    ## What it does
    Tells which part of the spec could not be compiled, and where in Intertie's code. The rest was compiled.

    ## Why it matters
    That part of the spec is not in the plan.

    ## Example
    ```text
    error[TIE083] compiler-bug: Intertie 0.1.0 has a bug: compiling the rate limits failed with KeyError
    ```

    ## Use instead
    ```text
    report it with the version and that part of the spec, without secrets
    ```

    ## References
    Contributing, bugs.
    """
