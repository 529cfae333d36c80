"""Endpoints: one `### Name` each."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located
from intertie.spec.model.values import Schema

TYPE_WORDS = {
    **dict.fromkeys(("str", "text", "uuid", "date", "datetime", "date-time", "email", "url", "uri"), "string"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("int", "int32", "int64", "long"), "integer"),
    "bool": "boolean", "list": "array", "dict": "object", "map": "object",
}  # fmt: skip
"""What other languages call a type -> its name in JSON Schema."""


class EndpointHead(Block):
    """Path and method."""

    path: Located[str] | None = f.text(
        "Path under the base URL, with `{placeholders}`. Endpoints may share method and path where a fixed header, a parameter or body member with one possible value, or a parameter that only one requires tells them apart."
    )
    method: Located[str] | None = f.choice("HTTP method.", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
    description: Located[str] | None = f.text("What it does.")


class Header(Block):
    """A request header: a literal, a pattern, or the caller's."""

    name: Located[str] | None = f.text("Header name.")
    required: Located[bool] | None = f.flag("Whether the caller must give it where it has no value.")
    value: Located[str] | None = f.text("Literal or pattern: `{uuid}`, `{timestamp}`, `{param}`, `{env:NAME}`.")
    description: Located[str] | None = f.text("What it is for.", template=False)


class Parameter(Block):
    """A query, path or header parameter."""

    name: Located[str] | None = f.text("Name on the wire.")
    location: Located[str] | None = f.choice("Where it goes.", "query", "path", "header", key="in")
    type: Located[str] | None = f.choice(
        "Type.", "string", "number", "integer", "boolean", "array", "object", choice_aliases=TYPE_WORDS
    )
    format: Located[str] | None = f.text("JSON Schema format.", template=False)
    required: Located[bool] | None = f.flag("Whether a call must give it.")
    default: Located[object] | None = f.anything("Used where the caller gives none.", template=False)
    enum: Located[object] | None = f.anything("Allowed values.", template=False)
    items: Located[object] | None = f.anything("Schema of an array's items.", template=False)
    minimum: Located[object] | None = f.anything("Smallest value.", template=False)
    maximum: Located[object] | None = f.anything("Largest value.", template=False)
    pattern: Located[str] | None = f.text("Regular expression of a string.", template=False)
    style: Located[str] | None = f.choice(
        "OpenAPI style.",
        "form",
        "simple",
        "label",
        "matrix",
        "spaceDelimited",
        "pipeDelimited",
        "deepObject",
        template=False,
    )
    explode: Located[bool] | None = f.flag("OpenAPI explode.", template=False)
    description: Located[str] | None = f.text("What it is for.")


class Body(Block):
    """The request body."""

    content_type: Located[str] | None = f.text("Media type.")
    schema: Located[Schema] | None = f.schema("What the body must be.")
    required: Located[bool] | None = f.flag("Whether a body must be there.", template=False)


class Request(Block):
    """What is sent."""

    headers: tuple[Header, ...] = f.blocks("Request headers.", Header)
    parameters: tuple[Parameter, ...] = f.blocks("Parameters.", Parameter)
    body: Body | None = f.block("The body.", Body)


class SuccessAnswer(Block):
    """What success looks like."""

    status: tuple[Located[str], ...] = f.list_of("Status or statuses.", f.text("Status or class."))
    content_type: Located[str] | None = f.text(
        "Media type; a success with a body of another one is a fault of the service. `*/*` takes any."
    )
    schema: Located[Schema] | None = f.schema("What the answer's body is.")
    example: Located[object] | None = f.anything("An answer the mock gives.", template=False)


class ErrorAnswer(Block):
    """What one error status looks like."""

    description: Located[str] | None = f.text("What it means.")
    schema: Located[Schema] | None = f.schema("Where its code and message are read from.")
    retry_after: Located[str] | None = f.text("Header that tells when to come back.")
    content_type: Located[str] | None = f.text("Media type.", template=False)
    example: Located[object] | None = f.anything("An answer the mock gives.", template=False)


class Response(Block):
    """What comes back."""

    success: SuccessAnswer | None = f.block("Success.", SuccessAnswer)
    errors: tuple[tuple[Located[str], ErrorAnswer], ...] = f.named("Errors by status.", ErrorAnswer)


class Performance(Block):
    """Latency targets."""

    p50: Located[float] | None = f.target("Median.", "ms")
    p95: Located[float] | None = f.target("95th percentile.", "ms")
    p99: Located[float] | None = f.target("99th percentile.", "ms")


class Pagination(Block):
    """How pages follow each other."""

    style: Located[str] | None = f.choice("Style.", "cursor", "page", "offset", "link", template=False)
    cursor_parameter: Located[str] | None = f.text("Parameter of the cursor.", template=False)
    cursor_path: Located[str] | None = f.text("Where the next cursor is.", template=False)
    page_parameter: Located[str] | None = f.text("Parameter of the page number.", template=False)
    first: Located[int] | None = f.integer("Number of the first page.", template=False)
    size_parameter: Located[str] | None = f.text("Parameter of the page size.", template=False)
    size: Located[int] | None = f.integer("Page size.", 1, template=False)
    offset_parameter: Located[str] | None = f.text("Parameter of the offset.", template=False)
    limit_parameter: Located[str] | None = f.text("Parameter of the limit.", template=False)
    limit: Located[int] | None = f.integer("Limit.", 1, template=False)
    items_path: Located[str] | None = f.text("Where the items are.", template=False)
    more_path: Located[str] | None = f.text("Where the answer says whether there is more.", template=False)
    total_path: Located[str] | None = f.text("Where the total is.", template=False)


class Endpoint(Block):
    """One operation of the service. `name` is the heading; the operation id is its snake_case."""

    name: Located[str] | None = None
    endpoint: EndpointHead | None = f.block("Path and method.", EndpointHead)
    request: Request | None = f.block("What is sent.", Request)
    response: Response | None = f.block("What comes back.", Response)
    performance: Performance | None = f.block("Latency targets.", Performance)
    idempotent: Located[bool] | None = f.flag("May be replayed whatever the method.", template=False)
    concurrent_requests: Located[int] | None = f.integer(
        "Most calls of this endpoint in flight, for all processes together.", 1, template=False
    )
    pagination: Pagination | None = f.block("How pages follow each other.", Pagination, template=False)
    streaming: Located[str] | None = f.choice("How the answer streams.", "sse", "ndjson", "chunks", template=False)
    graphql: Located[object] | None = f.anything("GraphQL document and operation.", template=False)
    grpc: Located[object] | None = f.anything("gRPC source of the method.", template=False)
    websocket: Located[object] | None = f.anything("WebSocket messages.", template=False)
    asynchronous: Located[object] | None = f.anything("How a submitted call is followed.", template=False)
    protocol_block: Located[object] | None = None
    """The block of a protocol that was registered (`spec.protocols`), under whatever key that has."""
