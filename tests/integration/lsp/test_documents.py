"""What happens to documents: unsaved, renamed, deleted, in two folders, with odd line ends, under a new configuration."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from support.lsp_desk import Bench
from support.lsp_editor import PATIENCE_S, Editor, environ, play

SLIP = ("  jitter: true", "  jitter: true\n  retry_budgt: 10%")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "one")


def open_as(editor: Editor, uri: str, text: str, language: str = "markdown") -> None:
    item = types.TextDocumentItem(uri, language, 1, text)
    editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))


def test_a_document_that_was_never_saved_is_a_file_of_the_root(bench: Bench) -> None:
    """`untitled:` gets findings, hover and completion; other Markdown gets none; closing takes the findings back."""

    async def story(editor: Editor) -> None:
        uri = "untitled:Untitled-1"
        open_as(editor, uri, bench.payments.replace(*SLIP).replace("id: INT-001", "id: INT-777"))
        told = await editor.findings_of(uri)
        assert "unknown-key" in {each.data for each in told}
        assert "duplicate-id" not in {each.data for each in told}
        place = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(61, 5))
        hover = await editor.client.text_document_hover_async(place)
        assert hover is not None
        open_as(editor, "untitled:Notes", "# Notes\n")
        assert await editor.findings_of("untitled:Notes") == []
        open_as(editor, "git:/specs/x.md?head", bench.payments)
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
        assert await editor.findings_of(uri) == []

    play(bench, story)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_mark_and_wide_characters(bench: Bench, ends: str) -> None:
    """With Windows' or old line ends, a byte order mark, CJK and emoji before it, a slip is marked where it is."""

    async def story(editor: Editor) -> None:
        wide = bench.payments.replace("{name: limit, in", "{'\u6f22\u5b57\U0001f600': 1, naem: limit, in", 1)
        text = "\ufeff" + wide.replace("\n", ends)
        open_as(editor, editor.uri, text)
        [slip] = [each for each in await editor.findings_of(editor.uri) if "naem" in each.message]
        line = wide.split("\n")[slip.range.start.line].encode("utf-16-le")
        assert line[slip.range.start.character * 2 : slip.range.end.character * 2].decode("utf-16-le") == "naem"

    play(bench, story)


def test_two_folders_each_have_their_configuration(bench: Bench, tmp_path: Path) -> None:
    """What one folder ignores is told in the other."""
    other = tmp_path / "two"
    shutil.copytree(bench.root, other)
    (other / "intertie.toml").write_text('[lint]\nignore = ["unknown-key"]\n')

    async def story(editor: Editor) -> None:
        text = bench.payments.replace(*SLIP)
        for root, is_told in ((bench.root, True), (other, False)):
            uri = (root / "specs/payments.md").as_uri()
            open_as(editor, uri, text)
            told = await editor.findings_of(uri)
            assert ("unknown-key" in {each.data for each in told}) is is_told

    play(bench, story, folders=[bench.root, other])


def test_a_configuration_changed_on_disk_counts(bench: Bench) -> None:
    """With a notice from the editor at once, without one from the next key on."""
    config = bench.root / "intertie.toml"

    async def story(editor: Editor) -> None:
        editor.text = bench.payments.replace(*SLIP)
        editor.open()
        assert "unknown-key" in {each.data for each in await editor.findings()}
        config.write_text('[lint]\nignore = ["unknown-key"]\n')
        change = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
        assert "unknown-key" not in {each.data for each in await editor.findings()}
        config.write_text("")
        editor.type(editor.text + "\n")
        while "unknown-key" not in {each.data for each in await editor.findings()}:
            pass

    play(bench, story)


def test_the_editor_is_asked_to_watch_files(bench: Bench) -> None:
    """A client that can watch is asked to: configuration, specs, cases and schemas."""

    async def story(editor: Editor) -> None:
        asked = await asyncio.wait_for(editor.registered.get(), PATIENCE_S)
        [registration] = asked.registrations
        assert registration.method == "workspace/didChangeWatchedFiles"
        assert "**/intertie.toml" in str(registration.register_options)

    play(bench, story, watches=True)


def test_a_file_that_moves_or_goes_away(bench: Bench) -> None:
    """A renamed spec is judged under its new name; one deleted on disk stays as it is open; a case gone is told."""
    moved = bench.path.with_name("moved.md")
    case = bench.root / "test-cases/TC-001.yaml"

    async def story(editor: Editor) -> None:
        editor.open()
        assert "missing-case-file" not in {each.data for each in await editor.findings()}
        bench.path.rename(moved)
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(editor.document))
        assert await editor.findings_of(editor.uri) == []
        open_as(editor, moved.as_uri(), bench.payments)
        told = await editor.findings_of(moved.as_uri())
        assert "duplicate-id" not in {each.data for each in told}
        moved.unlink()
        case.unlink()
        gone = [types.FileEvent(each.as_uri(), types.FileChangeType.Deleted) for each in (moved, case)]
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(gone))
        while "missing-case-file" not in {each.data for each in await editor.findings_of(moved.as_uri())}:
            pass

    play(bench, story)


def test_a_case_is_judged_with_its_spec(bench: Bench) -> None:
    """An open case gets a finding the moment its operation is renamed away in the open spec."""
    case = bench.root / "test-cases/TC-001.yaml"

    async def story(editor: Editor) -> None:
        open_as(editor, case.as_uri(), case.read_text("utf-8"), "yaml")
        assert await editor.findings_of(case.as_uri()) == []
        editor.open()
        assert await editor.findings_of(case.as_uri()) == []
        editor.type(bench.payments.replace("### Create Charge", "### Make Charge"))
        while not (told := await editor.findings_of(case.as_uri())):
            pass
        assert {each.data for each in told} == {"unknown-endpoint"}

    play(bench, story)


def test_typing_fast_is_answered_and_ends_in_the_right_findings(bench: Bench) -> None:
    """A line typed key by key, with hover and completion asked at each: all are answered, and the last text counts."""
    line = "  retry_budgt: 10%"

    async def story(editor: Editor) -> None:
        editor.open()
        few = len(await editor.findings())
        asked = []
        for end in range(1, len(line) + 1):
            editor.type(bench.payments.replace("  jitter: true\n", f"  jitter: true\n{line[:end]}\n", 1))
            place = types.Position(66, end)
            asked.append(editor.client.text_document_completion_async(types.CompletionParams(editor.document, place)))
            asked.append(editor.client.text_document_hover_async(types.HoverParams(editor.document, place)))
        await asyncio.wait_for(asyncio.gather(*asked), PATIENCE_S)
        told = await editor.findings()
        while "`retry_budgt`" not in "".join(each.message for each in told):
            assert len(told) < few + 15
            told = await editor.findings()
        assert editor.told.empty()

    play(bench, story)


@pytest.mark.parametrize(("message", "status"), [(b"", 0), (b'{"jsonrpc": "2.0", "method": "exit"}', 1)])
def test_how_it_ends(bench: Bench, message: bytes, status: int) -> None:
    """Leaving without a word before ends with 1, as the protocol has it; an end of input is an editor that is gone."""
    framed = b"Content-Length: %d\r\n\r\n%s" % (len(message), message) if message else b""
    done = subprocess.run(
        [sys.executable, "-m", "intertie", "lsp"], cwd=bench.root, env=environ(), input=framed, capture_output=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (status, b"")
    assert b"Traceback" not in done.stderr


def test_what_others_print_does_not_reach_the_editor(bench: Bench) -> None:
    """A library that prints while a request is answered prints on standard error."""
    program = (
        "import os, sys; from intertie.lsp import server; from intertie.cli.main import run\n"
        "def loud(page, line, column): print('LOUD', flush=True); os.write(1, b'LOUD'); return None\n"
        "server.hover = loud\n"
        "sys.exit(run(['lsp']))"
    )

    async def story(editor: Editor) -> None:
        editor.open()
        place = types.HoverParams(editor.document, types.Position(3, 3))
        assert await editor.client.text_document_hover_async(place) is None
        await editor.findings()
        assert editor.logged.empty()

    play(bench, story, command=[sys.executable, "-c", program])
