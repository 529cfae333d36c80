"""What a call of an operation takes, as fields: internal names of outbound rows, and what goes by its own name."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.generators.types.names import is_name, pascal
from intertie.generators.types.paths import Found, Tree, find, nested, steps_of
from intertie.generators.types.schemas import SchemaReader, takes_others
from intertie.generators.types.shapes import (
    NONE,
    OBJECT,
    UNKNOWN,
    Catalogue,
    Field,
    Items,
    Record,
    Scalar,
    Shape,
    either,
    without_leaves,
)
from intertie.generators.types.transforms import input_of, takes_null
from intertie.lint.transform_types import argument_paths
from intertie.runtime.inputs.schema_shape import only_value
from intertie.runtime.mapping import parse_path
from intertie.runtime.mapping.paths import EACH, Step
from intertie.runtime.plan import MappingRow, OperationPlan, Plan
from intertie.runtime.wires.rest.plan import BodyPlan, HeaderPlan, ParameterPlan, RestWire, rest_wire
from intertie.runtime.wires.rest.requests.bodies import RAW_FIELD, BodyWriter
from intertie.runtime.wires.rest.requests.headers import pattern_of

_HEADER = Scalar("_Written")
_RAW = {
    "xml": Scalar("_Content"),
    "text": Scalar("_Content"),
    "binary": Scalar("_Bytes"),
}


class InputShape(Struct, frozen=True):
    """An operation's input.

    Attributes:
        is_open: The body takes members that nothing names.
    """

    record: Record
    is_open: bool


class InputReader:
    """Reads the inputs of a plan's operations."""

    def __init__(self, plan: Plan, catalogue: Catalogue) -> None:
        self._plan = plan
        self._catalogue = catalogue

    def input(self, operation: OperationPlan) -> InputShape:
        """Return the fields that a call may give; the first that claims a name keeps it, as in the request builder.

        Of a protocol other than REST no field is known.
        """
        if not isinstance(operation.wire, RestWire):
            return InputShape(Record(f"{pascal(operation.id)}Input", ()), is_open=True)
        return _Reading(self._plan, self._catalogue, operation).made()


class _Reading:
    """One operation's input being read."""

    def __init__(self, plan: Plan, catalogue: Catalogue, operation: OperationPlan) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._operation = operation
        self._hint = f"{pascal(operation.id)}Input"
        wire = rest_wire(operation)
        self._headers = wire.headers
        self._parameters = {parameter.name: parameter for parameter in wire.parameters}
        self._body = wire.body
        self._writer = BodyWriter(wire.body, operation.id) if wire.body is not None else None
        self._members = self._body_members()
        self._written: set[str] = set()
        """Parameters and body members that rows write whole."""
        self._partly: dict[str, list[tuple[Step, ...]]] = {}
        """Body members that rows write parts of -> the paths below them."""

    def made(self) -> InputShape:
        tree = Tree(read_only=True, unknown=OBJECT)
        rows = [row for row in self._operation.outbound if self._applies(row)]
        for row in rows:
            self._put_row(tree, row)
        fields = tree.fields(self._hint)
        for name, field in self._by_name():
            fields.setdefault(name, field)
        is_open = self._is_open()
        if is_open:
            for row in rows:
                for path in argument_paths(row.transform.text) if row.transform is not None else ():
                    first = (steps_of(parse_path(path)) or (None,))[0]
                    if isinstance(first, str):
                        fields.setdefault(first, Field(OBJECT, required=False))
        return InputShape(Record(self._hint, tuple(fields.items())), is_open)

    # --- outbound rows ------------------------------------------------------------------------------------------------

    def _applies(self, row: MappingRow) -> bool:
        return row.write.text.strip() in self._parameters or self._body is not None

    def _put_row(self, tree: Tree, row: MappingRow) -> None:
        target = self._target(row)
        steps = steps_of(row.read)
        if not steps:
            return  # a query, or the whole input: whatever it reads has no name of its own
        depth = sum(step is EACH for step in steps)
        required = (row.required or target.present) and not row.has_default
        shape = target.shape
        if row.transform is not None:
            taken = input_of(row.transform.text)
            if taken is None:
                shape, depth = OBJECT, 0 if depth else depth
            else:
                shape, whole = taken
                depth -= 1 if whole and depth else 0
            if takes_null(row.transform.text):
                shape, required = either([shape, NONE]), row.required and not row.has_default
            if not row.required and row.write.text.strip() in self._parameters and not required:
                shape = either([shape, NONE])
        elif target.depth != depth:
            shape, depth = (nested(target.shape, target.depth, read_only=True), depth) if not depth else (OBJECT, depth)
        tree.put(steps, Found(shape, present=required, depth=depth, whole=target.whole))

    def _target(self, row: MappingRow) -> Found:
        """Return what the row writes to: a parameter, or a place in the body."""
        name = row.write.text.strip()
        parameter = self._parameters.get(name)
        if parameter is not None:
            self._written.add(name)
            field = self._parameter(parameter)
            return Found(field.shape, present=field.required)
        steps = steps_of(row.write)
        if not steps or not isinstance(steps[0], str):
            return Found(OBJECT, present=False)
        if len(steps) == 1:
            self._written.add(steps[0])
        else:
            self._partly.setdefault(steps[0], []).append(steps[1:])
        return self._in_body(steps)

    def _in_body(self, steps: tuple[Step, ...]) -> Found:
        member = self._members.get(str(steps[0]))
        if member is None:
            return Found(OBJECT, present=False)
        found = find(member.shape, steps[1:], self._catalogue)
        if found.shape in UNKNOWN:
            return Found(OBJECT, present=False, depth=sum(step is EACH for step in steps), whole=False)
        return Found(found.shape, found.present and member.required, found.depth, found.whole)

    # --- by name ------------------------------------------------------------------------------------------------------

    def _by_name(self) -> Iterator[tuple[str, Field]]:
        """Yield what no row names, each in the spelling that can be written as a keyword, where there is one."""
        declared = {*self._parameters, *self._members}
        for name, parameter in self._parameters.items():
            if name in self._written:
                continue
            field = self._parameter(parameter)
            own = self._members.get(name)
            if own is not None:
                # One value goes to both places.
                field = Field(own.shape, field.required or own.required)
            other = snake_case(name)
            yield (other if not is_name(name) and is_name(other) and other not in declared else name), field
        for name, member in self._members.items():
            if name in self._written or name in self._parameters:
                continue
            if name in self._partly:
                left = without_leaves(member.shape, self._partly[name], self._catalogue)
                if not isinstance(left, Record) or left.fields:
                    yield name, Field(left, required=False)
            else:
                yield name, member
        if self._writer is not None and not self._writer.takes_members and self._body is not None:
            yield RAW_FIELD, self._raw(self._body)
        for header in self._headers:
            yield from self._header(header, declared)

    def _header(self, header: HeaderPlan, declared: set[str]) -> Iterator[tuple[str, Field]]:
        pattern = pattern_of(header)
        for name in pattern.inputs if pattern is not None else ():
            yield name, Field(_HEADER if header.required else either([_HEADER, NONE]), header.required)
        spelled = next((each for each in (snake_case(header.name), header.name.lower()) if is_name(each)), header.name)
        if spelled in declared:
            return
        required = header.required and header.value is None
        yield spelled, Field(_HEADER if required else either([_HEADER, NONE]), required)

    def _parameter(self, parameter: ParameterPlan) -> Field:
        reader = SchemaReader(self._catalogue, parameter.schema.json, "text")
        shape = reader.read(parameter.schema.json, self._hint + pascal(parameter.name))
        given = parameter.has_default or (
            parameter.location != "path" and only_value(parameter.schema.json) is not None
        )
        required = parameter.required and not given
        return Field(shape if required else either([shape, NONE]), required)

    # --- the body -----------------------------------------------------------------------------------------------------

    def _body_members(self) -> dict[str, Field]:
        """Return the members that the body's schema names."""
        body, writer = self._body, self._writer
        if body is None or writer is None or not writer.takes_members or body.schema is None:
            return {}
        mode = {"json": "json", "multipart": "multipart"}.get(body.codec, "text")
        reader = SchemaReader(self._catalogue, body.schema.json, mode)
        auth = self._plan.auth
        credential = auth.name if auth.location == "body" else None
        made: dict[str, Field] = {}
        for name, schema in writer.shape.members.items():
            if name == credential:
                continue  # `authentication` puts it there
            required = body.required and name in writer.shape.required and only_value(schema) is None
            shape = reader.read(schema, self._hint + pascal(name))
            if body.codec == "multipart" and isinstance(shape, Items):
                shape = either([shape, Scalar("_Part")])
            made[name] = Field(shape, required)
        return made

    def _is_open(self) -> bool:
        """Return whether the body says in words that it takes members it doesn't name; or names none at all."""
        if self._writer is None or not self._writer.takes_members or self._writer.shape.closed:
            return False
        schema = self._body.schema.json if self._body is not None and self._body.schema is not None else None
        return not self._writer.shape.members or takes_others(schema)

    def _raw(self, body: BodyPlan) -> Field:
        if body.codec != "json":
            return Field(_RAW.get(body.codec, OBJECT), body.required)
        shape: Shape = OBJECT
        if body.schema is not None:
            reader = SchemaReader(self._catalogue, body.schema.json, "json")
            shape = reader.read(body.schema.json, f"{self._hint}Body")
        return Field(shape if body.required else either([shape, NONE]), body.required)
