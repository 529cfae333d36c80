"""Endpoints beside their operations, and a schema asked about a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.runtime.mapping import to_json_ready
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import RestWire
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint, InboundRow, OutboundRow, Spec

Row = TypeVar("Row", InboundRow, OutboundRow)


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


class PlannedRow(Struct, Generic[Row], frozen=True):
    """A mapping row as one operation has it, beside the row of the spec.

    Attributes:
        field: The name on the service's side, as the spec writes it.
    """

    endpoint: Endpoint
    operation: OperationPlan
    planned: MappingRow
    row: Row
    field: Located[str]

    @property
    def source(self) -> str:
        """The place of the spec's row: the same one in all operations that use it."""
        return self.planned.source


def inbound_rows(spec: Spec, plan: Plan) -> Iterator[PlannedRow[InboundRow]]:
    """Yield the inbound rows of each operation."""
    return _rows(spec, plan, spec.inbound, lambda operation: operation.inbound)


def outbound_rows(spec: Spec, plan: Plan) -> Iterator[PlannedRow[OutboundRow]]:
    """Yield the outbound rows of each operation."""
    return _rows(spec, plan, spec.outbound, lambda operation: operation.outbound)


def _rows(
    spec: Spec, plan: Plan, rows: Iterable[Row], of: Callable[[OperationPlan], Iterable[MappingRow]]
) -> Iterator[PlannedRow[Row]]:
    written = {str(row.external_field.span): (row, row.external_field) for row in rows if row.external_field}
    for endpoint, operation in planned(spec, plan):
        for each in of(operation):
            if each.source in written:
                yield PlannedRow(endpoint, operation, each, *written[each.source])


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
