"""A client of the language server over its standard input and output, as an editor is one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from support.lsp_desk import Bench
from support.pace import PATIENCE_S

COMMAND = [sys.executable, "-m", "intertie", "lsp", "--stdio"]


def environ() -> dict[str, str]:
    """Return the environment in which the checkout's own code runs."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}


class Editor:
    """A client that remembers what it is told."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.uri = bench.path.as_uri()
        self.text = bench.payments
        self.version = 0
        self.client = LanguageClient("test", "1")
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.logged: asyncio.Queue[str] = asyncio.Queue()
        self.registered: asyncio.Queue[types.RegistrationParams] = asyncio.Queue()
        # The library writes attributes on what it is given, which a bound method can't have.
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.told.put_nowait(params))  # noqa: PLW0108
        self.client.feature(types.WINDOW_LOG_MESSAGE)(lambda params: self.logged.put_nowait(params.message))
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: self.registered.put_nowait(params))  # noqa: PLW0108
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda params: self.logged.put_nowait(params.message))

    async def start(
        self,
        encodings: list[types.PositionEncodingKind] | None = None,
        folders: list[Path] | None = None,
        command: list[str] | None = None,
        *,
        watches: bool = False,
    ) -> types.InitializeResult:
        await self.client.start_io(*(command or COMMAND), cwd=self.bench.root, env=environ())
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=watches)
        able = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watching),
        )
        opened = [types.WorkspaceFolder(each.as_uri(), each.name) for each in folders] if folders else None
        result = await self.client.initialize_async(
            types.InitializeParams(able, root_uri=self.bench.root.as_uri(), workspace_folders=opened)
        )
        self.client.initialized(types.InitializedParams())
        return result

    def open(self) -> None:
        item = types.TextDocumentItem(self.uri, "markdown", self.version, self.text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, text: str) -> None:
        self.text, self.version = text, self.version + 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def findings(self) -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(self.told.get(), PATIENCE_S)).diagnostics)

    async def findings_of(self, uri: str) -> list[types.Diagnostic]:
        """Return the next findings of one document; what is told of others is passed over."""
        while (told := await asyncio.wait_for(self.told.get(), PATIENCE_S)).uri != uri:
            pass
        return list(told.diagnostics)

    @property
    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def place(self, marked: str) -> types.Position:
        at = self.text.index(marked.replace("¦", "")) + marked.index("¦")
        before = self.text[:at]
        line = before[before.rfind("\n") + 1 :]
        return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)

    def slice(self, span: types.Range) -> str:
        line = self.text.split("\n")[span.start.line].encode("utf-16-le")
        return line[span.start.character * 2 : span.end.character * 2].decode("utf-16-le")

    async def leave(self) -> int:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        status = await asyncio.wait_for(server.wait(), PATIENCE_S)
        await self.client.stop()
        return status


def play(bench: Bench, story: Callable[[Editor], Awaitable[None]], **options: object) -> None:
    async def whole() -> None:
        editor = Editor(bench)
        await editor.start(**options)  # type: ignore[arg-type]
        await story(editor)
        assert await editor.leave() == 0

    asyncio.run(whole())
