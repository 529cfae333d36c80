from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE439", severity=Severity.ERROR, since="0.1.0", judges="spec")
def idempotency_ttl_below_deadline(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The service forgets an idempotency key while the call may still retry."""
    ttl = spec.fallback_behavior.idempotency_ttl if spec.fallback_behavior else None
    if ttl and ttl.value <= plan.timeouts.total_s:
        total = spec.timeouts.total if spec.timeouts else None
        yield Finding(
            ttl.span,
            f"the service forgets a key after {seconds_text(ttl.value)}, but a call may take "
            f"{seconds_text(plan.timeouts.total_s)}",
            "correct `idempotency_ttl`, which is in seconds; most providers keep keys for hours",
            related=(Label(total.span, "the whole call"),) if total else (),
        )
