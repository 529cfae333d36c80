"""Where the parts of a spec that an import writes stand in its text, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from intertie.core.errors import snake_case
from intertie.diagnostics import SourceSpan
from intertie.importers.merging.record import digest
from intertie.spec.markdown import read_document
from intertie.spec.reading.endpoints import endpoint_sections
from intertie.spec.source import Findings, Source
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, Section, SequenceNode, plain

_LINE_RE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_REQUEST_LINE_RE = re.compile(r"(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)[`*]*\s+[`*]*(/[^\s`*)]*)")
_LISTS = {"headers": ("name",), "parameters": ("in", "name")}
"""Lists under `request` -> the fields that name an item."""


class Piece(Struct, frozen=True):
    """A part that is kept or replaced as a whole: lines `first` to `last`, counted from 0, both included.

    Attributes:
        indent: Of its children where it is a collection, else its own.
        whole: Whether it fills its lines: what shares a line with something else can't be cut out.
        open: Whether lines can be put into it: a collection in block style.
        digest: Of its content.
    """

    first: int
    last: int
    indent: int
    whole: bool
    open: bool = False
    digest: str = ""


class Unit(Struct):
    """A unit of a spec: an endpoint, a schema, or a block of the service.

    Attributes:
        containers: Path such as `request.parameters` -> its place. The empty path is the whole block.
    """

    key: str
    heading: str
    first: int
    last: int
    pieces: dict[str, Piece] = field(default_factory=dict)
    containers: dict[str, Piece] = field(default_factory=dict)


class Layout:
    """The units of one spec."""

    def __init__(self, text: str) -> None:
        self.lines: list[str] = _LINE_RE.findall(text)
        self._plain = [line.rstrip("\r\n") for line in self.lines]
        document = read_document(Source("spec", text.removeprefix("\ufeff")), Findings())
        self.units: dict[str, Unit] = {}
        self.headings: list[str] = []
        self.endpoints_end: int | None = None
        self.schemas: Piece | None = None
        for section in endpoint_sections(document):
            self._endpoint(section)
        for section in document.sections:
            if section.name == "api endpoints":
                self.endpoints_end = section.span.end_line - 1
            self._section(section)

    def text_of(self, piece: Piece) -> list[str]:
        """Return the lines of a piece without their ends."""
        return self._plain[piece.first : piece.last + 1]

    def digests(self) -> dict[str, dict[str, str]]:
        """Return unit -> piece -> digest of its text."""
        return {key: {name: piece.digest for name, piece in unit.pieces.items()} for key, unit in self.units.items()}

    def heading_keys(self) -> dict[str, str]:
        """Return key of an endpoint -> its heading."""
        return {key: unit.heading for key, unit in self.units.items() if unit.heading}

    # Endpoints

    def _endpoint(self, section: Section) -> None:
        head = next((found for block in section.blocks if (found := block.root.get("endpoint")) is not None), None)
        holder = head if isinstance(head, MappingNode) else section.blocks[0].root if section.blocks else None
        method, path = (_text(holder.get(name)) if holder else "" for name in ("method", "path"))
        line = _REQUEST_LINE_RE.search(section.heading.text)
        if line is not None:
            method, path = method or line[1], path or line[2]
        self.headings.append(section.heading.text)
        if not method or not path:
            return
        key = f"{method.upper()} {path}"
        if key in self.units:
            key = f"{key} #{snake_case(section.heading.text)}"
        unit = Unit(key, section.heading.text, section.span.line - 1, section.span.end_line - 1)
        self.units[key] = unit
        for block in section.blocks:
            whole = self._piece(block.root, block.root.span.line - 1, content=False)
            unit.containers.setdefault("", whole)
            for entry in block.root.entries:
                self._of_endpoint(unit, entry)

    def _of_endpoint(self, unit: Unit, entry: Entry) -> None:
        name, value = entry.key.text, entry.value
        if name == "endpoint" and isinstance(value, MappingNode):
            self._container(unit, "endpoint", entry)
            for inner in value.entries:
                if inner.key.text == "description":
                    unit.pieces["endpoint.description"] = self._entry(inner)
        elif name in ("request", "response") and isinstance(value, MappingNode):
            self._container(unit, name, entry)
            for inner in value.entries:
                self._of_exchange(unit, name, inner)
        elif name != "performance":
            unit.pieces[name] = self._entry(entry)

    def _of_exchange(self, unit: Unit, parent: str, entry: Entry) -> None:
        name, value = entry.key.text, entry.value
        path = f"{parent}.{name}"
        if name in _LISTS and isinstance(value, SequenceNode):
            self._container(unit, path, entry)
            for item in value.items:
                if isinstance(item, MappingNode):
                    words = [_text(item.get(key)) for key in _LISTS[name]]
                    unit.pieces[f"{path}.{'.'.join(words)}"] = self._piece(item, item.span.line - 1)
        elif name == "errors" and isinstance(value, MappingNode):
            self._container(unit, path, entry)
            for inner in value.entries:
                unit.pieces[f"{path}.{inner.key.text}"] = self._entry(inner)
        else:
            unit.pieces[path] = self._entry(entry)

    # The rest

    def _section(self, section: Section) -> None:
        if section.name == "service overview" and section.paragraphs:
            first, last = section.paragraphs[0].span.line - 1, section.paragraphs[-1].span.end_line - 1
            unit = Unit("overview", "", first, last)
            said = " ".join(" ".join(self._plain[first : last + 1]).split())
            unit.pieces["text"] = Piece(first, last, 0, whole=True, digest=digest(said, ()))
            self.units.setdefault("overview", unit)
        for part in section.walk():
            for block in part.blocks:
                for entry in block.root.entries:
                    if entry.key.text in ("service", "authentication", "rate_limits"):
                        self._block(entry)
                    elif entry.key.text == "components" and isinstance(entry.value, MappingNode):
                        self._components(entry.value)

    def _block(self, entry: Entry) -> None:
        if not isinstance(entry.value, MappingNode):
            return
        name = entry.key.text
        place = self._entry(entry)
        unit = Unit(name, "", place.first, place.last)
        self._container(unit, "", entry)
        self._leaves(unit, "", entry.value)
        self.units.setdefault(name, unit)

    def _leaves(self, unit: Unit, path: str, node: MappingNode) -> None:
        for entry in node.entries:
            own = f"{path}.{entry.key.text}".lstrip(".")
            if isinstance(entry.value, MappingNode):
                self._container(unit, own, entry)
                self._leaves(unit, own, entry.value)
            else:
                unit.pieces[own] = self._entry(entry)

    def _components(self, node: MappingNode) -> None:
        schemas = node.entry("schemas")
        if schemas is None or not isinstance(schemas.value, MappingNode):
            return
        self.schemas = self._piece(schemas.value, schemas.key.span.line - 1, content=False)
        for entry in schemas.value.entries:
            place = self._entry(entry)
            unit = Unit(f"schema {entry.key.text}", "", place.first, place.last)
            unit.pieces["schema"] = place
            self.units.setdefault(unit.key, unit)

    # Places

    def _container(self, unit: Unit, path: str, entry: Entry) -> None:
        unit.containers[path] = self._piece(entry.value, entry.key.span.line - 1, content=False)

    def _entry(self, entry: Entry) -> Piece:
        return self._piece(entry.value, entry.key.span.line - 1, entry.key.span.column - 1)

    def _piece(self, node: Node, first: int, column: int | None = None, *, content: bool = True) -> Piece:
        """Return the place of a node that begins on line `first`, with its digest where `content` asks for it."""
        span = node.span
        last = span.end_line - 1 - (1 if span.end_column == 1 and span.end_line > span.line else 0)
        last = max(first, last)
        start = self._plain[first]
        lead = len(start) - len(start.lstrip(" "))
        before = start[:column] if column is not None else start[: span.column - 1] if span.line - 1 == first else ""
        rest = self._plain[last][span.end_column - 1 :] if span.end_line - 1 == last else ""
        whole = not before.strip(" -") and re.fullmatch(r"\s*(?:#.*)?", rest) is not None
        inner = next(iter(_children(node)), None)
        below = inner is not None and (inner.line - 1 > first or column is None)
        flow = isinstance(node, MappingNode | SequenceNode) and node.flow
        indent = self._lead(inner.line - 1) if inner is not None and inner.line - 1 > first else lead
        return Piece(
            first,
            last,
            indent,
            whole,
            open=below and not flow and isinstance(node, MappingNode | SequenceNode),
            digest=digest(plain(node), self._plain[first : last + 1]) if content else "",
        )

    def _lead(self, line: int) -> int:
        text = self._plain[line]
        return len(text) - len(text.lstrip(" "))


def _children(node: Node) -> Iterator[SourceSpan]:
    if isinstance(node, MappingNode):
        yield from (entry.key.span for entry in node.entries)
    elif isinstance(node, SequenceNode):
        yield from (item.span for item in node.items)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) else ""
