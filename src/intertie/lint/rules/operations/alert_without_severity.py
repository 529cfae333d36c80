from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE532", severity=Severity.INFO, since="0.1.0")
def alert_without_severity(spec: Spec) -> Iterator[Finding]:
    """An alert has no severity."""
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.severity is None and alert.condition and not has_key_at(spec, alert, "severity"):
            yield Finding(
                alert.condition.span, "the alert has no severity", "add `severity: critical`, `warning` or `info`"
            )
