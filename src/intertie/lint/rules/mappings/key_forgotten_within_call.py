from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE439", severity=Severity.ERROR, since="0.1.0", judges="spec")
def key_forgotten_within_call(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """The service forgets an idempotency key while the call may still be tried.

    ## What it does
    Compares `idempotency_ttl` with `timeouts.total`.

    ## Why it matters
    A retry after that time carries a key that the service does not know any more. It does again what the first try has
    done.

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
      idempotency_ttl: 5s
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
      idempotency_ttl: 12h
    ```

    ## References
    Spec format, error handling.
    """
    ttl = spec.fallback_behavior.idempotency_ttl if spec.fallback_behavior else None
    if ttl and ttl.value <= plan.timeouts.total_s:
        total = spec.timeouts.total if spec.timeouts else None
        yield Finding(
            ttl.span,
            f"a key is known for {seconds_text(ttl.value)}, and a call may take {seconds_text(plan.timeouts.total_s)}",
            "`idempotency_ttl` is in seconds; vendors keep keys for hours",
            related=(Label(total.span, "the whole call"),) if total else (),
        )
