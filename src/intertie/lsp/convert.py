"""Our results as the protocol's types; this and the server are all that know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lsprotocol import types

from intertie.diagnostics import Diagnostic, Edit, Label, Severity, SourceSpan
from intertie.lsp.features.actions import Action
from intertie.lsp.features.definitions import Target
from intertie.lsp.features.lens import Lens
from intertie.lsp.features.renaming import FileEdit
from intertie.lsp.features.suggestion import Suggested, Suggestion
from intertie.lsp.features.symbols import Part, Symbol
from intertie.lsp.positions import EditorPosition, Ruler, line_end_of

SOURCE = "intertie"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
_ITEMS = {
    Suggested.KEY: types.CompletionItemKind.Property,
    Suggested.BLOCK: types.CompletionItemKind.Struct,
    Suggested.CHOICE: types.CompletionItemKind.EnumMember,
    Suggested.FUNCTION: types.CompletionItemKind.Function,
    Suggested.REFERENCE: types.CompletionItemKind.Reference,
    Suggested.FILE: types.CompletionItemKind.File,
    Suggested.FIELD: types.CompletionItemKind.Field,
    Suggested.HEADING: types.CompletionItemKind.Module,
}
_PARTS = {
    Part.SECTION: types.SymbolKind.Namespace,
    Part.ENDPOINT: types.SymbolKind.Method,
    Part.BLOCK: types.SymbolKind.Object,
    Part.SCHEMA: types.SymbolKind.Struct,
}


def to_position(place: EditorPosition) -> types.Position:
    """Return the protocol's position."""
    return types.Position(place.line, place.character)


def to_range(ruler: Ruler, span: SourceSpan) -> types.Range:
    """Return the protocol's range of a span."""
    start, end = ruler.range(span)
    return types.Range(to_position(start), to_position(end))


def to_diagnostic(ruler: Ruler, found: Diagnostic, uris: Mapping[str, str]) -> types.Diagnostic:
    """Return a finding; `uris` has the URI of each file as shown that a second place may be in."""
    message = found.message if found.help is None else f"{found.message}\n{found.help}"
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uris[label.span.path], _own_or_start(ruler, label, found)), label.message
        )
        for label in found.related
        if label.span.path in uris
    ]
    return types.Diagnostic(
        to_range(ruler, found.span),
        message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source=SOURCE,
        related_information=related or None,
        data=found.name,
    )


def _own_or_start(ruler: Ruler, label: Label, found: Diagnostic) -> types.Range:
    if label.span.path == found.span.path:
        return to_range(ruler, label.span)
    # Of another file the line alone is sure without reading it.
    line = label.span.line - 1
    return types.Range(types.Position(line, 0), types.Position(line, 0))


def to_text_edits(text: str, ruler: Ruler, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """Return edits in a text's own line ends."""
    end = line_end_of(text)
    return [types.TextEdit(to_range(ruler, edit.span), edit.replacement.replace("\n", end)) for edit in edits]


def to_workspace_edit(
    texts: Mapping[Path, str], uris: Mapping[Path, str], encoding: str, edits: Sequence[FileEdit]
) -> types.WorkspaceEdit:
    """Return edits in several files; `texts` has each one's text."""
    changes: dict[str, Sequence[types.TextEdit]] = {}
    for path in dict.fromkeys(each.path for each in edits):
        own = [each.edit for each in edits if each.path == path]
        changes[uris[path]] = to_text_edits(texts[path], Ruler(texts[path], encoding), own)
    return types.WorkspaceEdit(changes=changes)


def to_completion(ruler: Ruler, text: str, found: Suggestion, order: int) -> types.CompletionItem:
    """Return a suggestion that is written over its span, its lines as they are."""
    end = line_end_of(text)
    return types.CompletionItem(
        found.label,
        kind=_ITEMS[found.kind],
        detail=found.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, found.doc) if found.doc else None,
        sort_text=f"{found.rank:04}{order:04}",
        text_edit=types.TextEdit(to_range(ruler, found.span), found.insert.replace("\n", end)),
        insert_text_mode=types.InsertTextMode.AsIs,
    )


def to_location(ruler: Ruler | None, uri: str, found: Target) -> types.Location:
    """Return a place; the start of its line where its file's text is not known."""
    if ruler is not None:
        return types.Location(uri, to_range(ruler, found.span))
    start = types.Position(found.span.line - 1, 0)
    return types.Location(uri, types.Range(start, start))


def to_symbol(ruler: Ruler, found: Symbol) -> types.DocumentSymbol:
    """Return a part with the parts in it."""
    return types.DocumentSymbol(
        found.name,
        _PARTS[found.part],
        to_range(ruler, found.span),
        to_range(ruler, found.name_span),
        detail=found.detail or None,
        children=[to_symbol(ruler, inner) for inner in found.inner],
    )


def to_lens(found: Lens) -> types.CodeLens:
    """Return a lens: a text that no command belongs to."""
    start = types.Position(found.line - 1, 0)
    return types.CodeLens(types.Range(start, start), command=types.Command(found.title, ""))


def to_action(
    uri: str,
    text: str,
    ruler: Ruler,
    found: Action,
    diagnostics: Sequence[types.Diagnostic],
    kind: types.CodeActionKind,
) -> types.CodeAction:
    """Return a mend as an action on one file."""
    return types.CodeAction(
        found.title,
        kind=kind,
        diagnostics=list(diagnostics),
        is_preferred=found.preferred,
        edit=types.WorkspaceEdit(changes={uri: to_text_edits(text, ruler, found.edits)}),
    )
