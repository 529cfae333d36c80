from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import has_key_at
from intertie.spec.model import Spec


@rule(code="TIE501", severity=Severity.INFO, since="0.1.0")
def alert_without_channel(spec: Spec) -> Iterator[Finding]:
    """An alert has no channel."""
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        if alert.channel is None and alert.condition and not has_key_at(spec, alert, "channel"):
            yield Finding(
                alert.condition.span,
                "the alert has no channel, so nobody is notified",
                "add `channel: email`, `slack`, `pagerduty` or `webhook`",
            )
