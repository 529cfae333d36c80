"""Bytes to plan: what all operations share at once, each operation when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from intertie.runtime.kept.form import (
    OPERATION,
    OPTIONS,
    PLAN,
    ROW,
    WIRES,
    BrokenPlan,
    KeptOperation,
    KeptPath,
    KeptPlan,
    KeptRow,
    KeptSchema,
)
from intertie.runtime.mapping.contracts import FieldPath
from intertie.runtime.mapping.paths import NamePath, parse_path
from intertie.runtime.mapping.registered import registered_transforms
from intertie.runtime.outlines import Outline
from intertie.runtime.plan import MappingRow, OperationPlan, Plan, StageDescription
from intertie.runtime.schemas import CompiledSchema

T = TypeVar("T")

_BROKEN = (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError)
"""What other bytes can cause: a wrong type, a path that is none, a place that is not there, too deep a nest."""


def read_plan(data: bytes | Raw, otherwise: Callable[[], Plan]) -> Plan:
    """Return the plan that was written.

    Args:
        data: From `write_plan`.
        otherwise: Makes the plan anew, for an operation whose part turns out to be broken when it is asked for.

    Raises:
        BrokenPlan: These are other bytes.
    """
    try:
        kept = msgspec.msgpack.decode(data, type=KeptPlan)
        shelf = _Shelf(kept)
        if registered_transforms():
            # Which functions the application means is decided when the spec is opened.
            shelf.rows.take(range(len(kept.rows)))
        fields = PLAN.decoder(_open_value)(kept.plan)
        fields["sources"] = MappingProxyType(fields["sources"])
        return Plan(
            **fields,
            guards=MappingProxyType(_guards(kept.guards)),
            operations=KeptOperations(kept.operations, shelf, otherwise),
        )
    except _BROKEN as wrong:
        raise BrokenPlan(f"it is no plan of this version ({type(wrong).__name__})") from None


class KeptOperations(Mapping[str, OperationPlan]):
    """Operations that are read when they are first asked for, and then stay."""

    def __init__(self, parts: Mapping[str, Raw], shelf: _Shelf, otherwise: Callable[[], Plan]) -> None:
        self._parts = parts
        self._shelf = shelf
        self._otherwise = otherwise
        self._read: dict[str, OperationPlan] = {}

    def __getitem__(self, name: str) -> OperationPlan:
        found = self._read.get(name)
        if found is None:
            part = self._parts[name]
            try:
                found = self._shelf.operation(part)
            except _BROKEN:
                found = self._otherwise().operations[name]
            # Of what two threads read at once, one stays.
            found = self._read.setdefault(name, found)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def outlines(self) -> Iterator[tuple[str, Outline]]:
        """Yield what all operations are looked at for, without reading the rest of them."""
        for name, part in self._parts.items():
            try:
                kept = _operation_part(part)
            except _BROKEN:
                yield name, Outline.of(self[name])
            else:
                yield name, Outline(frozenset(kept.guards), kept.patterns)

    def __repr__(self) -> str:
        return f"KeptOperations({', '.join(self._parts)})"


class _Shelf:
    """What operations share, each read when it is first needed."""

    def __init__(self, kept: KeptPlan) -> None:
        self._definitions = _Parts(kept.definitions, msgspec.msgpack.decode)
        self._schemas = _Parts(kept.schemas, self._schema)
        self.rows = _Parts(kept.rows, _Rows().read)
        self._stages = _Parts(kept.stages, msgspec.msgpack.Decoder(StageDescription, dec_hook=_open_value).decode)
        self._own = OPERATION.decoder(self._hook)
        self._wires = {tag: msgspec.msgpack.Decoder(wire, dec_hook=self._hook).decode for tag, wire in WIRES.items()}

    def operation(self, part: Raw) -> OperationPlan:
        """Return one operation."""
        kept = _operation_part(part)
        return OperationPlan(
            **self._own(kept.own),
            wire=self._wires[kept.tag](kept.wire),
            guards=_guards(kept.guards),
            stages=self._stages.take(kept.stages),
            outbound=self.rows.take(kept.outbound),
            inbound=self.rows.take(kept.inbound),
        )

    def _schema(self, part: Raw) -> CompiledSchema:
        kept = msgspec.msgpack.decode(part, type=KeptSchema)
        if kept.definitions is not None:
            places = kept.definitions
            kept.json["$defs"] = dict(zip(places, self._definitions.take(places.values()), strict=True))
        return CompiledSchema(kept.json, kept.name)

    def _hook(self, declared: type, value: Any) -> Any:
        return self._schemas[value] if declared is CompiledSchema else _open_value(declared, value)


class _Rows:
    """Reads mapping rows."""

    def __init__(self) -> None:
        self._own = ROW.decoder(_open_value)

    def read(self, part: Raw) -> MappingRow:
        """Return one row."""
        kept = msgspec.msgpack.decode(part, type=KeptRow)
        if kept.transform is None:
            transform = None
        else:
            from intertie.runtime.mapping.transform import parse_transform  # noqa: PLC0415  # where there are some

            transform = parse_transform(kept.transform)
        return MappingRow(**self._own(kept.own), read=_path(kept.read), write=_path(kept.write), transform=transform)


class _Parts(Generic[T]):
    """Parts by their places, each read once."""

    def __init__(self, parts: Sequence[Raw], read: Callable[[Raw], T]) -> None:
        self._parts = parts
        self._read = read
        self._known: dict[int, T] = {}

    def __getitem__(self, place: int) -> T:
        if place not in self._known:
            if place < 0:
                raise IndexError(place)
            self._known.setdefault(place, self._read(self._parts[place]))
        return self._known[place]

    def take(self, places: Iterable[int]) -> tuple[T, ...]:
        """Return the parts in these places."""
        return tuple([self[place] for place in places])


def _guards(parts: Mapping[str, Raw]) -> dict[str, Struct]:
    return {name: msgspec.msgpack.decode(part, type=OPTIONS[name]) for name, part in parts.items()}


def _path(kept: KeptPath) -> FieldPath:
    return parse_path(kept.text) if kept.name is None else NamePath(kept.text, kept.name)


def _open_value(declared: type, value: Any) -> Any:
    """Return what stands in a field that may hold anything."""
    if declared is not object:
        raise TypeError(declared)
    return value


_operation_part = msgspec.msgpack.Decoder(KeptOperation).decode
