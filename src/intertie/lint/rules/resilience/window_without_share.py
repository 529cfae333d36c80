from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_number
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE222", severity=Severity.WARNING, since="0.1.0")
def window_without_share(spec: Spec) -> Iterator[Finding]:
    """A breaker has a window, but counts failures in a row.

    ## What it does
    Looks for `window` or `minimum_calls` beside a `failure_threshold` that is a number.

    ## Why it matters
    A number means failures in a row, and the window is not looked at. Who gives a window usually means a share, `50%`.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
      window: 20
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: "25%"
      window: 20
    ```

    ## References
    Spec format, circuit breaker.
    """
    breaker = spec.circuit_breaker
    if not (breaker and breaker.failure_threshold) or parse_number(breaker.failure_threshold.value) is None:
        return
    for name, field in (("window", breaker.window), ("minimum_calls", breaker.minimum_calls)):
        if field:
            yield Finding(
                field.key_span,
                f"`{name}` has no effect: `{breaker.failure_threshold.value}` means failures in a row",
                "write the threshold as a share, such as `50%`, or take the key out",
                related=(Label(breaker.failure_threshold.span, "the threshold"),),
            )
