from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import may_take_effect_twice
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE407", severity=Severity.INFO, since="0.1.0")
def queue_without_idempotency_key(spec: Spec) -> Iterator[Finding]:
    """The queue can't take a write that may have taken effect.

    ## What it does
    With `strategy: queue`, looks for `POST` and `PATCH` endpoints without an idempotency key and without
    `idempotent: true`.

    ## Why it matters
    A call is queued only where no try can have reached the service or a key makes the replay safe. Without a key a call
    that timed out fails instead of being queued.

    ## Example
    ```yaml
    endpoint:
      path: /parcels/{country}
      method: POST
      description: Books a parcel.
    retry:
      max_attempts: 1
    fallback_behavior:
      strategy: queue
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /parcels/{country}
      method: POST
      description: Books a parcel.
    idempotent: true
    retry:
      max_attempts: 1
    fallback_behavior:
      strategy: queue
    ```

    ## References
    Spec format, error handling.
    """
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    if not strategy or strategy.value != "queue":
        return
    for endpoint in spec.endpoints:
        if may_take_effect_twice(endpoint) and endpoint.endpoint and endpoint.endpoint.method:
            yield Finding(
                endpoint.endpoint.method.span,
                f"this {endpoint.endpoint.method.value} is queued only while nothing can have reached the service",
                'give it an idempotency key (a header with the value "{uuid}"), so that any failure can be queued',
                related=(Label(strategy.span, "the queue"),),
            )
