"""A spec by its path or text: the model, the findings and the text, whatever the file holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.spec import codes
from intertie.spec.fields import Located
from intertie.spec.markdown import read_document
from intertie.spec.model import Spec
from intertie.spec.reading import read_spec, route
from intertie.spec.reading.blocks import BlockReader
from intertie.spec.reading.routing import Router
from intertie.spec.references import SchemaReader
from intertie.spec.schema_documents import Library, SchemaDocument
from intertie.spec.source import Findings, Source
from intertie.spec.tree import Document, Entry, MappingNode, ScalarNode, SequenceNode, plain
from intertie.spec.workspace import LookUp, Unreadable, Workspace, check_text, find_workspace, read_text
from intertie.spec.yaml_nodes import shorten

_WHY_TOO_LARGE = {codes.FILE_TOO_LARGE.code, codes.UNCLOSED_FENCE.code}
"""All that is told of a file too large: a block that is not closed makes Markdown of all that follows."""

_TO_DO = {
    codes.NOT_UTF8.code: "save it as text in UTF-8",
    codes.FILE_TOO_LARGE.code: "split it, or move schemas into a file of their own that `$ref` names",
}


class Loaded(Struct, frozen=True):
    """What is known of a spec once it is read.

    Attributes:
        spec: Empty where nothing could be read.
        diagnostics: In the order of their places.
        source: The file's text as the places count it: without byte order mark, line ends as the author has them.
        given_up: It is larger than is read. The spec is empty, and that is all there is to say about it.
        files: Other files that its schemas were looked up in.
        looked_up: References to other files, wherever they led.
    """

    spec: Spec
    diagnostics: tuple[Diagnostic, ...]
    source: str
    given_up: bool = False
    files: tuple[Path, ...] = ()
    looked_up: tuple[LookUp, ...] = ()


def load(path: Path, workspace: Workspace | None = None) -> Loaded:
    """Return the spec in a file; bad content is in the diagnostics, never an exception.

    Args:
        path: The spec's file. It may lie outside the workspace; what it refers to may not.
        workspace: The nearest one above the file where it is None.
    """
    workspace = workspace or find_workspace(path)
    try:
        text = read_text(path)
    except Unreadable as error:
        return _nothing(workspace.shown(path), error)
    return load_text(text, path, workspace)


def load_text(text: str, path: Path, workspace: Workspace | None = None) -> Loaded:
    """Return the spec that `text` is, as if it stood in the file `path`."""
    workspace = workspace or find_workspace(path)
    shown = workspace.shown(path)
    try:
        check_text(text)
    except Unreadable as error:
        return _nothing(shown, error)
    source = Source(shown, text)
    findings = Findings()
    document = read_document(source, findings)
    if findings.has(codes.FILE_TOO_LARGE):
        told = tuple(found for found in findings.all() if found.code in _WHY_TOO_LARGE)
        return Loaded(_empty(shown, told[0].span), told, text.removeprefix("\ufeff"), given_up=True)
    base = Path(os.path.realpath(path)).parent
    names = _names(document)
    related = _related(names, workspace, base, findings)
    router = Router(findings)
    endpoints = route(document, router)
    routed = router.routed()
    root = {
        key: plain(routed.entries[key].value) for key in ("components", "definitions", "$defs") if key in routed.entries
    }
    library = Library(workspace, related)
    schemas = SchemaReader(findings, library, SchemaDocument("", root, base))
    reader = BlockReader(source, findings, schemas)
    spec = read_spec(document, routed, endpoints, reader, _content_hash(source))
    _check_components(routed.entries, schemas, reader)
    spec = replace(
        spec,
        related_schemas=tuple(
            (name, schema)
            for name, other in library.related_documents()
            if (schema := schemas.of_document(other)) is not None
        ),
    )
    status = spec.front_matter.status if spec.front_matter else None
    draft = isinstance(status, Located) and status.value == "draft"
    return Loaded(
        spec,
        findings.all(draft=draft),
        text.removeprefix("\ufeff"),
        files=library.files,
        looked_up=(*dict.fromkeys(_look_up(name, base) for name, _ in names), *library.looked_up),
    )


def _check_components(entries: Mapping[str, Entry], schemas: SchemaReader, reader: BlockReader) -> None:
    """Check what the spec defines, used or not."""
    components = entries.get("components")
    if components is None:
        return
    if not isinstance(components.value, MappingNode):
        reader.findings.add(
            codes.WRONG_TYPE,
            components.value.span,
            "`components` holds `schemas`",
            help="write `components: {schemas: …}`",
        )
        return
    defined = components.value.get("schemas")
    if isinstance(defined, MappingNode) and not reader.placeholders.everywhere(defined, "components.schemas"):
        schemas.components(defined)


def _names(document: Document) -> list[tuple[str, SourceSpan]]:
    """Return what `related` names."""
    node = document.front_matter.get("related") if document.front_matter is not None else None
    items = node.items if isinstance(node, SequenceNode) else (node,) if isinstance(node, ScalarNode) else ()
    scalars = [item for item in items if isinstance(item, ScalarNode) and item.text and "[" not in item.text]
    return [(part.strip(), item.span) for item in scalars for part in item.text.split(",") if part.strip()]


def _related(
    names: list[tuple[str, SourceSpan]], workspace: Workspace, base: Path, findings: Findings
) -> tuple[tuple[str, Path], ...]:
    """Return name and file of each related spec; one that is not there is reported.

    What a related spec is related to in turn is its own matter, so that a cycle ends where it is.
    """
    found = [(name, _find_related(name, span, workspace, base, findings)) for name, span in names]
    return tuple((name, other) for name, other in found if other is not None)


def _look_up(name: str, base: Path) -> LookUp:
    """Return how a related spec is looked for: by its path, or by its id."""
    is_path = "/" in name or name.lower().endswith((".md", ".markdown")) or ":" in name
    return LookUp(name, str(base) if is_path else None)


def _find_related(name: str, span: SourceSpan, workspace: Workspace, base: Path, findings: Findings) -> Path | None:
    if _look_up(name, base).base is None:
        other = workspace.find_by_id(name)
        if other is None:
            findings.add(
                codes.RELATED_MISSING, span, f"there is no spec `{shorten(name)}` in the workspace",
                help="check the id, or remove it from `related`",
            )  # fmt: skip
        return other
    try:
        other = workspace.locate(name, base=base)
    except Unreadable as error:
        findings.add(error.code, span, error.reason, help="name a spec of this workspace")
        return None
    if not other.is_file():
        findings.add(
            codes.RELATED_MISSING, span, f"there is no file `{shorten(name)}`", help="check the path, or remove it"
        )
        return None
    return other


def _content_hash(source: Source) -> str:
    """Return the SHA-256 of the text with line feeds for line ends: the same on every machine."""
    return hashlib.sha256(source.text.encode("utf-8", errors="surrogatepass")).hexdigest()


def _nothing(shown: str, error: Unreadable) -> Loaded:
    span = SourceSpan(shown, error.line, 1, error.line, 1)
    diagnostic = Diagnostic(
        error.code.code, error.code.name, error.code.severity, f"the file is not read: {error.reason}", span,
        _TO_DO.get(error.code.code),
    )  # fmt: skip
    return Loaded(_empty(shown, span), (diagnostic,), "", given_up=True)


def _empty(shown: str, span: SourceSpan) -> Spec:
    document = Document(shown, "", None, None, (), span)
    return Spec(path=shown, content_hash=hashlib.sha256(b"").hexdigest(), document=document, span=span)
