from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written_in
from intertie.spec.model import Spec


@rule(code="TIE304", severity=Severity.INFO, since="0.1.0")
def missing_success_status(spec: Spec) -> Iterator[Finding]:
    """An endpoint does not say which status is success.

    ## What it does
    Looks for `response.success.status` in every endpoint that is spoken to over HTTP.

    ## Why it matters
    Any 2xx counts as success then. A service that answers 202 for "accepted" or 204 for "nothing there" where a body is
    expected is taken for a success.

    ## Example
    ```yaml
    response:
      success:
        content_type: application/json
    ```

    ## Use instead
    ```yaml
    response:
      success:
        status: 200
        content_type: application/json
    ```

    ## References
    Spec format, endpoints.
    """
    kind = spec.integration_type
    protocol = kind.protocol.value if kind and kind.protocol else "REST"
    for endpoint in spec.endpoints:
        if endpoint.grpc or endpoint.websocket or protocol in ("gRPC", "WebSocket"):
            continue
        if endpoint.endpoint is None or is_written_in(spec, endpoint, "response", "success", "status"):
            continue
        success = endpoint.response.success if endpoint.response else None
        if success and success.status:
            continue
        place = success or endpoint.response or endpoint.endpoint
        yield Finding(place.head, "no status is named as success: any 2xx counts", "add `response.success.status`")
