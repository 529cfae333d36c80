from __future__ import annotations

from intertie.diagnostics import Severity
from intertie.lint.rule import CheckerCode, reported

REASONLESS = CheckerCode("TIE090", "ignore-without-reason", Severity.WARNING)


@reported(REASONLESS, by="checker", since="0.1.0")
def ignore_without_reason() -> None:
    """A finding is ignored, and nobody says why.

    ## What it does
    Looks for a reason in each comment that ignores a finding.

    ## Why it matters
    Who reads the comment in a year must be able to judge whether it still holds.

    ## Example
    ```yaml
    rate_limits:
      requests_per_second: 10
      # intertie: ignore[TIE211]
      requests_per_minute: 1000
    ```

    ## Use instead
    ```yaml
    rate_limits:
      requests_per_second: 10
      # intertie: ignore[TIE211] the provider counts minutes too
      requests_per_minute: 1000
    ```

    ## References
    Guide, checking specs.
    """
