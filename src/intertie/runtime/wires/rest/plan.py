"""What REST adds to an operation's plan: method, path, headers, parameters, body and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.plan import WirePlan

if TYPE_CHECKING:
    from intertie.runtime.plan import OperationPlan, Plan

STREAM_TYPES: Final = {"sse": "text/event-stream", "ndjson": "application/x-ndjson"}
"""How an answer streams -> its media type."""


class HeaderPlan(Struct, frozen=True, gc=False):
    """A request header.

    Attributes:
        value: A literal or pattern (`{uuid}`, `{timestamp}`, `{param}`, `{env:NAME}`), None where the caller gives one.
        is_idempotency_key: Its `{uuid}` stays the same for every attempt of a call.
    """

    name: str
    value: str | None
    required: bool
    is_idempotency_key: bool = False


class ParameterPlan(Struct, frozen=True, gc=False):
    """A query, path or header parameter in its OpenAPI style. `schema` is what a value must be."""

    name: str
    location: str
    required: bool
    style: str
    explode: bool
    schema: CompiledSchema
    default: object = None
    has_default: bool = False


class BodyPlan(Struct, frozen=True, gc=False):
    """A request body. `codec` is `json`, `form`, `multipart`, `xml`, `text` or `binary`."""

    content_type: str
    codec: str
    schema: CompiledSchema | None
    required: bool


class ErrorAnswerPlan(Struct, frozen=True, gc=False):
    """A declared error answer: `status` is a code, a class or `default`."""

    status: str
    description: str | None
    schema: CompiledSchema | None
    retry_after_header: str | None
    content_type: str | None = None
    example: object = None


class ResponsePlan(Struct, frozen=True, gc=False):
    """What success looks like. `codec` as for bodies; what it holds is the operation's `result`.

    Attributes:
        content_type: As the spec has it, None where it says nothing.
    """

    statuses: StatusSet
    content_type: str | None
    codec: str
    errors: tuple[ErrorAnswerPlan, ...] = ()


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

    @property
    def verb(self) -> str:
        """The method."""
        return self.method

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def described(self) -> Mapping[str, object]:
        """Method and path."""
        return {"method": self.method, "path": self.path}

    @property
    def described_request(self) -> Mapping[str, object]:
        """Parameters with their places, the body's media type and its schema's name."""
        described: dict[str, object] = {}
        if self.parameters:
            described["parameters"] = [
                f"{each.name} ({each.location}{', required' if each.required else ''})" for each in self.parameters
            ]
        if self.body is not None:
            described["body"] = self.body.content_type
            if self.body.schema is not None:
                described["schema"] = self.body.schema.name or "inline"
        return described

    @property
    def described_success(self) -> tuple[str, ...]:
        """Statuses, as the spec has them."""
        return self.response.statuses.written

    @property
    def message(self) -> CompiledSchema | None:
        """The body's schema."""
        return self.body.schema if self.body is not None else None

    @property
    def slots(self) -> Mapping[str, CompiledSchema]:
        """The parameters."""
        return {each.name: each.schema for each in self.parameters}

    @property
    def patterns(self) -> Mapping[str, str]:
        """The headers that have a value."""
        return {each.name: each.value for each in self.headers if each.value is not None}

    @property
    def volatile_headers(self) -> frozenset[str]:
        """The idempotency key, and headers with a fresh identifier or the time."""
        return frozenset(
            each.name.lower()
            for each in self.headers
            if each.is_idempotency_key or (each.value and ("{uuid}" in each.value or "{timestamp}" in each.value))
        )


def rest_wire(operation: OperationPlan) -> RestWire:
    """Return the wire of an operation that is known to be REST.

    Raises:
        TypeError: It is of another protocol.
    """
    wire = operation.wire
    if not isinstance(wire, RestWire):
        raise TypeError(f"{operation.id} is no REST operation: its protocol is {wire.protocol}")
    return wire


def rest_operations(plan: Plan) -> Iterator[tuple[OperationPlan, RestWire]]:
    """Yield the operations of a plan that are REST, each with its wire."""
    for operation in plan.operations.values():
        if isinstance(operation.wire, RestWire):
            yield operation, operation.wire
