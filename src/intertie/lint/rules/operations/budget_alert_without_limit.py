from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE504", severity=Severity.WARNING, since="0.1.0")
def budget_alert_without_limit(spec: Spec) -> Iterator[Finding]:
    """A budget alert is set, but no budget."""
    budget = spec.costs.budget if spec.costs else None
    if budget is None or budget.monthly_limit or is_written(spec, "costs", "budget", "monthly_limit"):
        return
    if budget.alert_at:
        yield Finding(
            budget.alert_at.span, "there is no budget, so the alert never fires", "add `budget.monthly_limit`"
        )
