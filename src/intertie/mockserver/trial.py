"""A first call that works: an operation of the plan, with an input that the mock of the plan answers.

Whoever starts a mock wants to call it. Each candidate is tried on an engine of its own, so that what is suggested is
what succeeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import CallError, UsageError
from intertie.core.rng import SeededRng
from intertie.mockserver.engine import MockEngine
from intertie.mockserver.generation import Sampler, Unsatisfiable
from intertie.mockserver.generation.merging import Flattener, References
from intertie.mockserver.messages import MockRequest
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.registry import protocol_of
from intertie.runtime.wires.rest.plan import RestWire

_MOST_OPERATIONS = 8
_GOOD = range(200, 400)
_SHELVES = ("$defs", "definitions", "components")


class TrialCall(msgspec.Struct, frozen=True):
    """A call that the mock answers.

    Attributes:
        operation: Operation id.
        given: The internal input; scalars are text, as a command line gives them.
        variables: Environment variables that headers of the request are made from.
    """

    operation: str
    given: Mapping[str, object]
    variables: tuple[str, ...] = ()


def trial_calls(plan: Plan, *, clock: Clock) -> Iterator[TrialCall]:
    """Yield calls of the plan's first operations that a healthy mock answers, in the order of the plan."""
    few = dict(islice(plan.operations.items(), _MOST_OPERATIONS))
    # A credential is the caller's, and limits are no matter of one call.
    alone = replace(plan, operations=few, auth=AuthOptions(), limits=None)
    engine = MockEngine(alone, clock=clock, latency=False)
    for operation in few.values():
        if operation.unsupported is None:
            tried = _tried(alone, operation, engine, clock)
            if tried is not None:
                yield tried


def _tried(plan: Plan, operation: OperationPlan, engine: MockEngine, clock: Clock) -> TrialCall | None:
    variables: list[str] = []

    def environ(name: str) -> str:
        variables.append(name)
        return "any"

    try:
        given = _input(operation, clock.utc_s() // 86400 * 86400)
        request = (
            protocol_of(operation)
            .link(plan, operation, clock=clock, quote=str)
            .encode(given, new_uuid=SeededRng(operation.id).uuid4, now=clock.utc_now, environ=environ)
        )
    except (Unsatisfiable, UsageError, CallError):
        return None  # nothing can be made up for it: another operation may do
    if request.body is not None and not isinstance(request.body, bytes):
        return None
    head = (line.partition(": ") for line in request.static_head.decode("latin-1").splitlines())
    headers = [*request.headers, *((name, value) for name, _, value in head)]
    reply = engine.handle(MockRequest.of(request.method, request.target, headers, request.body or b""))
    return TrialCall(operation.id, given, tuple(dict.fromkeys(variables))) if reply.status in _GOOD else None


def _input(operation: OperationPlan, recent_s: float) -> dict[str, object]:
    """Return an internal input that holds what is required, and nothing else.

    Raises:
        Unsatisfiable: No value can be made for a part of it.
    """
    ours = {row.write.text.strip(): row.read.text.strip() for row in operation.outbound}
    given: dict[str, object] = {}
    wire = operation.wire
    message = wire.message
    if isinstance(wire, RestWire):
        _put_rest(given, operation, wire, ours, recent_s)
        message = message if wire.body is not None and wire.body.required else None
    if message is not None:
        made = Sampler(message, recent_s=recent_s).sample(operation.id)
        for name in _required(message):
            _put(given, ours.get(name, name), _member(made, name))
    return given


def _put_rest(
    given: dict[str, object], operation: OperationPlan, wire: RestWire, ours: Mapping[str, str], recent_s: float
) -> None:
    """Put the parameters and headers that are required."""
    for parameter in wire.parameters:
        if parameter.required and not parameter.has_default:
            wrapped = _object_of(parameter.name, parameter.schema.json)
            made = Sampler(CompiledSchema(wrapped), recent_s=recent_s).sample(operation.id)
            _put(given, ours.get(parameter.name, parameter.name), _member(made, parameter.name))
    for header in wire.headers:
        if header.required and header.value is None:
            given[header.name] = "any"


def _object_of(name: str, schema: object) -> dict[str, object]:
    """Return the schema of an object with one member: a value's name says what it may look like."""
    # References are read from the root.
    shelves = {key: schema[key] for key in _SHELVES if key in schema} if isinstance(schema, Mapping) else {}
    return {**shelves, "type": "object", "required": [name], "properties": {name: schema}}


def _member(made: object, name: str) -> object:
    if not isinstance(made, Mapping) or name not in made:
        raise Unsatisfiable(f"no value for `{name}`")
    value = made[name]
    if isinstance(value, bool | int | float):
        return msgspec.json.encode(value).decode()
    return value


def _required(schema: CompiledSchema) -> list[str]:
    """Return the members that an object must have, through references and `allOf`."""
    flat, _ = Flattener(References(schema.json), lambda _: 0, lambda: True).flat(schema.json)
    listed = flat.get("required")
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _put(given: dict[str, object], path: str, value: object) -> None:
    """Put a value where an outbound row reads it: dots make objects."""
    *parents, last = path.split(".")
    target = given
    for parent in parents:
        inner = target.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise Unsatisfiable(f"`{path}` is in the way of another field")
        target = inner
    target[last] = value
