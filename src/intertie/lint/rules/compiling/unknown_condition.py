from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unknown-condition"], by="compiler", since="0.1.0")
def unknown_condition() -> None:
    """A condition of retry or breaker is not known.

    ## What it does
    Looks up the words in `retry_on`, `retry_conditions` and `failure_on`.

    ## Why it matters
    A condition that is not known is never met.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
      failure_on: [service_faults]
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
      failure_on: [service_fault]
    ```

    ## References
    Spec format, retry policy and circuit breaker.
    """
