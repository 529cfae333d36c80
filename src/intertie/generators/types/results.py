"""What a call of an operation gives back, as a shape: the answer, mapped; or what the fallback gives."""

from __future__ import annotations

from intertie.compiler.bodies import answers_nothing
from intertie.generators.types.names import pascal
from intertie.generators.types.paths import NOT_KNOWN, Found, Tree, find, steps_of
from intertie.generators.types.schemas import SchemaReader
from intertie.generators.types.shapes import (
    ANY,
    NONE,
    Catalogue,
    Field,
    Items,
    Record,
    Scalar,
    Shape,
    Table,
    either,
    is_nullable,
    shape_of_value,
    widened,
)
from intertie.generators.types.transforms import result_of, takes_null
from intertie.runtime.mapping import parse_path
from intertie.runtime.mapping.paths import EACH
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.wires.rest.expected_types import expected_types
from intertie.runtime.wires.rest.plan import RestWire

_OF_CODEC = {"xml": Scalar("str"), "text": Scalar("str"), "binary": Scalar("bytes"), "multipart": Scalar("bytes")}
_EMPTY = frozenset({"204", "205"})


class ResultReader:
    """Reads the results of a plan's operations."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self._plan = plan
        self._catalogue = catalogue

    def data(self, operation: OperationPlan) -> Shape:
        """Return the type of `Result.data`."""
        hint = f"{pascal(operation.id)}Data"
        wire = operation.wire
        if isinstance(wire, RestWire) and (wire.method == "HEAD" or answers_nothing(wire.response)):
            shape: Shape = NONE
        else:
            shape = self._answer(operation, hint)
            if operation.inbound:
                shape = self._mapped(shape, operation.inbound, hint)
            if isinstance(wire, RestWire) and _EMPTY & set(wire.response.statuses.written):
                shape = either([shape, NONE])
        fallback = self._plan.fallback
        if fallback is None:
            return shape
        if fallback.strategy == "queue" and not operation.is_read:
            return either([shape, NONE])
        if fallback.strategy == "default" and fallback.default_response is not None:
            return widened(shape, fallback.default_response, self._catalogue, hint)
        return shape

    def item(self, operation: OperationPlan, data: Shape) -> Shape:
        """Return the type of what `items()` yields: of the mapped page where it has a list there, else as sent."""
        plan = operation.pagination
        path = plan.options.get("items_path") if plan is not None else None
        if plan is None:
            return ANY
        steps = steps_of(parse_path(path)) if isinstance(path, str) and path else ()
        sent = self._list_in(self._answer(operation, f"{pascal(operation.id)}Page"), steps)
        if not operation.inbound:
            return sent
        mapped = self._list_in(data, steps)
        # A page whose mapped list is empty is read again as it was sent, where the mapping kept no such list.
        return mapped if self._has_list(data, steps) else sent

    def _list_in(self, shape: Shape, steps: object) -> Shape:
        found = self._at(shape, steps)
        items = self._catalogue.resolve(found)
        return items.item if isinstance(items, Items) else ANY

    def _has_list(self, shape: Shape, steps: object) -> bool:
        return isinstance(self._catalogue.resolve(self._at(shape, steps)), Items)

    def _at(self, shape: Shape, steps: object) -> Shape:
        if not isinstance(steps, tuple):
            return ANY
        members = [member for member in self._catalogue.members(shape) if member != NONE]
        if steps:
            found = find(either(members), steps, self._catalogue)
            return found.shape if not found.depth else ANY
        if len(members) == 1 and isinstance(members[0], Record):
            lists = [f.shape for _, f in members[0].fields if isinstance(self._catalogue.resolve(f.shape), Items)]
            return lists[0] if len(lists) == 1 else ANY
        return either(members)

    def _answer(self, operation: OperationPlan, hint: str) -> Shape:
        """Return the type of the answer before it is mapped."""
        if operation.streaming is not None:
            return ANY
        if isinstance(operation.wire, RestWire):
            if not expected_types(operation) or any("*" in each for each in expected_types(operation)):
                return ANY
            codec = operation.wire.response.codec
            if codec != "json":
                return _OF_CODEC.get(codec, ANY)
        schema = operation.result.schema
        return ANY if schema is None else SchemaReader(self._catalogue, schema.json, "result").whole(schema, hint)

    def _mapped(self, answer: Shape, rows: tuple[MappingRow, ...], hint: str) -> Shape:
        whole = any(row.read.text.lstrip().startswith(("[", "$[")) for row in rows)
        resolved = self._catalogue.resolve(answer)
        if isinstance(resolved, Items) and not whole:
            return Items(self._mapped(resolved.item, rows, hint))
        members = self._catalogue.members(answer)
        if any(isinstance(member, Items) for member in members) and not whole:
            return ANY
        mapped = self._record(answer, rows, hint)
        return either([mapped, NONE]) if is_nullable(resolved) else mapped

    def _record(self, answer: Shape, rows: tuple[MappingRow, ...], hint: str) -> Shape:
        tree = Tree()
        taken_over: dict[str, Field] = {}
        for row in rows:
            found = self._row(answer, row)
            steps = steps_of(row.write)
            if steps is None:
                return Table(ANY)
            if steps:
                tree.put(steps, found)
                continue
            # The row writes the whole object: its fields, or nobody knows which.
            record = self._catalogue.resolve(found.shape)
            if not isinstance(record, Record) or found.depth:
                return Table(ANY)
            taken_over |= dict(record.fields)
        return Record(hint, tuple({**taken_over, **tree.fields(hint)}.items()))

    def _row(self, answer: Shape, row: MappingRow) -> Found:
        """Return what a row writes."""
        steps = steps_of(row.read)
        found = NOT_KNOWN if steps is None else find(answer, steps, self._catalogue)
        if steps is not None and found.shape == ANY and EACH in steps:
            found = Found(ANY, present=False, depth=0)  # a list of anything is anything
        shape, depth, present = found.shape, found.depth, found.present or row.required
        if row.has_default and not present:
            shape, present = (either([shape, shape_of_value(row.default)]), True) if not depth else (ANY, True)
            depth = 0 if shape == ANY else depth
        if row.transform is None:
            return Found(shape, present, depth, found.whole)
        if takes_null(row.transform.text):
            shape, present = (shape if present else either([shape, NONE])), True
        shape, depth = result_of(row.transform.text, shape, depth, self._catalogue)
        return Found(shape, present, depth, found.whole)
