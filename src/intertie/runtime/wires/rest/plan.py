"""What REST adds to an operation's plan: method, path, headers, parameters, body and answers."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.plan import WirePlan

STREAM_TYPES: Final = {"sse": "text/event-stream", "ndjson": "application/x-ndjson"}
"""How an answer streams -> its media type."""


class HeaderPlan(Struct, frozen=True):
    """A request header.

    Attributes:
        value: A literal or pattern (`{uuid}`, `{timestamp}`, `{param}`, `{env:NAME}`), None where the caller gives one.
        is_idempotency_key: Its `{uuid}` stays the same for every attempt of a call.
    """

    name: str
    value: str | None
    required: bool
    is_idempotency_key: bool = False


class ParameterPlan(Struct, frozen=True):
    """A query, path or header parameter in its OpenAPI style. `schema` is what a value must be."""

    name: str
    location: str
    required: bool
    style: str
    explode: bool
    schema: CompiledSchema
    default: object = None
    has_default: bool = False


class BodyPlan(Struct, frozen=True):
    """A request body. `codec` is `json`, `form`, `multipart`, `xml`, `text` or `binary`."""

    content_type: str
    codec: str
    schema: CompiledSchema | None
    required: bool


class ErrorAnswerPlan(Struct, frozen=True):
    """A declared error answer: `status` is a code, a class or `default`."""

    status: str
    description: str | None
    schema: CompiledSchema | None
    retry_after_header: str | None
    content_type: str | None = None
    example: object = None


class ResponsePlan(Struct, frozen=True):
    """What success looks like. `codec` as for bodies; `validate` is `strict`, `warn` or `off`.

    Attributes:
        content_type: As the spec has it, None where it says nothing.
    """

    statuses: StatusSet
    content_type: str | None
    codec: str
    schema: CompiledSchema | None
    errors: tuple[ErrorAnswerPlan, ...] = ()
    validate: str = "warn"
    example: object = None


class RestWire(WirePlan, frozen=True, tag="rest"):
    """An operation that is an HTTP request with a method and a path.

    Attributes:
        method: Upper case.
        path: Template under the base URL's path, such as `/v1/charges/{charge_id}`.
    """

    method: str
    path: str
    headers: tuple[HeaderPlan, ...]
    parameters: tuple[ParameterPlan, ...]
    body: BodyPlan | None
    response: ResponsePlan
