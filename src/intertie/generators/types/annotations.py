"""Shapes as Python annotations, and the classes that they need. Laid out as `ruff format` lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from intertie.generators.types.names import Names, is_name, pascal, text_literal
from intertie.generators.types.shapes import (
    Catalogue,
    Choice,
    Either,
    Field,
    Items,
    Named,
    Record,
    Scalar,
    Shape,
    Table,
)

WIDTH = 88
"""Ruff's own: a project with longer lines excludes generated files, or formats them its way."""
ALIASES: Mapping[str, str] = {
    "_Boolean": 'bool | Literal["true", "false"]',
    "_Bytes": "bytes | bytearray | memoryview | Iterator[bytes] | AsyncIterator[bytes] | IO[bytes]",
    "_Content": "str | bytes",
    "_Day": "str | date",
    "_File": "bytes | tuple[str, bytes] | tuple[str, bytes, str]",
    "_Instant": "str | datetime",
    "_Integer": "int | str",
    "_Number": "int | float | Decimal | str",
    "_Part": "_File | str | float | Decimal | date | time | UUID",
    "_Text": "str | Decimal | date | time | UUID",
    "_Uuid": "str | UUID",
    "_Written": "str | float | Decimal | date | time | UUID",
}
"""Aliases of what an input may be. `float` takes `int` and `bool` too."""
MODULES: Mapping[str, str] = {
    "AbstractAsyncContextManager": "contextlib",
    "AbstractContextManager": "contextlib",
    "AsyncIterator": "collections.abc",
    "Iterator": "collections.abc",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "date": "datetime",
    "datetime": "datetime",
    "time": "datetime",
    "Decimal": "decimal",
    "Path": "pathlib",
    "IO": "typing",
    "Any": "typing",
    "Literal": "typing",
    "Never": "typing",
    "NotRequired": "typing",
    "Protocol": "typing",
    "TypeAlias": "typing",
    "TypedDict": "typing",
    "Union": "typing",
    "Unpack": "typing",
    "cast": "typing",
    "overload": "typing",
    "UUID": "uuid",
}
"""Name -> the module it is imported from."""
_WORD_RE = re.compile(r"[^\W\d]\w*")


class Node(Struct, frozen=True):
    """An annotation: `head[args]`, or a union of `args` where `head` is `|`."""

    head: str
    args: tuple[Node, ...] = ()

    def flat(self) -> str:
        """Return it on one line."""
        if not self.args:
            return self.head
        inner = [each.flat() for each in self.args]
        return " | ".join(inner) if self.head == "|" else f"{self.head}[{', '.join(inner)}]"


def laid(node: Node, *, indent: int = 0, before: str = "", after: str = "") -> list[str]:
    """Return the lines of `before`, an annotation and `after`; what is too long stands in brackets, one a line."""
    pad = " " * indent
    line = f"{pad}{before}{node.flat()}{after}"
    if len(line) <= WIDTH or not node.args:
        return [line]
    head, comma = ("Union" if node.head == "|" else node.head), "," if len(node.args) > 1 else ""
    inner = [each for arg in node.args for each in laid(arg, indent=indent + 4, after=comma)]
    return [f"{pad}{before}{head}[", *inner, f"{pad}]{after}"]


def definition(head: str, arguments: Iterable[str], result: Node, *, indent: int = 4) -> list[str]:
    """Return the lines of a function without a body, its arguments one a line where they don't fit on one."""
    pad, written = " " * indent, list(arguments)
    line = f"{pad}{head}({', '.join(written)}) -> {result.flat()}: ..."
    if len(line) <= WIDTH:
        return [line]
    last = laid(result, indent=indent, before=") -> ", after=": ...")
    return [f"{pad}{head}(", *(f"{pad}    {argument}," for argument in written), *last]


def doc(text: str, *, indent: int = 0) -> str:
    """Return a docstring of one line, whatever the text."""
    room = WIDTH - indent - 6
    text = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return f'{" " * indent}"""{text}"""'


class Annotations:
    """Writes shapes as annotations, and collects the classes and aliases that they name."""

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self._catalogue = catalogue
        self._names = names
        self._by_key: dict[str, str] = {}
        self._by_shape: dict[Shape, str] = {}
        self.blocks: list[list[str]] = []
        """Classes and aliases, in the order in which they were first named."""

    def node(self, shape: Shape) -> Node:
        """Return the annotation of a shape."""
        if isinstance(shape, Scalar):
            return Node(shape.name)
        if isinstance(shape, Choice):
            return self._choice(shape)
        if isinstance(shape, Items):
            return Node("Sequence" if shape.read_only else "list", (self.node(shape.item),))
        if isinstance(shape, Table):
            return Node("Mapping" if shape.read_only else "dict", (Node("str"), self.node(shape.value)))
        if isinstance(shape, Either):
            return Node("|", tuple(self.node(member) for member in shape.members))
        if isinstance(shape, Record):
            return Node(self.record(shape))
        return self._named(shape)

    def record(self, shape: Record) -> str:
        """Return the name of a record's class."""
        if shape not in self._by_shape:
            self._by_shape[shape] = name = self._names.take(shape.hint)
            self._write(name, shape)
        return self._by_shape[shape]

    def _named(self, shape: Named) -> Node:
        if shape.key in self._by_key:
            return Node(self._by_key[shape.key])
        found = self._catalogue.shapes.get(shape.key)
        if not isinstance(found, Record):
            # A schema that is made of itself and is no object: a list of lists of lists.
            return Node("object" if not shape.key.startswith("result ") else "Any")
        self._by_key[shape.key] = name = self._names.take(found.hint)
        self._write(name, found)
        return Node(name)

    def _choice(self, shape: Choice, hint: str | None = None) -> Node:
        node = Node("Literal", tuple(Node(_value(value)) for value in shape.values))
        hint = shape.hint or hint
        if hint is None:
            return node
        key = Choice(shape.values, hint)
        if key not in self._by_shape:
            self._by_shape[key] = name = self._names.take(hint)
            self.blocks.append(laid(node, before=f"{name}: TypeAlias = "))
        return Node(self._by_shape[key])

    # --- classes ------------------------------------------------------------------------------------------------------

    def _write(self, name: str, record: Record) -> None:
        """Write a typed dictionary; one with names that no class can have by a call."""
        place = len(self.blocks)
        nodes = [(field_name, field, self.node(field.shape)) for field_name, field in record.fields]
        words = {word for _, _, node in nodes for word in _WORD_RE.findall(node.flat())}
        # A field `date` hides the type `date` from the fields after it.
        in_class = all(is_name(each) and not each.startswith("__") and each not in words for each, _, _ in nodes)
        lines = _as_class(name, nodes) if in_class else self._as_call(name, record.fields)
        # What it is made of is written already; it stands before that, as a reader looks for it.
        self.blocks.insert(place, lines)

    def _as_call(self, name: str, fields: Iterable[tuple[str, Field]]) -> list[str]:
        lines = [f"{name} = TypedDict(", f'    "{name}",', "    {"]
        for field_name, field in fields:
            node = self.node(self._quotable(field.shape, name + pascal(field_name)))
            quoted = Node(f'"{node.flat()}"')
            written = quoted if field.required else Node("NotRequired", (quoted,))
            lines += laid(written, indent=8, before=f"{text_literal(field_name)}: ", after=",")
        return [*lines, "    },", ")"]

    def _quotable(self, shape: Shape, hint: str) -> Shape:
        """Return a shape whose annotation has no quotes in it: choices have names."""
        if isinstance(shape, Choice):
            return Choice(shape.values, shape.hint or hint)
        if isinstance(shape, Items):
            return Items(self._quotable(shape.item, hint), shape.read_only)
        if isinstance(shape, Table):
            return Table(self._quotable(shape.value, hint), shape.read_only)
        if isinstance(shape, Either):
            return Either(tuple(self._quotable(member, hint) for member in shape.members))
        return shape


def _as_class(name: str, nodes: list[tuple[str, Field, Node]]) -> list[str]:
    if not nodes:
        return [f"class {name}(TypedDict):", "    pass"]
    is_total = any(field.required for _, field, _ in nodes)
    lines = [f"class {name}(TypedDict{'' if is_total else ', total=False'}):"]
    for field_name, field, node in nodes:
        written = node if field.required or not is_total else Node("NotRequired", (node,))
        lines += laid(written, indent=4, before=f"{field_name}: ")
    return lines


def _value(value: str | int | bool | None) -> str:
    return text_literal(value) if isinstance(value, str) else repr(value)
