from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE211", severity=Severity.INFO, since="0.1.0")
def idle_rate_window(spec: Spec) -> Iterator[Finding]:
    """A longer window never holds anybody back.

    ## What it does
    Multiplies a window's limit up to the next longer one: at 10 a second a minute sees at most 600, so a limit of 600 or
    more a minute is never felt.

    ## Why it matters
    It does no harm, but it says nothing either. Where the provider does count that window, one of the numbers is wrong.

    ## Example
    ```yaml
    rate_limits:
      requests_per_second: 10
      requests_per_minute: 1000
    ```

    ## Use instead
    ```yaml
    rate_limits:
      requests_per_second: 10
      requests_per_minute: 550
    ```

    ## References
    Spec format, rate limits.
    """
    for shorter, longer in pairwise(windows(spec)):
        most = shorter.limit.value * (longer.window_s // shorter.window_s)
        if longer.limit.value >= most:
            yield Finding(
                longer.limit.span,
                f"at {shorter.rate} {longer.once} sees at most {most:,}: {longer.rate} is never felt",
                related=(Label(shorter.limit.span, f"the limit of {shorter.once}"),),
            )
