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
    """The breaker needs more calls than its window holds, so it never opens."""
    breaker = spec.circuit_breaker
    if breaker and breaker.window and breaker.minimum_calls and breaker.minimum_calls.value > breaker.window.value:
        yield Finding(
            breaker.minimum_calls.span,
            f"the breaker never opens: it needs {plural(breaker.minimum_calls.value, 'call')}, but the window "
            f"holds only {breaker.window.value}",
            "set `minimum_calls` to `window` or below",
            related=(Label(breaker.window.span, "the window"),),
            fix=write(str(breaker.window.value), breaker.minimum_calls.span, safe=False),
        )
