from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import percent
from intertie.spec.model import Spec


@rule(code="TIE544", severity=Severity.WARNING, since="0.1.0")
def budget_alert_too_early(spec: Spec) -> Iterator[Finding]:
    """The budget alert fires when hardly anything is spent."""
    alert = spec.costs.budget.alert_at if spec.costs and spec.costs.budget else None
    if alert is None or not 0 < alert.value < 0.05:
        return
    meant = (
        f"did you mean `{alert.value * 10_000:g}%`?"
        if alert.value <= 0.01
        else "use a higher percentage, such as `80%`"
    )
    yield Finding(alert.span, f"the alert fires when {percent(alert.value)} of the budget is spent", meant)
