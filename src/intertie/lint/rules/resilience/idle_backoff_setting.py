from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE231", severity=Severity.INFO, since="0.1.0")
def idle_backoff_setting(spec: Spec) -> Iterator[Finding]:
    """A setting of the backoff has no effect with the kind that is chosen.

    ## What it does
    Looks for `multiplier` beside `backoff: linear` or `fixed`, and for a `max_delay` above `initial_delay` beside
    `backoff: fixed`, whose waits are all alike.

    ## Why it matters
    One of the two is a leftover. Who tunes it will wonder why nothing changes.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
      max_delay: 1000
      backoff: fixed
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
      backoff: fixed
    ```

    ## References
    Spec format, retry policy.
    """
    retry = spec.retry
    if retry is None or retry.backoff is None or retry.backoff.value == "exponential":
        return
    kind = retry.backoff.value
    if retry.multiplier:
        yield Finding(
            retry.multiplier.span,
            f"`backoff: {kind}` has no multiplier",
            "take it out, or choose `exponential`",
            related=(Label(retry.backoff.span, "the kind"),),
        )
    first, longest = retry.initial_delay, retry.max_delay
    if kind == "fixed" and first and longest and longest.value > first.value:
        yield Finding(
            longest.span,
            f"with `backoff: fixed` every wait is {seconds_text(first.value)}: {seconds_text(longest.value)} is never reached",
            "take it out, or choose `exponential`",
            related=(Label(retry.backoff.span, "the kind"),),
        )
