from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE240", severity=Severity.WARNING, since="0.1.0")
def breaker_needs_every_failure(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """One success keeps the breaker closed.

    ## What it does
    Looks for a `failure_threshold` of 100 %.

    ## Why it matters
    The breaker opens only when every call of its window has failed. A service that answers one call in twenty is called
    on at full rate.

    ## Example
    ```yaml
    circuit_breaker:
      failure_threshold: 100%
      window: 20
      success_threshold: 1
      timeout: 10
      half_open_requests: 1
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      failure_threshold: 50%
      window: 20
      success_threshold: 1
      timeout: 10
      half_open_requests: 1
    ```

    ## References
    Spec format, circuit breaker.
    """
    block, options = spec.circuit_breaker, plan.breaker
    if (
        block
        and block.failure_threshold
        and options
        and options.failure_ratio is not None
        and options.failure_ratio >= 1
    ):
        yield Finding(
            block.failure_threshold.span,
            f"all of {plural(options.window, 'call')} have to fail; one success keeps it closed",
            "`50%` opens it while some still succeed",
        )
