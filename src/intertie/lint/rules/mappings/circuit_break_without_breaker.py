from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE421", severity=Severity.WARNING, since="0.1.0")
def circuit_break_without_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The fallback fails fast with what the breaker knows, and there is no breaker.

    ## What it does
    With `strategy: circuit_break`, looks for a circuit breaker that is on.

    ## Why it matters
    The strategy then does nothing: calls fail as mapped, each after all its tries.

    ## Example
    ```yaml
    circuit_breaker:
      enabled: false
    fallback_behavior:
      strategy: circuit_break
    ```

    ## Use instead
    ```yaml
    circuit_breaker:
      enabled: true
      failure_threshold: 5
    fallback_behavior:
      strategy: circuit_break
    ```

    ## References
    Spec format, error handling.
    """
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    unread = spec.circuit_breaker is None and is_written(spec, "circuit_breaker")
    if strategy and strategy.value == "circuit_break" and plan.fallback and plan.breaker is None and not unread:
        yield Finding(
            strategy.span,
            "there is no breaker to fail fast with",
            "declare `circuit_breaker`, or choose another strategy",
        )
