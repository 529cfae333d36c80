from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import may_take_effect_twice
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE205", severity=Severity.INFO, since="0.1.0")
def unsafe_retry_without_key(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A call that may take effect twice is not replayed after an ambiguous failure.

    ## What it does
    Where the spec retries, looks for `POST` and `PATCH` endpoints without an idempotency key and without
    `idempotent: true`.

    ## Why it matters
    After a timeout nobody knows whether the first try took effect. Without a key the call is not sent again, so these
    endpoints fail where the retry policy seems to promise more.

    ## Example
    ```yaml
    endpoint:
      path: /parcels
      method: POST
      description: Books a parcel.
    request:
      body:
        content_type: application/json
    ```

    ## Use instead
    ```yaml
    endpoint:
      path: /parcels
      method: POST
      description: Books a parcel.
    request:
      headers:
        - name: Idempotency-Key
          required: true
          value: "{uuid}"
      body:
        content_type: application/json
    ```

    ## References
    RFC 9110 section 9.2.2, idempotent methods.
    """
    if spec.retry is None or plan.retry.max_attempts < 2:
        return
    for endpoint in spec.endpoints:
        if may_take_effect_twice(endpoint) and endpoint.endpoint and endpoint.endpoint.method:
            method = endpoint.endpoint.method
            yield Finding(
                method.span,
                f"{method.value} is not sent again after a timeout or reset: it has no idempotency key",
                'where the service knows one, add a header such as `Idempotency-Key` with the value "{uuid}"; where a '
                "replay does no harm, say `idempotent: true`",
            )
