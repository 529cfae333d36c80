from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import response_time
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE552", severity=Severity.WARNING, since="0.1.0")
def sla_above_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The response time of the SLA is above the total timeout."""
    promised, total_s = response_time(spec), plan.timeouts.total_s
    if promised is None or promised.value < total_s:
        return
    total = spec.timeouts.total if spec.timeouts else None
    yield Finding(
        promised.said.span,
        f"the agreed response time is {seconds_text(promised.value)}, but a call ends after {seconds_text(total_s)}",
        "check the unit: `400ms` or `0.4s`",
        related=(Label(total.span, "the whole call"),) if total else (),
    )
