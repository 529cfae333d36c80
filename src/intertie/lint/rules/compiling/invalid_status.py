from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-status"], by="compiler", since="0.1.0")
def invalid_status() -> None:
    """A status is none.

    ## What it does
    Reads each status and class in `retry_on`, `failure_on` and `response.success.status`.

    ## Why it matters
    What can't be read is never matched: a retry that is promised would not be made.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      retry_on: [5003]
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      retry_on: [503]
    ```

    ## References
    RFC 9110 section 15, status codes.
    """
