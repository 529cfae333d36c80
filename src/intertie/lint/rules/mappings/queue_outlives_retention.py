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
    """Queued calls may be kept longer than data may be.

    ## What it does
    Compares `idempotency_ttl` (24 h where it is absent), for which a queued call may wait, with the retention of the
    security considerations.

    ## Why it matters
    A queued body is data like any other. Whoever reads the retention believes that it is gone by then.

    ## Example
    ```yaml
    endpoint:
      path: /parcels
      method: POST
      description: Books a parcel.
    request:
      headers:
        - {name: Idempotency-Key, value: "{uuid}"}
      body:
        content_type: application/json
        schema: {type: object}
    error_mapping:
      - external_code: 5xx
        internal_code: DOWN
        message: Later, please.
        action: fallback
    fallback_behavior:
      strategy: queue
    security:
      retention: 1h
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /parcels
      method: POST
      description: Books a parcel.
    request:
      headers:
        - {name: Idempotency-Key, value: "{uuid}"}
      body:
        content_type: application/json
        schema: {type: object}
    error_mapping:
      - external_code: 5xx
        internal_code: DOWN
        message: Later, please.
        action: fallback
    fallback_behavior:
      strategy: queue
    security:
      retention: 7d
    ```

    ## References
    Spec format, security considerations.
    """
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
        f"a queued call may wait {seconds_text(waits_s)}, and data is kept {seconds_text(plan.retention_s)}",
        "shorten `idempotency_ttl`, or agree on a longer retention",
        related=(Label(place.span, "the retention"),) if place else (),
    )
