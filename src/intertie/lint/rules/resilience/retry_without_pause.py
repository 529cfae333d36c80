from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE235", severity=Severity.WARNING, since="0.1.0")
def retry_without_pause(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Tries follow each other without a pause.

    ## What it does
    Looks for an `initial_delay` of 0: every wait that is computed from it is 0 too.

    ## Why it matters
    All callers that failed together come back together, at once, for as many tries as they have.

    ## Example
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 0
      max_delay: 1000
    ```

    ## Use instead
    ```yaml
    retry:
      max_attempts: 3
      initial_delay: 100
      max_delay: 1000
    ```

    ## References
    M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    """
    first = spec.retry.initial_delay if spec.retry else None
    if first and first.value == 0 and plan.retry.max_attempts > 1:
        yield Finding(
            first.span, f"{plan.retry.max_attempts} tries follow each other at once", "begin with a wait, such as `100`"
        )
