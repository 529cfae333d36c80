from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE440", severity=Severity.INFO, since="0.1.0")
def queue_outlives_retention(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Queued calls may be kept for longer than the data retention allows."""
    block = spec.fallback_behavior
    if block is None or block.strategy is None or block.strategy.value != "queue" or plan.retention_s is None:
        return
    waits_s = block.idempotency_ttl.value if block.idempotency_ttl else 86_400.0
    if waits_s <= plan.retention_s:
        return
    security = spec.security
    place = (security.retention or security.data_retention) if security else None
    yield Finding(
        (block.idempotency_ttl or block.strategy).span,
        f"a call may wait {seconds_text(waits_s)} in the queue, but data may be kept for only "
        f"{seconds_text(plan.retention_s)}",
        "shorten `idempotency_ttl`, or agree on a longer retention",
        related=(Label(place.span, "the retention"),) if place else (),
    )
