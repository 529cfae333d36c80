from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE133", severity=Severity.INFO, since="0.1.0")
def missing_total_timeout(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The spec sets no total timeout."""
    block = spec.timeouts
    if block is None or block.total is not None or is_written(spec, "timeouts", "total"):
        return
    total = seconds_text(plan.timeouts.total_s)
    yield Finding(
        block.head,
        f"there is no `total` timeout, so a call ends after the default of {total}",
        "add `total`: how long a caller may wait",
    )
