from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.waits import longest_waits_s
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE238", severity=Severity.INFO, since="0.1.0")
def max_delay_above_total(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The longest wait before a retry is longer than the whole call may take."""
    delay = spec.retry.max_delay if spec.retry else None
    total_s = plan.timeouts.total_s
    if (
        delay is None
        or plan.retry.max_attempts < 2
        or delay.value <= total_s
        or max(longest_waits_s(plan.retry)) >= total_s
    ):
        return
    total = spec.timeouts.total if spec.timeouts else None
    yield Finding(
        delay.span,
        f"a wait of {seconds_text(delay.value)} never fits into a call of {seconds_text(total_s)}",
        "set it below `timeouts.total`",
        related=(Label(total.span, "the whole call"),) if total else (),
    )
