"""What is fixed in an operation's requests, and so tells operations with one method and path apart.

| declared | fixed |
|---|---|
| a header with a literal value | that value |
| a required header without a value | that it is there |
| a query or header parameter with one possible value (`enum: [x]`, `const`) | that value |
| any other required query or header parameter | that it is there |
| a required member of the body with one possible value | that value |

AWS JSON operations are told apart by the header `X-Amz-Target`, AWS Query ones by the parameter `Action`, JSON-RPC ones
by the member `method` of the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.inputs.schema_shape import fixed_members, only_value, shape_of
from intertie.runtime.plan import OperationPlan
from intertie.runtime.wires.rest.plan import rest_wire
from intertie.runtime.wires.rest.requests.headers import pattern_of


class FixedPart(NamedTuple):
    """One part of a request that is always the same.

    Attributes:
        location: `header`, `query` or `body`.
        name: Of a header in lower case.
        value: Its text; None where it only must be there.
    """

    location: str
    name: str
    value: str | None

    def __str__(self) -> str:
        where = {"header": "header", "query": "query parameter", "body": "body member"}[self.location]
        return f"{where} {self.name}" if self.value is None else f"{where} {self.name}={self.value}"


def fixed_parts(operation: OperationPlan) -> tuple[FixedPart, ...]:
    """Return what every request of an operation has."""
    return tuple(dict.fromkeys(_parts(operation)))


def _parts(operation: OperationPlan) -> Iterator[FixedPart]:
    wire = rest_wire(operation)
    for header in wire.headers:
        if header.value is not None and pattern_of(header) is None:
            yield FixedPart("header", header.name.lower(), header.value)
        elif header.value is None and header.required:
            yield FixedPart("header", header.name.lower(), None)
    for parameter in wire.parameters:
        if parameter.location not in ("query", "header"):
            continue
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        value = only_value(parameter.schema.json)
        if value is not None and (parameter.required or parameter.has_default):
            yield FixedPart(parameter.location, name, scalar_text(value))
        elif parameter.required and not parameter.has_default:
            yield FixedPart(parameter.location, name, None)
    schema = wire.body.schema if wire.body is not None else None
    if schema is not None:
        for name, value in fixed_members(shape_of(schema.json, schema.json)).items():
            yield FixedPart("body", name, scalar_text(value))


def telling_apart(operations: Iterable[OperationPlan]) -> dict[str, tuple[FixedPart, ...]]:
    """Return for each of some operations with one method and path what tells it from the others, the strictest first.

    Two with the same parts can't be told apart.
    """
    fixed = {operation.id: fixed_parts(operation) for operation in operations}
    common = set.intersection(*map(set, fixed.values())) if fixed else set()
    parts = {name: tuple(part for part in found if part not in common) for name, found in fixed.items()}
    return dict(sorted(parts.items(), key=lambda item: (-_values(item[1]), -len(item[1]))))


def _values(parts: tuple[FixedPart, ...]) -> int:
    return sum(part.value is not None for part in parts)
