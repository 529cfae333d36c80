from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE535", severity=Severity.WARNING, since="0.1.0")
def budget_alert_at_zero(spec: Spec) -> Iterator[Finding]:
    """The budget alert fires before anything is spent."""
    budget = spec.costs.budget if spec.costs else None
    if budget and budget.alert_at and budget.alert_at.value <= 0:
        yield Finding(
            budget.alert_at.span,
            "0 % of the budget is spent before the first call",
            "leave time to act: `alert_at: 80%`",
        )
