from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.lint.words import count
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE226", severity=Severity.INFO, since="0.1.0")
def slow_opening_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """At the declared rate the breaker needs longer to open than it stays open.

    ## What it does
    Divides the failures (or, for a share, the calls) that open the breaker by the rate limit. Told where that takes
    longer than five minutes and longer than `circuit_breaker.timeout`; a warning above an hour.

    ## Why it matters
    Until it opens, callers wait for a service that is down. A threshold that the limit reaches only in an hour is no
    protection within that hour.

    ## Example
    ```yaml
    rate_limits:
      requests_per_minute: 10
    circuit_breaker:
      failure_threshold: 100
      timeout: 30
    ```

    ## Use instead
    ```yaml
    rate_limits:
      requests_per_minute: 10
    circuit_breaker:
      failure_threshold: 5
      timeout: 30
    ```

    ## References
    Spec format, circuit breaker.
    """
    breaker, block, declared = plan.breaker, spec.circuit_breaker, windows(spec)
    if breaker is None or block is None or not declared:
        return
    slowest = min(declared, key=lambda window: window.limit.value / window.window_s)
    needed = breaker.failure_threshold or breaker.minimum_calls
    opens_s = needed * slowest.window_s / slowest.limit.value
    if opens_s <= max(300.0, breaker.open_s):
        return
    place = (block.failure_threshold if breaker.failure_threshold else block.minimum_calls) or block.failure_threshold
    yield Finding(
        place.span if place else block.head,
        f"{count(needed, 'failure' if breaker.failure_threshold else 'call')} take {seconds_text(opens_s)} ({needed} / "
        f"{slowest.limit.value} a {slowest.word}), and the breaker then stays open for {seconds_text(breaker.open_s)}",
        "lower the threshold to what the limit reaches soon",
        related=(Label(slowest.limit.span, f"the limit of a {slowest.word}"),),
        severity=Severity.WARNING if opens_s > 3600 else None,
    )
