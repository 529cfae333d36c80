"""The protocol classes of one operation, for both ways of calling."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from intertie.core.outside_text import shown
from intertie.generators.types.annotations import Annotations, Node, definition, doc, laid
from intertie.generators.types.inputs import InputShape
from intertie.generators.types.names import Names, is_name, pascal, text_literal
from intertie.generators.types.shapes import (
    ANY,
    NONE,
    Catalogue,
    Field,
    Record,
    Shape,
    Table,
    either,
)
from intertie.runtime.plan import OperationPlan


class OperationNames(Struct, frozen=True):
    """The classes of one operation, for blocking callers and for an event loop."""

    blocking: str
    awaited: str

    @classmethod
    def of(cls, operation: str, names: Names) -> OperationNames:
        """Take the names of an operation's classes."""
        name = pascal(operation)
        return cls(names.take(f"{name}Operation"), names.take(f"Async{name}Operation"))


class OperationWriter:
    """Writes the classes of operations.

    Attributes:
        blocks: What was written.
    """

    def __init__(self, annotations: Annotations, catalogue: Catalogue, names: Names, versions: Node) -> None:
        self._annotations = annotations
        self._catalogue = catalogue
        self._names = names
        self._versions = versions
        self.blocks: list[list[str]] = []

    def write(self, operation: OperationPlan, own: OperationNames, given: InputShape, data: Shape, item: Shape) -> None:
        """Write the classes of one operation under their names."""
        input_name = self._annotations.record(given.record)
        result = self._result(operation, data)
        about = _about(operation, given)
        for awaited in (False, True):
            self.blocks.append(self._operation(operation, own, given, input_name, result, item, about, awaited=awaited))

    # --- results ------------------------------------------------------------------------------------------------------

    def _result(self, operation: OperationPlan, data: Shape) -> Node:
        """Return the annotation of a result; one whose fields are known has a class of its own."""
        node = self._annotations.node(data)
        base = Node("intertie.TypedResult", (node,))
        getters = list(self._getters(data))
        if not getters:
            return base
        name = self._names.take(f"{pascal(operation.id)}Result")
        lines = laid(base, indent=4, after=", Protocol")
        head = f"class {name}({lines[0].strip()}):"
        written = [head] if len(lines) == 1 and len(head) <= 88 else [f"class {name}(", *_with_protocol(base), "):"]
        for number, getter in enumerate(getters):
            written += [""] if number else []
            written += ["    @overload", *getter] if len(getters) > 1 else getter
        self.blocks.append(written)
        return Node(name)

    def _getters(self, data: Shape) -> Iterable[list[str]]:
        """Yield the definitions of `result[…]`: one for each type that fields have."""
        members = [member for member in self._catalogue.members(data) if member != NONE]
        if members == [ANY]:
            yield definition("def __getitem__", ["self", "key: str", "/"], Node("Any"))
            return
        if members and all(isinstance(member, Table) for member in members):
            value = either(member.value for member in members if isinstance(member, Table))
            yield definition("def __getitem__", ["self", "key: str", "/"], self._annotations.node(value))
            return
        if not members or not all(isinstance(member, Record) for member in members):
            return
        fields: dict[str, Shape] = {}
        records = [dict(member.fields) for member in members if isinstance(member, Record)]
        for name in records[0]:
            if all(name in record for record in records):
                fields[name] = either(record[name].shape for record in records)
        by_type: dict[str, tuple[Node, list[str]]] = {}
        for name, shape in fields.items():
            node = self._annotations.node(shape)
            by_type.setdefault(node.flat(), (node, []))[1].append(name)
        for node, named in by_type.values():
            yield self._getter(named, node)

    def _getter(self, named: list[str], node: Node) -> list[str]:
        keys = Node("Literal", tuple(Node(text_literal(name)) for name in named))
        lines = definition("def __getitem__", ["self", f"key: {keys.flat()}", "/"], node)
        if max(map(len, lines)) <= 88:
            return lines
        argument = laid(keys, indent=8, before="key: ", after=",")
        last = laid(node, indent=4, before=") -> ", after=": ...")
        return ["    def __getitem__(", "        self,", *argument, "        /,", *last]

    # --- operations ---------------------------------------------------------------------------------------------------

    def _operation(
        self,
        operation: OperationPlan,
        own: OperationNames,
        given: InputShape,
        input_name: str,
        result: Node,
        item: Shape,
        about: list[str],
        *,
        awaited: bool,
    ) -> list[str]:
        face = "intertie.TypedAsyncOperation" if awaited else "intertie.TypedOperation"
        taken = Node("Mapping", (Node("str"), Node("object"))) if given.is_open else Node(input_name)
        base = Node(face, (taken, result, self._versions))
        name = own.awaited if awaited else own.blocking
        lines = [f"class {name}(", *_with_protocol(base), "):", *about, ""]
        arguments = self._arguments(given, input_name)
        start = "async def" if awaited else "def"
        lines += definition(f"{start} __call__", arguments, result)
        iterator, manager = (
            ("AsyncIterator", "AbstractAsyncContextManager") if awaited else ("Iterator", "AbstractContextManager")
        )
        if operation.pagination is not None:
            lines += ["", *definition("def pages", arguments, Node(iterator, (result,)))]
            item_node = self._annotations.node(item)
            lines += ["", *definition("def items", arguments, Node(iterator, (item_node,)))]
        if operation.streaming is not None:
            chunks = Node(iterator, (Node("bytes"),))
            lines += ["", *definition("def stream", arguments, Node(manager, (chunks,)))]
        return lines

    def _arguments(self, given: InputShape, input_name: str) -> list[str]:
        if not given.is_open:
            return ["self", "/", f"**input: Unpack[{input_name}]"]
        named = [f"{name}: {self._annotated(field)}" for name, field in given.record.fields if is_name(name)]
        return ["self", "/", *(["*"] if named else []), *named, "**others: object"]

    def _annotated(self, field: Field) -> str:
        node = self._annotations.node(field.shape)
        return node.flat() if field.required else f"{node.flat()} = ..."


def _with_protocol(base: Node) -> list[str]:
    """Return the bases of a class, one a line."""
    return [*laid(base, indent=4, after=","), "    Protocol,"]


def _about(operation: OperationPlan, given: InputShape) -> list[str]:
    """Return the docstring of an operation's classes."""
    text = shown(operation.wire.title, most=len(operation.wire.verb) + 61)
    about = shown(operation.description or operation.name, most=300)
    odd = [name for name, _ in given.record.fields if not is_name(name)]
    if not odd:
        return [doc(f"{text}: {about}", indent=4)]
    first = doc(f"{text}: {about}", indent=4)[:-3]
    names = doc(f"Only `.call({{…}})` takes: {', '.join(shown(name, most=40) for name in odd)}")[3:-3]
    return [first, "", f"    {names[:80]}", '    """']
