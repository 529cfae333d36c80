from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE229", severity=Severity.INFO, since="0.1.0")
def generous_retry_budget(spec: Spec) -> Iterator[Finding]:
    """Retries may add more than half of the calls during an outage."""
    budget = spec.retry.retry_budget if spec.retry else None
    if budget and budget.value > 0.5:
        yield Finding(
            budget.span,
            f"an outage is met with {1 + budget.value:.3g} times the calls",
            "20 % is enough for failures that pass",
        )
