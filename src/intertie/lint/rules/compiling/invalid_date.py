from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-date"], by="compiler", since="0.1.0")
def invalid_date() -> None:
    """A date can't be read.

    ## What it does
    Reads the dates of `versioning.deprecation_schedule`.

    ## Why it matters
    The end of a version would pass without a warning.

    ## Example
    ```yaml
    versioning:
      strategy: header
      header: X-Version
      current: v2
      supported: [v1, v2]
      deprecation_schedule:
        v1: next spring
    ```

    ## Use instead
    ```yaml
    versioning:
      strategy: header
      header: X-Version
      current: v2
      supported: [v1, v2]
      deprecation_schedule:
        v1: 9999-12-31
    ```

    ## References
    RFC 3339 section 5.6, full-date.
    """
