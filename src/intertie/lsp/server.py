"""The language server: takes what the protocol brings, asks the feature, gives back what the protocol wants."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import BinaryIO, Concatenate, ParamSpec, TypeVar

from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer

from intertie._version import __version__
from intertie.core.clock import Clock
from intertie.diagnostics import Diagnostic
from intertie.lsp import convert
from intertie.lsp.addresses import Addresses
from intertie.lsp.debounce import Debouncer
from intertie.lsp.desk import Desk
from intertie.lsp.features.actions import actions, fix_all
from intertie.lsp.features.completion import complete
from intertie.lsp.features.definitions import Target, definitions
from intertie.lsp.features.findings import findings
from intertie.lsp.features.formatting import formatting
from intertie.lsp.features.hover import hover
from intertie.lsp.features.lens import lenses
from intertie.lsp.features.occurrences import references
from intertie.lsp.features.renaming import RenameRefused, rename, renameable
from intertie.lsp.features.symbols import symbols
from intertie.lsp.page import Page
from intertie.lsp.positions import EditorPosition, Ruler

P = ParamSpec("P")
T = TypeVar("T")

DELAY_S = 0.02
"""How long nothing is typed before a check: what one key sends in several parts is one change."""
MOST_DELAY_S = 0.5
"""The same in a spec whose check takes long."""
_WATCHED = ("**/*.md", "**/*.markdown", "**/*.{yaml,yml,json}", "**/intertie.toml")
_TRIGGERS = (" ", ":", "/", "#", "|", "'", '"', "*", "{", "[", ",", "-")
_REQUEST_FAILED = -32803


class IntertieServer(LanguageServer):
    """A server of the documents on one desk. Each document comes whole with every change.

    Whole texts, since places in partial changes are counted by lines that other libraries split at more characters
    than the protocol does; a spec is small.
    """

    def __init__(self, desk: Desk, clock: Clock) -> None:
        super().__init__("intertie", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.desk = desk
        self.was_shut = False
        self.left_early = False
        self._addresses = Addresses()
        self._troubles: set[str] = set()
        self._checks: Debouncer[Path] = Debouncer(self._check, delay_s=DELAY_S, most_s=MOST_DELAY_S, clock=clock)

    def start_io(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        """Serve standard input and output until the client leaves; whatever else is printed goes to standard error."""
        if stdout is not None:
            super().start_io(stdin, stdout)
            return
        sys.stdout.flush()
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as own:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            super().start_io(stdin, own)
        if self.left_early:
            # The protocol's status for an `exit` that no `shutdown` came before; the library ends with 0.
            sys.exit(1)

    # Documents

    def document(self, uri: str) -> Page | None:
        """Return the page of an open document."""
        path = self._addresses.path(uri)
        return self.desk.page(path) if path is not None else None

    def open(self, uri: str, language: str, text: str) -> None:
        """Take a document on the desk and have it checked at once."""
        path = self._addresses.opened(uri, language, self._root())
        if path is not None:
            self.desk.look_again(path)
            self.put(uri, text, at_once=True)

    def put(self, uri: str, text: str, *, at_once: bool = False) -> None:
        """Take a document's text and have it checked."""
        path = self._addresses.path(uri)
        if path is None:
            return
        if self.desk.is_outdated():
            self.refresh()
        self._checks.ask(self.desk.put(path, text).path, at_once=at_once)

    def take_off(self, uri: str) -> None:
        """Close a document; nothing is said of it any more."""
        page = self.document(uri)
        if page is not None:
            self._checks.forget(page.path)
            self.desk.take_off(page.path)
            self._addresses.closed(uri)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def refresh(self) -> None:
        """Check all documents against files that changed."""
        for page in self.desk.refresh():
            self._checks.ask(page.path, at_once=True)

    def uri(self, path: Path) -> str:
        """Return a file's URI, the editor's own where it is open."""
        return self._addresses.uri(path)

    def _root(self) -> Path:
        """Return the folder that a document without a file belongs to: the first of the editor's, else our own."""
        uris = [*self.workspace.folders, self.workspace.root_uri or ""]
        found = [path for path in map(self._addresses.path, uris) if path is not None]
        return found[0] if found else Path.cwd()

    @property
    def encoding(self) -> str:
        """The code units that positions are counted in."""
        return str(self.server_capabilities.position_encoding or "utf-16")

    def ruler(self, page: Page) -> Ruler:
        """Return what measures a page."""
        return Ruler(page.text, self.encoding)

    def place(self, page: Page, position: types.Position) -> tuple[int, int]:
        """Return our line and column of a position."""
        return self.ruler(page).place(EditorPosition(position.line, position.character))

    # Findings

    async def _check(self, path: Path) -> None:
        """Tell what is wrong in a document; what is worked out for an older text is not told."""
        page = self.desk.page(path)
        if page is None:
            return
        try:
            found = await asyncio.to_thread(self._diagnostics, page)
        except Exception as bug:  # noqa: BLE001  # told to the person; the server goes on
            self.tell_bug("the check", bug)
            return
        if found is not None and self.desk.page(path) is page:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(path), found))
            for case in self.desk.turn_cases(page) if page.is_spec else ():
                self._checks.ask(case.path)
        self._tell_trouble(page)

    def _diagnostics(self, page: Page) -> list[types.Diagnostic] | None:
        """Return a page's findings, None as soon as there is a newer one; reading is a third of the work."""
        page.read()
        if self.desk.page(page.path) is not page:
            return None
        return self.to_diagnostics(page, findings(page))

    def to_diagnostics(self, page: Page, found: Sequence[Diagnostic]) -> list[types.Diagnostic]:
        """Return findings of a page for the protocol."""
        root = page.around.workspace.root
        ruler = self.ruler(page)
        others = {label.span.path for each in found for label in each.related}
        uris = {shown: self.uri(page.path if shown == page.shown else root / shown) for shown in others}
        return [convert.to_diagnostic(ruler, each, uris) for each in found if each.span.path == page.shown]

    def _tell_trouble(self, page: Page) -> None:
        """Say once what is wrong with a configuration."""
        trouble = page.around.trouble
        if trouble is not None and trouble not in self._troubles:
            self._troubles.add(trouble)
            message = f"{trouble}; until then the defaults hold"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    # Messages

    def tell_bug(self, what: str, bug: BaseException) -> None:
        """Log a failure of ours at the client: what failed, where, how to go on."""
        frame = bug.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
        message = (
            f"Intertie {__version__} has a bug: {what} failed with {type(bug).__name__} at {place}. "
            "Nothing is lost; report it with the part of the document (without secrets)."
        )
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log what the protocol's own layer could not do, instead of a box in the person's way."""
        if source is FeatureRequestError:
            # The answer to the request says it.
            return
        message = f"a message was not understood: {type(error).__name__}"
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))


Feature = Callable[Concatenate[IntertieServer, P], T]


def guarded(feature: Feature[P, T]) -> Feature[P, T | None]:
    """Make a feature's bug a message in the client's log and an empty answer."""

    @wraps(feature)
    def run(ls: IntertieServer, /, *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return feature(ls, *args, **kwargs)
        except JsonRpcException:
            raise
        except Exception as bug:  # noqa: BLE001  # told to the person; the server goes on
            ls.tell_bug(feature.__name__.strip("_").replace("_", " "), bug)
            return None

    return run


def make_server(
    *, environ: Mapping[str, str], clock: Clock, root: Path | None = None, config: Path | None = None
) -> IntertieServer:
    """Return a server that is not started: `start_io()` serves standard input and output until the client leaves."""
    server = IntertieServer(Desk(environ=environ, clock=clock, root=root, config=config), clock)
    for method, feature, options in _FEATURES:
        server.feature(method, options)(feature)
    return server


# Documents


def _shut(ls: IntertieServer, params: None) -> None:
    del params
    ls.was_shut = True


def _exit(ls: IntertieServer, params: None) -> None:
    del params
    ls.left_early = not ls.was_shut


async def _watch(ls: IntertieServer, params: types.InitializedParams) -> None:
    """Ask the client to tell of changed files, where it can."""
    del params
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(each) for each in _WATCHED])
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    try:
        await ls.client_register_capability_async(
            types.RegistrationParams([types.Registration("intertie-files", method, options)])
        )
    except JsonRpcException as refused:
        message = f"the editor does not watch files ({refused}); save a document to have others read again"
        ls.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))


@guarded
def _opening(ls: IntertieServer, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    ls.open(document.uri, document.language_id, document.text)


@guarded
def _change(ls: IntertieServer, params: types.DidChangeTextDocumentParams) -> None:
    if params.content_changes:
        ls.put(params.text_document.uri, params.content_changes[-1].text)


@guarded
def _saving(ls: IntertieServer, params: types.DidSaveTextDocumentParams) -> None:
    del params
    ls.refresh()


@guarded
def _closing(ls: IntertieServer, params: types.DidCloseTextDocumentParams) -> None:
    ls.take_off(params.text_document.uri)


@guarded
def _changed_files(ls: IntertieServer, params: types.DidChangeWatchedFilesParams) -> None:
    # The file of an open document counts again when it is closed, and that it was saved is told by itself.
    if any(ls.document(change.uri) is None for change in params.changes):
        ls.refresh()


# Reading


@guarded
def _hover(ls: IntertieServer, params: types.HoverParams) -> types.Hover | None:
    page = ls.document(params.text_document.uri)
    found = hover(page, *ls.place(page, params.position)) if page is not None else None
    if page is None or found is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, found.text)
    return types.Hover(content, convert.to_range(ls.ruler(page), found.span))


@guarded
def _completion(ls: IntertieServer, params: types.CompletionParams) -> types.CompletionList | None:
    page = ls.document(params.text_document.uri)
    if page is None:
        return None
    ruler = ls.ruler(page)
    found = complete(page, *ls.place(page, params.position))
    items = [convert.to_completion(ruler, page.text, each, order) for order, each in enumerate(found)]
    return types.CompletionList(is_incomplete=False, items=items)


@guarded
def _definition(ls: IntertieServer, params: types.DefinitionParams) -> list[types.Location]:
    page = ls.document(params.text_document.uri)
    return _locations(ls, page, definitions(page, *ls.place(page, params.position))) if page is not None else []


@guarded
def _references(ls: IntertieServer, params: types.ReferenceParams) -> list[types.Location]:
    page = ls.document(params.text_document.uri)
    if page is None:
        return []
    place = ls.place(page, params.position)
    return _locations(ls, page, references(page, *place, declaration=params.context.include_declaration))


def _locations(ls: IntertieServer, page: Page, targets: Sequence[Target]) -> list[types.Location]:
    found = []
    for target in targets:
        text = page.text if target.path == page.path else page.around.text(target.path)
        ruler = Ruler(text, ls.encoding) if text is not None else None
        found.append(convert.to_location(ruler, ls.uri(target.path), target))
    return found


@guarded
def _symbols(ls: IntertieServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    page = ls.document(params.text_document.uri)
    return [convert.to_symbol(ls.ruler(page), each) for each in symbols(page)] if page is not None else []


@guarded
def _lenses(ls: IntertieServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    page = ls.document(params.text_document.uri)
    return [convert.to_lens(each) for each in lenses(page)] if page is not None else []


# Changing


@guarded
def _actions(ls: IntertieServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    page = ls.document(params.text_document.uri)
    if page is None:
        return []
    wanted = params.context.only
    ruler, uri = ls.ruler(page), params.text_document.uri
    first, last = ls.place(page, params.range.start)[0], ls.place(page, params.range.end)[0]
    made = []
    if _is_wanted(types.CodeActionKind.QuickFix, wanted):
        for found in actions(page, first, last):
            told = ls.to_diagnostics(page, found.diagnostics)
            made.append(convert.to_action(uri, page.text, ruler, found, told, types.CodeActionKind.QuickFix))
    everything = fix_all(page) if _is_wanted(types.CodeActionKind.SourceFixAll, wanted) else None
    if everything is not None:
        made.append(convert.to_action(uri, page.text, ruler, everything, (), types.CodeActionKind.SourceFixAll))
    return made


def _is_wanted(kind: types.CodeActionKind, wanted: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Return whether a kind is asked for: by itself, by a kind above it, or by asking for nothing."""
    return not wanted or any(kind.value == str(each) or kind.value.startswith(f"{each}.") for each in _texts(wanted))


def _texts(kinds: Sequence[types.CodeActionKind | str]) -> list[str]:
    return [each.value if isinstance(each, types.CodeActionKind) else each for each in kinds]


@guarded
def _prepare_rename(ls: IntertieServer, params: types.PrepareRenameParams) -> types.Range | None:
    page = ls.document(params.text_document.uri)
    span = renameable(page, *ls.place(page, params.position)) if page is not None else None
    return convert.to_range(ls.ruler(page), span) if page is not None and span is not None else None


@guarded
def _rename(ls: IntertieServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    page = ls.document(params.text_document.uri)
    if page is None:
        return None
    try:
        edits = rename(page, *ls.place(page, params.position), params.new_name)
    except RenameRefused as refused:
        raise JsonRpcException(str(refused), code=_REQUEST_FAILED) from None
    paths = {each.path for each in edits}
    texts = {path: page.text if path == page.path else page.around.text(path) or "" for path in paths}
    return convert.to_workspace_edit(texts, {path: ls.uri(path) for path in paths}, ls.encoding, edits)


async def _formatting(ls: IntertieServer, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    page = ls.document(params.text_document.uri)
    if page is None:
        return None
    try:
        edits = await asyncio.to_thread(formatting, page)
    except Exception as bug:  # noqa: BLE001  # told to the person; the server goes on
        ls.tell_bug("formatting", bug)
        return None
    # Of a text that has been typed in meanwhile the places are not the same any more.
    is_current = ls.document(params.text_document.uri) is page
    return convert.to_text_edits(page.text, ls.ruler(page), edits) if is_current else None


_FEATURES: tuple[tuple[str, Callable[..., object], object], ...] = (
    (types.INITIALIZED, _watch, None),
    (types.SHUTDOWN, _shut, None),
    (types.EXIT, _exit, None),
    (types.TEXT_DOCUMENT_DID_OPEN, _opening, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, _change, None),
    (types.TEXT_DOCUMENT_DID_SAVE, _saving, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, _closing, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _changed_files, None),
    (types.TEXT_DOCUMENT_HOVER, _hover, None),
    (types.TEXT_DOCUMENT_COMPLETION, _completion, types.CompletionOptions(trigger_characters=list(_TRIGGERS))),
    (types.TEXT_DOCUMENT_DEFINITION, _definition, None),
    (types.TEXT_DOCUMENT_REFERENCES, _references, None),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _symbols, None),
    (types.TEXT_DOCUMENT_CODE_LENS, _lenses, types.CodeLensOptions(resolve_provider=False)),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        _actions,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
    ),
    (types.TEXT_DOCUMENT_FORMATTING, _formatting, None),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, _prepare_rename, None),
    (types.TEXT_DOCUMENT_RENAME, _rename, types.RenameOptions(prepare_provider=True)),
)
"""Method -> feature and the options that tell the client of it."""
