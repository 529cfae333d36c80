from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import count
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE223", severity=Severity.WARNING, since="0.1.0")
def one_call_opens_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The tries of one call are enough to open the breaker for everybody.

    ## What it does
    Compares the number of failures in a row that open the breaker with `retry.max_attempts`.

    ## Why it matters
    Each failed try counts. Where one call makes as many as the threshold, one unlucky request, perhaps one that this
    service alone can't digest, shuts out all callers.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 3
      success_threshold: 1
      timeout: 30
      half_open_requests: 1
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 10
      success_threshold: 1
      timeout: 30
      half_open_requests: 1
    ```

    ## References
    M. Nygard, "Release It!", 2nd edition, 2018, chapter 5, circuit breaker.
    """
    breaker = spec.circuit_breaker
    threshold = plan.breaker.failure_threshold if plan.breaker else None
    if breaker is None or threshold is None or plan.retry.max_attempts < 2 or threshold > plan.retry.max_attempts:
        return
    place = breaker.failure_threshold.span if breaker.failure_threshold else breaker.head
    attempts = spec.retry.max_attempts if spec.retry else None
    yield Finding(
        place,
        f"{count(threshold, 'failure')} in a row open the breaker, and one call makes up to "
        f"{plan.retry.max_attempts} tries",
        f"raise `failure_threshold` above {plan.retry.max_attempts}",
        related=(Label(attempts.span, "tries of one call"),) if attempts else (),
    )
