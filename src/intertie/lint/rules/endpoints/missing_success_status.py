from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written_in
from intertie.spec.model import Spec


@rule(code="TIE304", severity=Severity.INFO, since="0.1.0")
def missing_success_status(spec: Spec) -> Iterator[Finding]:
    """An endpoint does not say which status means success."""
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
        yield Finding(place.head, "no success status is declared, so any 2xx counts", "add `response.success.status`")
