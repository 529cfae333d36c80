from __future__ import annotations

from collections.abc import Iterator

from intertie.core.plurals import plural
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE221", severity=Severity.ERROR, since="0.1.0", judges="spec")
def minimum_calls_above_window(spec: Spec) -> Iterator[Finding]:
    """A breaker asks for more calls than it looks at, so it never opens.

    ## What it does
    Compares `minimum_calls` with `window`.

    ## Why it matters
    The share of failures counts once `minimum_calls` are seen among the last `window` calls. When the window is smaller,
    that never happens, and the breaker is no protection.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: "50%"
      window: 10
      minimum_calls: 20
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: "50%"
      window: 20
      minimum_calls: 10
    ```

    ## References
    Spec format, circuit breaker.
    """
    breaker = spec.circuit_breaker
    if breaker and breaker.window and breaker.minimum_calls and breaker.minimum_calls.value > breaker.window.value:
        yield Finding(
            breaker.minimum_calls.span,
            f"the breaker judges from {plural(breaker.minimum_calls.value, 'call')} on, and the window holds {breaker.window.value}: "
            "it never opens",
            "keep `minimum_calls` at `window` or below",
            related=(Label(breaker.window.span, "the window"),),
            fix=write(str(breaker.window.value), breaker.minimum_calls.span, safe=False),
        )
