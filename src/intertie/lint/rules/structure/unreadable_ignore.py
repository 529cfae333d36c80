from __future__ import annotations

from intertie.diagnostics import Severity
from intertie.lint.rule import CheckerCode, reported

UNREADABLE = CheckerCode("TIE093", "unreadable-ignore", Severity.WARNING)


@reported(UNREADABLE, by="checker", since="0.1.0")
def unreadable_ignore() -> None:
    """A comment that should ignore a finding can't be read.

    ## What it does
    Looks up the rules that a comment names, by code or by name, and reads the day after `until`.

    ## Why it matters
    A misspelt rule ignores nothing, and a misspelt day never comes.

    ## Example
    ```yaml
    rate_limits:
      requests_per_second: 10
      # intertie: ignore[TIE211, idle-rate-windw] the provider counts minutes too
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
