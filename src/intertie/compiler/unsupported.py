"""What an operation needs and this version can't do: such calls are refused with one sentence."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint

_PROTOCOLS = {"gRPC": "gRPC", "WebSocket": "WebSocket connections"}
_BLOCKS = (
    ("graphql", "GraphQL", "GraphQL"),
    ("grpc", "gRPC", "gRPC"),
    ("websocket", "WebSocket", "WebSocket connections"),
)
_STREAMS = {
    "sse": "the body can be read as it comes; it is not split into events",
    "ndjson": "the body can be read as it comes; it is not split into lines",
}


def why_unsupported(build: Build, endpoint: Endpoint, operation: str, auth: str | None, *, spoken: str) -> str | None:
    """Return why calls of an endpoint must be refused, None where they can be made; the plan and a finding say it too.

    Args:
        build: The compilation.
        endpoint: As the spec has it.
        operation: Its id.
        auth: Why no call of the spec can be made with its authentication, None where it can.
        spoken: Name of the protocol that the endpoint was compiled for.
    """
    if auth is not None:
        return auth
    for name, protocol_name, what in _BLOCKS:
        if protocol_name == spoken:
            continue
        block: Located[object] | None = getattr(endpoint, name)
        if block is not None:
            return _refuse(build, operation, f"this version does not support {what}", block)
    protocol = build.spec.integration_type.protocol if build.spec.integration_type else None
    if protocol is not None and protocol.value in _PROTOCOLS and protocol.value != spoken:
        return _refuse(build, operation, f"this version does not support {_PROTOCOLS[protocol.value]}", protocol)
    return None


def leave_out_around(build: Build, endpoint: Endpoint, operation: str) -> None:
    """Say what of a callable endpoint is not done: the call is made, this part of it is not."""
    if endpoint.asynchronous is not None:
        why = "the call is made; this version does not follow its job"
        build.leave_out(f"asynchronous of {operation}", why, endpoint.asynchronous.span)
    if endpoint.streaming is not None and endpoint.streaming.value in _STREAMS:
        kind = endpoint.streaming
        build.leave_out(f"streaming {kind.value} of {operation}", _STREAMS[kind.value], kind.span)


def leave_out_body(build: Build, endpoint: Endpoint, operation: str, body: BodyPlan | None) -> None:
    """Say what of a body is not done."""
    if body is not None and body.codec == "xml" and endpoint.request and endpoint.request.body:
        why = "the caller passes the XML as text in `body`; its schema is not checked"
        build.leave_out(f"XML body of {operation}", why, endpoint.request.body.head)


def _refuse(build: Build, operation: str, why: str, place: Located[str] | Located[object]) -> str:
    build.leave_out(operation, f"calls are refused: {why}", place.span)
    build.report("unsupported-feature", f"{operation} can't be called: {why}", place.span)
    return why
