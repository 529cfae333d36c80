from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_number
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE222", severity=Severity.WARNING, since="0.1.0")
def window_without_percentage(spec: Spec) -> Iterator[Finding]:
    """The breaker has a window but counts consecutive failures."""
    breaker = spec.circuit_breaker
    if not (breaker and breaker.failure_threshold) or parse_number(breaker.failure_threshold.value) is None:
        return
    for name, field in (("window", breaker.window), ("minimum_calls", breaker.minimum_calls)):
        if field:
            yield Finding(
                field.key_span,
                f"`{name}` has no effect: `{breaker.failure_threshold.value}` counts failures in a row",
                "write the threshold as a percentage, such as `50%`, or remove the key",
                related=(Label(breaker.failure_threshold.span, "the threshold"),),
            )
