from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import writes_sent_once
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE407", severity=Severity.INFO, since="0.1.0")
def queue_without_idempotency_key(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A write without an idempotency key can't be queued if its outcome is unknown."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    if not strategy or strategy.value != "queue":
        return
    for _, method in writes_sent_once(spec, plan):
        yield Finding(
            method.span,
            f"this {method.value} has no idempotency key, so it is queued only if it can't have reached the service",
            'add a header such as `Idempotency-Key` with the value "{uuid}", so that every failed call can be queued',
            related=(Label(strategy.span, "the queue"),),
        )
