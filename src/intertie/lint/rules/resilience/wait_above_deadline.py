from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE217", severity=Severity.WARNING, since="0.1.0")
def wait_above_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The longest wait for a turn is longer than the whole call may take."""
    declared = spec.throttling.max_wait if spec.throttling else None
    if declared is None or declared.value <= plan.timeouts.total_s:
        return
    total = spec.timeouts.total if spec.timeouts else None
    yield Finding(
        declared.span,
        f"a call may wait {seconds_text(declared.value)} for its turn, but it ends after "
        f"{seconds_text(plan.timeouts.total_s)}",
        "set `max_wait` below `timeouts.total`",
        related=(Label(total.span, "the whole call"),) if total else (),
    )
