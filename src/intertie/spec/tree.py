"""The syntax of a spec, with the place of everything: YAML nodes and the Markdown around them.

No node can come to hold itself, so none is known to Python's collector of cycles (`gc=False`): it would walk all of
a large spec again and again while more of it is read.

The parser makes these; `spec.model` is read from them; the checker looks at them where a model field says too little.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from intertie.diagnostics import SourceSpan

ScalarValue: TypeAlias = str | int | float | bool | None


class ScalarNode(Struct, frozen=True, gc=False):
    """A YAML scalar: its YAML 1.2 value and the text it was read from.

    `text` is the content without quotes (`1.10` stays `"1.10"`); a quoted scalar's value is always a string.
    `comment` is the text of a comment on the same line, without the hash, empty where there is none.
    """

    span: SourceSpan
    value: ScalarValue
    text: str
    quoted: bool = False
    comment: str = ""


class SequenceNode(Struct, frozen=True, gc=False):
    """A YAML sequence; `flow` is `[a, b]`."""

    span: SourceSpan
    items: tuple[Node, ...]
    flow: bool = False


class Entry(Struct, frozen=True, gc=False):
    """One key of a mapping with its value."""

    key: ScalarNode
    value: Node


class MappingNode(Struct, frozen=True, gc=False):
    """A YAML mapping in the author's order; keys are unique (a second one is a diagnostic and is left out)."""

    span: SourceSpan
    entries: tuple[Entry, ...]
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """Return the value of `key` (by its source text), None where it is absent."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def entry(self, key: str) -> Entry | None:
        """Return the entry of `key`, None where it is absent."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def plain(node: Node) -> object:
    """Return the node as plain Python data: dict, list, str, int, float, bool, None; keys are source text."""
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            return [plain(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: plain(entry.value) for entry in node.entries}


class TextLine(Struct, frozen=True, gc=False):
    """A piece of prose with its place."""

    text: str
    span: SourceSpan


class Bullet(Struct, frozen=True, gc=False):
    """`- **Key**: value` (or a list line without a key, where `key` is None)."""

    key: TextLine | None
    value: TextLine
    span: SourceSpan


class Table(Struct, frozen=True, gc=False):
    """A Markdown table: its header cells and its rows, each cell with its place."""

    header: tuple[TextLine, ...]
    rows: tuple[tuple[TextLine, ...], ...]
    span: SourceSpan


class YamlBlock(Struct, frozen=True, gc=False):
    """A fenced YAML block whose root is a mapping (anything else is a diagnostic)."""

    root: MappingNode
    span: SourceSpan


class Section(Struct, frozen=True, gc=False):
    """A heading with what stands under it, up to the next heading of its level or above.

    `name` is the canonical name of a section the template knows (`rate limits`), None for one of the author's own.
    """

    heading: TextLine
    level: int
    name: str | None
    blocks: tuple[YamlBlock, ...]
    bullets: tuple[Bullet, ...]
    tables: tuple[Table, ...]
    paragraphs: tuple[TextLine, ...]
    subsections: tuple[Section, ...]
    span: SourceSpan

    def walk(self) -> Iterator[Section]:
        """Yield this section and everything below it, in the author's order."""
        yield self
        for subsection in self.subsections:
            yield from subsection.walk()


class Document(Struct, frozen=True):
    """A whole file."""

    path: str
    text: str
    front_matter: MappingNode | None
    title: TextLine | None
    sections: tuple[Section, ...]
    span: SourceSpan
