"""Endpoints beside their operations, and a schema asked about a value."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.runtime.mapping import to_json_ready
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import RestWire
from intertie.spec.model import Endpoint, Spec


def planned(spec: Spec, plan: Plan) -> Iterator[tuple[Endpoint, OperationPlan]]:
    """Yield each endpoint that can be called with its operation."""
    for endpoint in spec.endpoints:
        operation = plan.operations.get(snake_case(endpoint.name.value)) if endpoint.name else None
        if operation is not None:
            yield endpoint, operation


def planned_rest(spec: Spec, plan: Plan) -> Iterator[tuple[Endpoint, OperationPlan, RestWire]]:
    """Yield each endpoint that is a REST operation, with that."""
    for endpoint, operation in planned(spec, plan):
        if isinstance(operation.wire, RestWire):
            yield endpoint, operation, operation.wire


def first_error(schema: CompiledSchema, value: object) -> str | None:
    """Return the first rule of a schema that a value breaks, with its place; None where it breaks none.

    A schema that does not compile judges nothing: the compiler tells of it.
    """
    try:
        broken = schema.first_error(to_json_ready(value))
    except ValueError:
        return None
    if broken is None:
        return None
    path, rule = broken
    return f"`{rule}`" if path == "$" else f"`{rule}` at `{path}`"
