from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["unreadable-rate"], by="compiler", since="0.1.0")
def unreadable_rate() -> None:
    """A rate in prose can't be read.

    ## What it does
    Reads `rate_limits.rate_limit`, such as `100 requests per minute`.

    ## Why it matters
    The limit it states would not be kept.

    ## Example
    ```text
    rate_limits:
      rate_limit: not too many
    ```

    ## Use instead
    ```yaml
    rate_limits:
      requests_per_minute: 100
    ```

    ## References
    Spec format, rate limits.
    """
