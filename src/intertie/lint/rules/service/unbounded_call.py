from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE133", severity=Severity.INFO, since="0.1.0")
def unbounded_call(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The spec does not say how long a whole call may take.

    ## What it does
    Looks for a `timeouts` block without `total`.

    ## Why it matters
    The parts bound one attempt each. How long a caller waits, with all retries and turns, is then our default and not
    the author's decision.

    ## Example
    ```yaml
    timeouts:
      connect: 500
      read: 2000
      write: 1000
    ```

    ## Use instead
    ```yaml
    timeouts:
      connect: 500
      read: 2000
      write: 1000
      total: 10000
    ```

    ## References
    Spec format, timeouts.
    """
    block = spec.timeouts
    if block is None or block.total is not None or is_written(spec, "timeouts", "total"):
        return
    total = seconds_text(plan.timeouts.total_s)
    yield Finding(block.head, f"no `total` is given: a call ends after {total}", "write how long a caller may wait")
