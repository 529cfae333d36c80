from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE235", severity=Severity.WARNING, since="0.1.0")
def retry_without_pause(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Retries follow each other without a pause."""
    first = spec.retry.initial_delay if spec.retry else None
    if first and first.value == 0 and plan.retry.max_attempts > 1:
        yield Finding(
            first.span,
            f"{plan.retry.max_attempts} attempts follow each other without a pause",
            "start with a wait, such as `100`",
        )
