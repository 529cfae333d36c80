from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE210", severity=Severity.WARNING, since="0.1.0")
def shorter_window_out_of_reach(spec: Spec) -> Iterator[Finding]:
    """A longer window allows less than a shorter one.

    ## What it does
    Compares the limits of neighbouring windows: a minute must allow at least what a second does.

    ## Why it matters
    All windows hold at once. Where the longer allows less, the shorter is never reached, and the two numbers were probably
    swapped or read from different plans of the provider.

    ## Example
    ```yaml
    rate_limits:
      requests_per_second: 100
      requests_per_minute: 60
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
        if longer.limit.value < shorter.limit.value:
            yield Finding(
                longer.limit.span,
                f"{longer.rate} is less than {shorter.rate}: the limit of {shorter.once} is never reached",
                "look up both numbers; all windows hold at once",
                related=(Label(shorter.limit.span, f"the limit of {shorter.once}"),),
            )
