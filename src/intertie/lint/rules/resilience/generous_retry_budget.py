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
            f"in an outage the service gets up to {1 + budget.value:.3g} times the calls",
            "use about 20 %, which is enough for short failures",
        )
