from __future__ import annotations

from intertie.diagnostics import Severity
from intertie.lint.rule import CheckerCode, reported

UNUSED = CheckerCode("TIE091", "unused-ignore", Severity.WARNING)


@reported(UNUSED, by="checker", since="0.1.0")
def unused_ignore() -> None:
    """A comment ignores a finding that is not there.

    ## What it does
    Compares what each comment ignores with what is found on its lines. An ignore of a rule that could not run, because the
    spec has no plan, is left alone.

    ## Why it matters
    What it hid is mended. Left there, it would hide the next one.

    ## Example
    ```yaml
    rate_limits:
      # intertie: ignore[TIE211] the provider counts minutes too
      requests_per_second: 10
      requests_per_minute: 550
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
