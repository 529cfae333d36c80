"""What an operation needs and this version can't do: such calls are refused with one sentence."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint

_PROTOCOLS = {"gRPC": "gRPC", "WebSocket": "WebSocket connections"}
_BLOCKS = (
    ("graphql", "GraphQL"),
    ("grpc", "gRPC"),
    ("websocket", "WebSocket connections"),
    ("streaming", "streamed answers"),
)


def why_unsupported(
    build: Build, endpoint: Endpoint, operation: str, auth: str | None, codec: str | None
) -> str | None:
    """Return why calls of an endpoint must be refused, None where they can be made; the plan and a finding say it too.

    Args:
        build: The compilation.
        endpoint: As the spec has it.
        operation: Its id.
        auth: Why no call of the spec can be made with its authentication, None where it can.
        codec: Codec of the request's body, None where there is none.
    """
    if auth is not None:
        return auth
    protocol = build.spec.integration_type.protocol if build.spec.integration_type else None
    if protocol is not None and protocol.value in _PROTOCOLS:
        return _refuse(build, operation, f"this version does not do {_PROTOCOLS[protocol.value]}", protocol)
    for name, what in _BLOCKS:
        block: Located[object] | None = getattr(endpoint, name)
        if block is not None:
            return _refuse(build, operation, f"this version does not do {what}", block)
    if codec == "xml" and endpoint.request and endpoint.request.body:
        place = endpoint.request.body.content_type or endpoint.name
        return _refuse(build, operation, "this version does not write XML bodies", place)
    return None


def leave_out_around(build: Build, endpoint: Endpoint, operation: str) -> None:
    """Say what of a callable endpoint is not done: the call is made, this part of it is not."""
    if endpoint.asynchronous is not None:
        build.leave_out(
            f"asynchronous of {operation}",
            "the call is made, its job is not followed by this version",
            endpoint.asynchronous.span,
        )


def _refuse(build: Build, operation: str, why: str, place: Located[str] | Located[object] | None) -> str:
    span = place.span if place is not None else build.spec.span
    build.leave_out(operation, why, span)
    build.report("unsupported-feature", f"{operation} can't be called: {why}", span)
    return why
