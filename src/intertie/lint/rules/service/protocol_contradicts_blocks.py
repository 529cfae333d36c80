from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written_in
from intertie.spec.model import Spec


@rule(code="TIE107", severity=Severity.ERROR, since="0.1.0", judges="spec")
def protocol_contradicts_blocks(spec: Spec) -> Iterator[Finding]:
    """The protocol under Integration Type contradicts an endpoint."""
    given = spec.integration_type.protocol if spec.integration_type else None
    if not given:
        return
    blocks = {"GraphQL": "graphql", "gRPC": "grpc", "WebSocket": "websocket"}
    for endpoint in spec.endpoints:
        has = {"graphql": endpoint.graphql, "grpc": endpoint.grpc, "websocket": endpoint.websocket}
        for key, block in has.items():
            if block and key != blocks.get(given.value):
                yield Finding(
                    given.span,
                    f"the protocol is {given.value}, but an endpoint has a `{key}` block",
                    "correct the bullet or the endpoint",
                    related=(Label(block.key_span, f"`{key}` here"),),
                )
    wanted = blocks.get(given.value)
    if wanted and spec.endpoints and not any(is_written_in(spec, endpoint, wanted) for endpoint in spec.endpoints):
        yield Finding(
            given.span,
            f"the protocol is {given.value}, but no endpoint has a `{wanted}` block",
            f"describe the calls under `{wanted}:`, or correct the bullet",
        )
