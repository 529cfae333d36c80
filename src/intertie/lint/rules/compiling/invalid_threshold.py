from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-threshold"], by="compiler", since="0.1.0")
def invalid_threshold() -> None:
    """The breaker's threshold can't be read.

    ## What it does
    Reads `failure_threshold` as a number of failures in a row or as a percentage.

    ## Why it matters
    Without it nobody knows when to stop calling.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: often
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
    ```

    ## References
    Spec format, circuit breaker.
    """
