"""What a `$ref` may point into: this spec, a JSON or YAML file of the workspace, another spec."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct, field

from intertie.core.json_pointer import NOTHING, child, names_of
from intertie.diagnostics import Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.codes import Code
from intertie.spec.field_tables import tables_as_schemas, type_name
from intertie.spec.markdown import read_document
from intertie.spec.source import Findings, Source
from intertie.spec.tree import Document, Entry, MappingNode, ScalarNode, plain
from intertie.spec.workspace import MAX_REFERENCE_BYTES, LookUp, Unreadable, Workspace
from intertie.spec.yaml_nodes import Allowance, shorten
from intertie.spec.yaml_text import read_yaml

_SPEC_ID_RE = re.compile(r"[A-Z][A-Z0-9]*-\d+\Z")
_MAX_REFERENCE_VALUES = 800_000
_NOWHERE = SourceSpan("", 1, 1, 1, 1)


class Problem(Struct, frozen=True):
    """Why a reference can't be followed."""

    code: Code
    message: str
    help: str | None = None


class SchemaDocument(Struct, eq=False):
    """One document that references point into.

    Attributes:
        key: What it is called in a message; empty for the spec itself.
        root: Its plain data.
        base: The folder its own relative references start from.
        names: Schemas that are found by a name alone, such as the field tables of a DATA spec.
        inside: For a schema written in place: the document around it, which is looked into first.
    """

    key: str
    root: object
    base: Path
    names: Mapping[str, object] = field(default_factory=dict)
    inside: SchemaDocument | None = None


class Target(Struct, frozen=True):
    """Where a reference leads."""

    document: SchemaDocument
    pointer: tuple[str, ...]
    value: object

    @property
    def name(self) -> str:
        """The last word of the way there, the component's name; the operation's, where the schema has none."""
        if self.pointer[-1:] == ("schema",) and self.pointer[0] == "paths" and len(self.pointer) > 4:
            path, method, *place = self.pointer[1:]
            said = "request" if "requestBody" in place else "_".join(place[1:2])
            return re.sub(r"\W+", "_", f"{method} {path.strip('/{}')} {said}")
        return self.pointer[-1] if self.pointer else (Path(self.document.key).stem or "Schema")


class Library:
    """Finds and reads the documents of one spec's references."""

    def __init__(self, workspace: Workspace, related: tuple[tuple[str, Path], ...]) -> None:
        self._workspace = workspace
        self._related = related
        self._read: dict[Path, SchemaDocument | Problem] = {}
        self._looked_up: dict[LookUp, None] = {}

    @property
    def looked_up(self) -> tuple[LookUp, ...]:
        """The references that led out of the document so far, each once."""
        return tuple(self._looked_up)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that were looked into so far, readable or not."""
        return tuple(self._read)

    def resolve(self, reference: str, document: SchemaDocument) -> Target | Problem:
        """Return where `reference`, which stands in `document`, leads."""
        file_part, _, fragment = reference.partition("#")
        if not file_part:
            return self._in_this(reference, fragment, document)
        other = self._other(file_part, document)
        if isinstance(other, Problem):
            return other
        return self._find(other, fragment, reference)

    def related_documents(self) -> list[tuple[str, SchemaDocument]]:
        """Return the related specs that can be read, by id."""
        found = []
        for name, path in self._related:
            document = self._markdown(path)
            if isinstance(document, SchemaDocument):
                found.append((name, document))
        return found

    def _in_this(self, reference: str, fragment: str, document: SchemaDocument) -> Target | Problem:
        around = document.inside
        if around is None and not fragment and not document.key:
            return Problem(
                codes.REF_UNRESOLVED, f"`{reference}` points at the whole spec, which is not a schema",
                "point at a schema: `#/components/schemas/…`",
            )  # fmt: skip
        if around is None:
            first = self._find(document, fragment, reference)
            if isinstance(first, Target) or document.key:
                return first
            return self._in_related(fragment) or first
        outer = self._in_this(reference, fragment, around) if fragment else None
        if isinstance(outer, Target):
            return outer
        inner = self._find(document, fragment, reference)
        return inner if isinstance(inner, Target) or outer is None else outer

    def _in_related(self, fragment: str) -> Target | None:
        """Look a component up in the related specs, which a spec may use as its own."""
        name = fragment.rpartition("/")[2]
        for _, document in self.related_documents():
            found = self._find(document, fragment, fragment)
            if not isinstance(found, Target) and name:
                found = self._find(document, name, fragment)
            if isinstance(found, Target):
                return found
        return None

    def _other(self, file_part: str, document: SchemaDocument) -> SchemaDocument | Problem:
        by_id = _SPEC_ID_RE.match(file_part) is not None
        asked = LookUp(file_part, None) if by_id else LookUp(unquote(file_part), str(document.base))
        self._looked_up[asked] = None
        if by_id:
            path = self._workspace.find_by_id(file_part)
            if path is None:
                return Problem(
                    codes.REF_UNRESOLVED, f"there is no spec `{file_part}` in the workspace",
                    "check the id, or point at the file: `./name.md#…`",
                )  # fmt: skip
            return self._markdown(path)
        try:
            path = self._workspace.locate(unquote(file_part), base=document.base)
        except Unreadable as error:
            return Problem(error.code, error.reason, "point below the workspace: `./openapi.yaml#/…`")
        if path.suffix.lower() in (".md", ".markdown"):
            return self._markdown(path)
        if path not in self._read:
            self._read[path] = self._workspace.remembered(path, lambda: self._data(path))
        return self._read[path]

    def _data(self, path: Path) -> SchemaDocument | Problem:
        shown = self._workspace.shown(path)
        try:
            text = self._workspace.read_text(path, most=MAX_REFERENCE_BYTES)
        except Unreadable as error:
            return Problem(codes.REF_UNREADABLE, f"`{shown}` can't be used: {error.reason}", "check the path")
        if path.suffix.lower() == ".json":
            import msgspec  # noqa: PLC0415 - only specs that point into JSON pay for it

            try:
                return SchemaDocument(shown, msgspec.json.decode(text), path.parent)
            except (msgspec.DecodeError, RecursionError) as error:
                return Problem(
                    codes.REF_UNREADABLE, f"`{shown}` is not valid JSON: {shorten(str(error))}", "correct the file"
                )
        findings = Findings()
        # Places inside the file are not shown, so one span serves all its values.
        root = read_yaml(text, lambda _start, _end: _NOWHERE, findings, Allowance(_MAX_REFERENCE_VALUES))
        wrong = next((found for found in findings.all() if found.severity is Severity.ERROR), None)
        if root is None or wrong is not None:
            reason = wrong.message if wrong is not None else "it is empty"
            return Problem(codes.REF_UNREADABLE, f"`{shown}` can't be used: {reason}", "correct the file")
        return SchemaDocument(shown, plain(root), path.parent)

    def _markdown(self, path: Path) -> SchemaDocument | Problem:
        if path not in self._read:
            self._read[path] = self._workspace.remembered(path, lambda: self._other_spec(path))
        return self._read[path]

    def _other_spec(self, path: Path) -> SchemaDocument | Problem:
        shown = self._workspace.shown(path)
        try:
            text = self._workspace.read_text(path)
        except Unreadable as error:
            return Problem(codes.REF_UNREADABLE, f"`{shown}` can't be used: {error.reason}", "check the path")
        return _spec_document(read_document(Source(shown, text), Findings()), shown, path.parent)

    def _find(self, document: SchemaDocument, fragment: str, reference: str) -> Target | Problem:
        fragment = unquote(fragment)
        if not fragment:
            if document.key and document.names and not document.root:
                name, value = next(iter(document.names.items()))
                return Target(document, (name,), value)
            return Target(document, (), document.root)
        if not fragment.startswith("/"):
            return self._by_name(document, fragment, reference)
        value = document.root
        walked: list[str] = []
        for name in names_of(fragment):
            inner = child(value, name)
            if inner is NOTHING:
                named = self._by_name(document, name, reference) if document.names else None
                return named if isinstance(named, Target) else _nothing(document, reference, name, value)
            value = inner
            walked.append(name)
        return Target(document, tuple(walked), value)

    def _by_name(self, document: SchemaDocument, name: str, reference: str) -> Target | Problem:
        for known, value in document.names.items():
            if name == known or type_name(name).casefold() == known.casefold():
                return Target(document, (known,), value)
        anchored = _anchor(document.root, name)
        if anchored is not None:
            return Target(document, (f"#{name}",), anchored)
        return _nothing(document, reference, name, dict(document.names) or document.root)


def spec_root(document: Document) -> list[MappingNode]:
    """Return the YAML blocks of a document, in its order."""
    return [block.root for section in document.sections for part in section.walk() for block in part.blocks]


def named_schemas(root: MappingNode) -> tuple[Entry, ...]:
    """Return the schemas that a YAML block defines by name, under `components.schemas`."""
    components = root.get("components")
    schemas = components.get("schemas") if isinstance(components, MappingNode) else None
    return tuple(schemas.entries) if isinstance(schemas, MappingNode) else ()


def _spec_document(document: Document, shown: str, base: Path) -> SchemaDocument:
    """Return another spec as a document: its components, and its field tables by name."""
    root: dict[str, object] = {}
    for block in spec_root(document):
        for entry in block.entries:
            value = plain(entry.value)
            known = root.get(entry.key.text)
            root[entry.key.text] = {**value, **known} if isinstance(known, dict) and isinstance(value, dict) else value
    front = document.front_matter
    names = []
    for key in ("name", "id"):
        node = front.get(key) if front is not None else None
        if isinstance(node, ScalarNode) and node.text:
            names.append(node.text)
    tables: dict[str, object] = dict(tables_as_schemas(document, *names))
    components = root.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    named = {**schemas, **tables} if isinstance(schemas, dict) else tables
    return SchemaDocument(shown, root, base, named)


def _nothing(document: SchemaDocument, reference: str, step: str, siblings: object) -> Problem:
    where = f"in `{document.key}`" if document.key else "in this spec"
    near: list[str] = []
    if isinstance(siblings, dict):
        near = difflib.get_close_matches(step, [str(key) for key in siblings], 1)
    hint = (
        f"did you mean `{near[0]}`?" if near else "define it under `components: {schemas: …}`, or correct the reference"
    )
    return Problem(codes.REF_UNRESOLVED, f"`{shorten(reference)}` points at nothing {where}", hint)


def _anchor(value: object, name: str) -> object | None:
    """Return the schema with this `$anchor` (or `$dynamicAnchor`), None where there is none."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            if name in (current.get("$anchor"), current.get("$dynamicAnchor")):
                return current
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
    return None
