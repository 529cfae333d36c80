"""A real editor client talks to `intertie lsp` over its standard input and output."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.lsp_desk import Bench
from support.lsp_editor import PATIENCE_S, Editor, environ, play


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_an_afternoon_of_editing(bench: Bench) -> None:
    """Open, type, look, complete, jump, rename, mend, leave: every answer is right and the server ends with 0."""

    async def story(editor: Editor) -> None:
        client = editor.client
        editor.open()
        assert "unknown-key" not in {each.data for each in await editor.findings()}

        # 😀 takes two code units, so a place counted in characters would be one off.
        editor.type(editor.text.replace("  jitter: true", "  jitter: yes  # 😀\n  retry_budgt: 10% # 😀", 1))
        told = {each.data: each for each in await editor.findings()}
        slip = told["unknown-key"]
        assert (slip.code, slip.severity, slip.source) == ("TIE011", types.DiagnosticSeverity.Warning, "intertie")
        assert editor.slice(slip.range) == "retry_budgt"
        assert "did you mean" in slip.message

        hover = await client.text_document_hover_async(
            types.HoverParams(editor.document, editor.place("max_att¦empts: 4"))
        )
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "In the plan: `4`" in hover.contents.value
        assert hover.range is not None
        assert editor.slice(hover.range) == "max_attempts"

        actions = await client.text_document_code_action_async(
            types.CodeActionParams(editor.document, slip.range, types.CodeActionContext([slip]))
        )
        assert actions is not None
        titles = [action.title for action in actions]
        assert titles == ["write retry_budget (TIE011)", "fix 2 findings that have a safe fix"]
        only = types.CodeActionContext([], only=[types.CodeActionKind.Source])
        [everything] = (
            await client.text_document_code_action_async(types.CodeActionParams(editor.document, slip.range, only))
            or []
        )
        assert isinstance(everything, types.CodeAction)
        assert everything.kind == types.CodeActionKind.SourceFixAll
        assert everything.edit is not None
        assert everything.edit.changes is not None
        mended = {editor.slice(edit.range): edit.new_text for edit in everything.edit.changes[editor.uri]}
        assert mended == {"yes": "true", "retry_budgt": "retry_budget"}

        editor.type(bench.payments.replace("backoff: exponential", "backoff: ", 1))
        found = await client.text_document_completion_async(
            types.CompletionParams(editor.document, editor.place("backoff: ¦\n"))
        )
        assert isinstance(found, types.CompletionList)
        assert [item.label for item in found.items] == ["exponential", "linear", "fixed"]

        editor.type(bench.payments)
        places = await client.text_document_definition_async(
            types.DefinitionParams(editor.document, editor.place("/test-cases/TC-¦001.yaml"))
        )
        assert isinstance(places, list)
        assert [place.uri for place in places if isinstance(place, types.Location)] == [
            (bench.root / "test-cases/TC-001.yaml").as_uri()
        ]
        found_places = await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(True), editor.document, editor.place("schemas/Cha¦rge'"))
        )
        assert found_places is not None
        assert len(found_places) == 4

        place = editor.place("internal_field: card_to¦ken")
        marked = await client.text_document_prepare_rename_async(types.PrepareRenameParams(editor.document, place))
        assert isinstance(marked, types.Range)
        assert editor.slice(marked) == "card_token"
        renamed = await client.text_document_rename_async(types.RenameParams(editor.document, place, "token"))
        assert renamed is not None
        assert renamed.changes is not None
        assert {Path(uri).name: len(edits) for uri, edits in renamed.changes.items()} == {
            "payments.md": 1, "TC-001.yaml": 1, "TC-002.yaml": 2,
        }  # fmt: skip
        with pytest.raises(JsonRpcException, match="there is a field `currency` already"):
            await client.text_document_rename_async(types.RenameParams(editor.document, place, "currency"))

        lenses = await client.text_document_code_lens_async(types.CodeLensParams(editor.document))
        assert lenses is not None
        assert [lens.command.title[:25] for lens in lenses if lens.command] == ["at most 10 s, 4 attempts "] * 3
        parts = await client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.document))
        assert parts is not None
        assert "API Endpoints" in [part.name for part in parts]

        editor.type(bench.payments.replace("jitter: true", "jitter: 'true'", 1))
        formatted = await client.text_document_formatting_async(
            types.DocumentFormattingParams(editor.document, types.FormattingOptions(2, True))
        )
        assert formatted is not None
        assert "  jitter: true\n" in [edit.new_text for edit in formatted]

        client.text_document_did_save(types.DidSaveTextDocumentParams(editor.document))
        client.text_document_did_close(types.DidCloseTextDocumentParams(editor.document))
        while (last := await asyncio.wait_for(editor.told.get(), PATIENCE_S)).diagnostics:
            pass
        assert last.uri == editor.uri
        assert editor.logged.empty()

    play(bench, story)


@pytest.mark.parametrize(
    ("encoding", "character"), [(types.PositionEncodingKind.Utf8, 18), (types.PositionEncodingKind.Utf32, 15)]
)
def test_the_editors_own_encoding_is_kept(bench: Bench, encoding: types.PositionEncodingKind, character: int) -> None:
    """A client that counts in UTF-8 or UTF-32 gets places counted so."""

    async def story(editor: Editor) -> None:
        editor.text = bench.payments.replace("{name: limit, in", "{'😀': 1, naem: limit, in", 1)
        editor.open()
        wrong = [each for each in await editor.findings() if each.data == "unknown-key" and "naem" in each.message]
        assert [each.range.start.character for each in wrong] == [character]

    play(bench, story, encodings=[encoding])


def test_what_is_no_message_does_not_end_it(bench: Bench) -> None:
    """Garbage with a length is told to the client, requests on unknown documents are answered, and work goes on."""

    async def story(editor: Editor) -> None:
        server = editor.client._server
        assert server is not None
        assert server.stdin is not None
        server.stdin.write(b"Content-Length: 10\r\n\r\nnonsense!!")
        assert "not understood" in await asyncio.wait_for(editor.logged.get(), PATIENCE_S)
        for uri in ("file:///none.md", "untitled:Untitled-1", "x:y"):
            document = types.TextDocumentIdentifier(uri)
            place = types.Position(0, 0)
            assert await editor.client.text_document_hover_async(types.HoverParams(document, place)) is None
            editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        editor.open()
        await editor.findings()

    play(bench, story)


def test_a_bug_in_a_feature_is_a_message(bench: Bench) -> None:
    """A feature that fails says so in the client's log, and the next request is answered."""
    program = (
        "import sys; from intertie.lsp import server; from intertie.cli.main import run\n"
        "def broken(page, line, column): raise ZeroDivisionError('secret text')\n"
        "server.hover = broken\n"
        "sys.exit(run(['lsp']))"
    )

    async def whole() -> None:
        editor = Editor(bench)
        await editor.client.start_io(sys.executable, "-c", program, cwd=bench.root, env=environ())
        await editor.client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        editor.open()
        place = types.Position(3, 3)
        assert await editor.client.text_document_hover_async(types.HoverParams(editor.document, place)) is None
        said = await asyncio.wait_for(editor.logged.get(), PATIENCE_S)
        assert "hover failed with ZeroDivisionError at" in said
        assert "secret text" not in said
        assert await editor.client.text_document_code_lens_async(types.CodeLensParams(editor.document))
        assert await editor.leave() == 0

    asyncio.run(whole())


def test_a_configuration_in_error_is_said_once(bench: Bench) -> None:
    """The editor shows what is wrong with intertie.toml, once, and findings come by the defaults."""
    (bench.root / "intertie.toml").write_text("state = 5\n")

    async def story(editor: Editor) -> None:
        editor.open()
        await editor.findings()
        editor.type(editor.text + "\n")
        await editor.findings()
        assert "intertie.toml:1: state" in await asyncio.wait_for(editor.logged.get(), PATIENCE_S)
        assert editor.logged.empty()

    play(bench, story)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """Where pygls is not installed one line names the extra, and the exit status is 2."""
    program = (
        "import importlib.util as u, sys; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'pygls' else find(name, *rest)\n"
        "from intertie.cli.main import run; sys.exit(run(['lsp']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environ(), stdin=subprocess.DEVNULL, capture_output=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == b""
    assert (
        done.stderr.decode() == "Error: the language server needs an extra package: run `pip install intertie[lsp]`\n"
    )
