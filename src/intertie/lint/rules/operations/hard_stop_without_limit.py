from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE503", severity=Severity.ERROR, since="0.1.0", judges="spec")
def hard_stop_without_limit(spec: Spec) -> Iterator[Finding]:
    """Calls should stop at the budget, but no budget is set."""
    budget = spec.costs.budget if spec.costs else None
    if (
        budget
        and budget.hard_stop
        and budget.hard_stop.value
        and budget.monthly_limit is None
        and not is_written(spec, "costs", "budget", "monthly_limit")
    ):
        yield Finding(budget.hard_stop.span, "there is no budget to stop at", "add `budget.monthly_limit`")
