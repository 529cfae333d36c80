from __future__ import annotations

from intertie.diagnostics import Severity
from intertie.lint.rule import CheckerCode, reported

EXPIRED = CheckerCode("TIE092", "expired-ignore", Severity.WARNING)


@reported(EXPIRED, by="checker", since="0.1.0")
def expired_ignore() -> None:
    """The day until which a finding was ignored has passed.

    ## What it does
    Compares `until` with today (UTC). After that day the comment ignores nothing.

    ## Why it matters
    An ignore with an end is a promise to mend. This one is due.

    ## Example
    ```yaml
    rate_limits:
      # intertie: ignore[TIE211] the limits are being negotiated until 2026-01-31
      requests_per_second: 10
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
