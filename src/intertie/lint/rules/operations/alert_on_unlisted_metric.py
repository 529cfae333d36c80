from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.alerts import comparisons
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE525", severity=Severity.WARNING, since="0.1.0")
def alert_on_unlisted_metric(spec: Spec) -> Iterator[Finding]:
    """An alert uses a metric that the spec does not list."""
    monitoring = spec.monitoring
    measured = {metric.value for metric in monitoring.metrics} if monitoring else set()
    for alert in monitoring.alerts if monitoring and measured else ():
        for metric in (
            dict.fromkeys(each.metric for each in comparisons(alert.condition.value)) if alert.condition else ()
        ):
            if metric and metric not in measured and alert.condition:
                yield Finding(
                    alert.condition.span,
                    f"`{metric}` is not listed under `metrics`",
                    f"add `{metric}` to `monitoring.metrics`",
                )
