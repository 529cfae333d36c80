from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE202", severity=Severity.WARNING, since="0.1.0")
def timeout_leaves_no_retry(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A single read timeout takes as long as the whole call."""
    condition = next((c for c in spec.retry.retry_conditions if c.value == "timeout"), None) if spec.retry else None
    timeouts = plan.timeouts
    if condition is None or plan.retry.max_attempts < 2 or timeouts.read_s != timeouts.total_s:
        # A read timeout longer than the total is another rule's finding.
        return
    place = (spec.timeouts and (spec.timeouts.read or spec.timeouts.total)) or condition
    yield Finding(
        place.span,
        f"an attempt may wait {seconds_text(timeouts.read_s)} for a response, but the call ends after "
        f"{seconds_text(timeouts.total_s)}: no retry follows a timeout",
        f"set `read` below {seconds_text(timeouts.total_s / plan.retry.max_attempts)}, or raise `total`",
        related=(Label(condition.span, "`timeout` is listed here"),),
    )
