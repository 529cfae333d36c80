from __future__ import annotations

import math
from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE220", severity=Severity.INFO, since="0.1.0")
def slow_closing_breaker(spec: Spec) -> Iterator[Finding]:
    """A breaker needs several rounds of probes to close.

    ## What it does
    Compares `half_open_requests` with `success_threshold`.

    ## Why it matters
    At most `half_open_requests` probes are in flight while everybody else is refused. When more successes are needed than
    probes fly at once, recovery takes as many rounds, each as long as a call.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
      success_threshold: 6
      timeout: 10
      half_open_requests: 2
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
      success_threshold: 2
      timeout: 10
      half_open_requests: 2
    ```

    ## References
    M. Nygard, "Release It!", 2nd edition, 2018, chapter 5, circuit breaker.
    """
    breaker = spec.circuit_breaker
    if not (breaker and breaker.half_open_requests and breaker.success_threshold):
        return
    probes, needed = breaker.half_open_requests.value, breaker.success_threshold.value
    if probes < needed:
        yield Finding(
            breaker.half_open_requests.span,
            f"closing needs {plural(needed, 'success', 'successes')} and {plural(probes, 'probe')} may fly at once: "
            f"{plural(math.ceil(needed / probes), 'round')} while all other calls are refused",
            related=(Label(breaker.success_threshold.span, "successes that close it"),),
        )
