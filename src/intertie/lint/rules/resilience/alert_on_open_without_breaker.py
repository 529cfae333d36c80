from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE236", severity=Severity.WARNING, since="0.1.0")
def alert_on_open_without_breaker(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """An alert waits for a breaker that the spec does not have."""
    wanted = spec.monitoring.alert_on_open if spec.monitoring else None
    if wanted and wanted.value and plan.breaker is None and not _is_unread(spec):
        off = spec.circuit_breaker.enabled if spec.circuit_breaker else None
        yield Finding(
            wanted.span,
            "the alert never fires, because there is no circuit breaker",
            "add `circuit_breaker`, or remove the line",
            related=(Label(off.span, "switched off here"),) if off else (),
        )


def _is_unread(spec: Spec) -> bool:
    """Return whether there is a block that holds nothing but placeholders: the draft is not that far."""
    return spec.circuit_breaker is None and is_written(spec, "circuit_breaker")
