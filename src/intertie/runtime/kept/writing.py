"""Plan to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from intertie.runtime.kept.form import (
    OPERATION,
    OPTIONS,
    PLAN,
    ROW,
    WIRES,
    KeptOperation,
    KeptPath,
    KeptPlan,
    KeptRow,
    KeptSchema,
    Unkeepable,
)
from intertie.runtime.kept.plain_values import check_open_fields, check_plain
from intertie.runtime.mapping.contracts import FieldPath
from intertie.runtime.mapping.paths import NamePath
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.schemas import CompiledSchema

T = TypeVar("T")

_DEFINITIONS = "$defs"


def write_plan(plan: Plan) -> bytes:
    """Return a plan as bytes.

    Raises:
        Unkeepable: It holds what would not come back as it is.
    """
    try:
        return _Writer().plan(plan)
    except (TypeError, OverflowError, UnicodeEncodeError, RecursionError) as wrong:
        # Half a character, or data nested deeper than the encoder goes.
        raise Unkeepable(f"data that can't be written ({type(wrong).__name__})") from None


class _Writer:
    """Writes one plan. What operations share is told apart by identity: who made the plan made it once."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder(enc_hook=self._hook).encode
        self._definitions = _Shared()
        self._schemas = _Shared()
        self._rows = _Shared()
        self._stages = _Shared()

    def plan(self, plan: Plan) -> bytes:
        """Return the whole."""
        operations = {name: Raw(self._operation(operation)) for name, operation in plan.operations.items()}
        kept = KeptPlan(
            plan=self._struct(PLAN.rest_of(plan)),
            guards=self._guards(plan.guards),
            definitions=self._definitions.written(),
            schemas=self._schemas.written(),
            rows=self._rows.written(),
            stages=self._stages.written(),
            operations=operations,
        )
        return self._encode(kept)

    def _operation(self, operation: OperationPlan) -> bytes:
        wire = operation.wire
        if WIRES.get(wire.protocol) is not type(wire):
            raise Unkeepable(f"an operation of the protocol {wire.protocol}")
        kept = KeptOperation(
            own=self._struct(OPERATION.rest_of(operation)),
            tag=wire.protocol,
            wire=self._struct(wire),
            guards=self._guards(operation.guards),
            patterns=dict(wire.patterns),
            stages=tuple(self._stages.place(each, self._struct) for each in operation.stages),
            outbound=tuple(self._rows.place(each, self._row) for each in operation.outbound),
            inbound=tuple(self._rows.place(each, self._row) for each in operation.inbound),
        )
        return self._encode(kept)

    def _struct(self, value: Struct) -> Raw:
        check_open_fields(value)
        return Raw(self._encode(value))

    def _guards(self, guards: Mapping[str, Struct]) -> dict[str, Raw]:
        for name, options in guards.items():
            if OPTIONS.get(name) is not type(options):
                raise Unkeepable(f"options of the guard {name}")
        return {name: self._struct(options) for name, options in guards.items()}

    def _row(self, row: MappingRow) -> Raw:
        transform = None if row.transform is None else row.transform.text
        kept = KeptRow(self._struct(ROW.rest_of(row)), _path(row.read), _path(row.write), transform)
        return Raw(self._encode(kept))

    def _schema(self, schema: CompiledSchema) -> Raw:
        json, definitions = schema.json, None
        if isinstance(json, Mapping):
            found = json.get(_DEFINITIONS)
            if type(found) is dict:
                definitions = {name: self._definitions.place(each, self._plain) for name, each in found.items()}
                json = {**json, _DEFINITIONS: None}
            json = dict(json)
        check_plain(json)
        return Raw(self._encode(KeptSchema(json, schema.name, definitions)))

    def _plain(self, value: object) -> Raw:
        check_plain(value)
        return Raw(self._encode(value))

    def _hook(self, value: object) -> object:
        if type(value) is CompiledSchema:
            return self._schemas.place(value, self._schema)
        if type(value) is MappingProxyType:
            return dict(value)
        raise Unkeepable(f"a value that is {type(value).__name__}")


class _Shared:
    """A list of parts that are each written once."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._alive: list[object] = []  # so that nothing else gets an identity meanwhile
        self._written: list[Raw] = []

    def place(self, value: T, write: Callable[[T], Raw]) -> int:
        """Return where a part stands, writing it where it is new."""
        place = self._places.get(id(value))
        if place is None:
            written = write(value)
            place = self._places[id(value)] = len(self._written)
            self._alive.append(value)
            self._written.append(written)
        return place

    def written(self) -> tuple[Raw, ...]:
        """Return all parts, in their places."""
        return tuple(self._written)


def _path(path: FieldPath) -> KeptPath:
    return KeptPath(path.text, path.name if isinstance(path, NamePath) else None)
