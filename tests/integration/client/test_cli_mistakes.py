"""What people get wrong on a command line: each is one clear message and an exit status, never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.pace import PATIENCE_S

CALL = ("call", "INT-001", "get_charge", "charge_id=1", "--base-url", "http://127.0.0.1:1")

MISTAKES = [
    # what is typed, exit status, what the message says
    (("cal", "INT-001"), 2, "there is no command `cal`. Did you mean `call`?"),
    (("zzz",), 2, "there is no command `zzz`"),
    (("call",), 2, "Missing argument 'SPEC'"),
    (("call", "INT-001"), 2, "Missing argument 'OPERATION'"),
    (("call", "INT-002", "get_charge"), 2, "there is no spec `INT-002`"),
    (("call", "specs/tset.md", "get_charge"), 2, "there is no file specs/tset.md"),
    (("call", "INT-001", "get_chrage"), 2, "did you mean get_charge?"),
    (("call", "INT-001", "get_charge", "--env", "sandbx"), 2, "sandbx"),
    (("call", "INT-001", "get_charge", "--base-url", "not a url"), 2, "not a url"),
    (("call", "INT-001", "get_charge", "--base-url", "ftp://host"), 2, "ftp://host"),
    (("call", "INT-001", "get_charge", "--base-url", "http://127.0.0.1:99999"), 2, "99999"),
    (("call", "INT-001", "get_charge", "charge_id"), 2, "`charge_id` is not NAME=VALUE"),
    (("call", "INT-001", "get_charge", "=x"), 2, "`=x` is not NAME=VALUE"),
    (("call", "INT-001", "get_charge", ":=1"), 2, "`:=1` is not NAME=VALUE"),
    (("call", "INT-001", "get_charge", "charge_id:={oops"), 2, "the value of `charge_id` is not JSON"),
    (("call", "INT-001", "get_charge", "a=1", "a.b=2"), 2, "`a` already has a value"),
    (("call", "INT-001", "get_charge", "charge_id=@missing.bin"), 2, "can't read missing.bin"),
    (("call", "INT-001", "get_charge", "charge_id=@specs"), 2, "can't read specs"),
    (("call", "INT-001", "get_charge", "--input", "{"), 2, "--input is not JSON"),
    (("call", "INT-001", "get_charge", "--input", "[1]"), 2, "--input must be a JSON object"),
    (("call", "INT-001", "get_charge", "--input", "@missing.json"), 2, "can't read missing.json"),
    (("call", "INT-001", "get_charge", "--input", "@binary.md"), 2, "binary.md"),
    (("call", "INT-001", "get_charge", "--format", "yaml"), 2, "'yaml' is not one of"),
    (("call", "INT-001", "get_charge", "--no-such-option"), 2, "No such option"),
    (("call", "INT-001", "get_charge", "--input", "-"), 2, "stdin is not UTF-8 text"),
    (("call", "INT-001", "get_charge", "charge_id=\udcff"), 1, "charge_id"),
    (("call", "INT-001", "get_charge", "charge_id:=\udcff"), 2, "charge_id"),
    (("call", "INT-001", "get_charge", "--input", '{"charge_id": "\udcff"}'), 2, "--input"),
    (("call", "INT-001", "add_note", "text=\udcff"), 1, "the input can't be written as application/json"),
    (("call", "INT-001", "add_note", "x\udcff=1"), 1, "holds half of a character, which UTF-8 can't write"),
    (("call", "INT-001", "create_charge", "amount=1", "currency=EUR", "--idempotency-key", "\udcff"), 1, "dempotency"),
    (("call", "INT-001", "create_charge", "amount=1", "currency=EUR", "--idempotency-key", "a\nb"), 1, "dempotency"),
    (("call", "INT-001", "get_charge"), 1, "charge_id"),
    (("call", "INT-001", "add_note", "text=x", "--idempotency-key", "k"), 2, "declares no idempotency key header"),
    (("call", "specs", "get_charge"), 2, "specs"),
    (("call", "binary.md", "get_charge"), 1, "binary.md"),
    (("call", "empty.md", "get_charge"), 1, "empty.md"),
    (("--workspace", "nowhere", "status"), 2, "nowhere"),
    (("--workspace", "intertie.toml", "status"), 2, "intertie.toml"),
    (("--config", "nowhere.toml", "status"), 2, "nowhere.toml"),
    (("--config", "broken.toml", "status"), 2, "broken.toml"),
    (("--config", "store.toml", "status"), 2, "oracle"),
    (("report",), 2, "Usage"),
    (("report", "cost", "--month", "November"), 2, "--month November is not a month"),
    (("report", "cost", "INT-9"), 2, "there is no spec `INT-9`"),
    (("queue", "drop"), 2, "Missing argument 'RECEIPT'"),
    (("queue", "drop", "nope"), 1, "there is no queued call nope to delete"),
    (("queue", "replay", "--limit", "0"), 2, "0"),
    (("queue", "replay", "--receipt", "nope"), 2, "there is no queued call nope"),
    (("queue", "list", "INT-9"), 2, "there is no spec `INT-9`"),
    (("status", "INT-9"), 2, "there is no spec `INT-9`"),
    (("breaker", "shut", "INT-001"), 2, "'shut' is not one of"),
    (("breaker", "open", "INT-001", "--env", "nope"), 2, "nope"),
    (("limiter", "pause", "INT-001", "--for", "soon"), 2, "--for soon is not a duration"),
    (("limiter", "pause", "INT-001", "--for", "-5"), 2, "-5"),
    (("budget", "reconcile", "INT-9"), 2, "there is no spec `INT-9`"),
    (("mock", "INT-001", "--port", "70000"), 2, "70000"),
    (("mock", "INT-9"), 2, "there is no spec `INT-9`"),
    (("plan", "INT-001", "get_chrage"), 2, "get_charge"),
]


@pytest.fixture
def litter(shell, monkeypatch):
    """Files that people point a command at by mistake, and a stdin that is no text."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe{}"), encoding="utf-8"))
    root = shell.root
    (root / "binary.md").write_bytes(bytes(range(256)))
    (root / "empty.md").write_text("")
    (root / "broken.toml").write_text('state = "memory://\n')
    (root / "store.toml").write_text('state = "oracle://host"\n')
    return shell


@pytest.mark.parametrize(
    ("typed", "status", "message"), MISTAKES, ids=[ascii(" ".join(typed)) for typed, _, _ in MISTAKES]
)
def test_a_mistake_is_one_clear_message(litter, typed, status, message):
    """It names what is wrong, on stderr; stdout stays empty for whoever reads it."""
    said = litter(*typed)
    assert message in said.err, said.err
    assert (said.status, said.out) == (status, ""), said.err
    assert len(said.err) < 3000


def test_a_port_that_is_taken_is_told_by_the_mock(shell):
    """The address that can't be had is named; nothing is served."""
    port = shell.server.url.rpartition(":")[2]
    said = shell("mock", "INT-001", "--port", port)
    assert said.status in {1, 2}
    assert port in said.err
    assert "in use" in said.err.lower()


def test_a_broken_configuration_names_its_file_and_line(shell):
    """Every command says where in intertie.toml it is broken."""
    (shell.root / "intertie.toml").write_text('environment = "x"\n[defaults\n')
    for typed in (CALL, ("status",), ("queue", "list"), ("report", "cost"), ("plan", "INT-001")):
        said = shell(*typed)
        assert (said.status, said.out) == (2, ""), typed
        assert "intertie.toml" in said.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_warns_and_goes_on(shell):
    """Where calls may go without their journal, state and journal are kept in memory, and that is said."""
    (shell.root / "intertie.toml").write_text('store_down = "allow"\n')
    shell.root.chmod(0o500)
    try:
        said = shell.call("get_charge", "charge_id=1")
    finally:
        shell.root.chmod(0o700)
    assert said.status == 0
    assert said.err.count("memory") == 2


def test_a_hard_stop_without_its_journal_is_refused_and_said(shell):
    """Where `.intertie` is a file, a budget with a hard stop has nothing that keeps it: nothing is called."""
    (shell.root / ".intertie").write_text("in the way")
    said = shell.call("get_charge", "charge_id=1")
    assert (said.status, said.out) == (1, "")
    assert "`hard_stop`" in said.err
    assert ".intertie" in said.err
    assert 'store_down = "allow"' in said.err


def test_state_that_can_not_be_kept_is_kept_in_memory_and_said(shell):
    """Where calls may go without their journal, they do; the warning says so, in text and in JSON."""
    (shell.root / ".intertie").write_text("in the way")
    (shell.root / "intertie.toml").write_text('store_down = "allow"\n')
    said = shell.call("get_charge", "charge_id=1")
    assert said.status == 0
    assert "warning: " in said.err
    assert "state is kept in memory, shared with nobody" in said.err
    assert "the journal is kept in memory and is lost at exit" in said.err
    document = shell.call("get_charge", "charge_id=1", "--format", "json").json
    assert len(document["warnings"]) == 2


def test_commands_that_need_the_journal_say_when_there_is_none(shell):
    """Without a place to keep it, there is nothing to list; the message says which file and why."""
    (shell.root / ".intertie").write_text("in the way")
    for typed in (("queue", "list"), ("report", "cost"), ("budget", "reconcile"), ("queue", "drop", "x")):
        said = shell(*typed)
        assert (said.status, said.out) == (1, ""), typed
        assert ".intertie" in said.err


def test_a_file_that_is_no_database_is_told_as_such(shell):
    """A state file that something else wrote is not a bug of ours."""
    folder = shell.root / ".intertie"
    folder.mkdir()
    for name in ("state.db", "journal.db"):
        (folder / name).write_bytes(b"this is no database at all, but longer than a header " * 40)
    said = shell.call("get_charge", "charge_id=1")
    assert said.status in {0, 1}
    assert ".db" in said.err
    assert shell("queue", "list").status == 1


def test_a_secret_never_shows_in_any_message(shell, monkeypatch):
    """Also not when it can't be used at all."""
    monkeypatch.setenv("TEST_API_KEY", "se\ncret-with-a-line-break")
    for extra in ((), ("--explain",), ("--format", "json", "--explain")):
        said = shell.call("get_charge", "charge_id=1", *extra)
        assert "cret-with-a-line-break" not in said.out + said.err
        assert said.status == 1


def test_a_misspelt_setting_is_found_by_check(shell):
    """A key that nothing reads is never dropped in silence."""
    (shell.root / "intertie.toml").write_text('sate = "memory://"\n')
    said = shell("check", "--format", "concise")
    assert "intertie.toml:1:1: warning TIE068 unknown setting `sate`" in said.out


REAL = [
    (["call", b"\xff", "get_charge"], 2, "there is no spec"),
    (["call", "INT-001", b"\xff", "--base-url", b"http://\xff"], 2, "\\udcff"),
    (["call", "INT-001", "get_chrage"], 2, "did you mean get_charge?"),
    (["--version"], 0, ""),
]


@pytest.mark.parametrize(("typed", "status", "message"), REAL, ids=["no text", "no text at all", "mistake", "version"])
def test_the_installed_command_does_the_same(shell, typed, status, message):
    """As a process of its own: exit status and message are those of `run`."""
    command = [str(Path(sys.executable).with_name("intertie")), *typed]
    done = subprocess.run(command, cwd=shell.root, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, message in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(shell):
    """`intertie rule | head -1` ends quietly."""
    command = f"{Path(sys.executable).with_name('intertie')} rule | head -1"
    done = subprocess.run(
        command, shell=True, cwd=shell.root, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
