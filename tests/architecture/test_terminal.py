"""What a person sees: every command fits eighty columns, colours terminals alone, and counts in good English."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import click
import pytest

from intertie.cli.main import COMMANDS, cli, run
from intertie.core.columns import columns_of
from intertie.lint.registry import RULES
from intertie.mockserver import MockServer
from support.real_servers import ROOT

WIDTH = 80
SPECS = ("payments.md", "tasks.md", "httpbin.md")
ESCAPE = "\x1b"
ONE_OF_MANY_RE = re.compile(r"\b1 ([a-z]+s)\b")
NO_PLURALS = {"is", "was", "has", "does", "miss", "success", "pass", "access", "address", "class", "as", "ms", "s"}
"""Words that may follow `1` and end in `s`."""


def every_command() -> Iterator[tuple[str, ...]]:
    """Yield the words of each command and group, the root included."""

    def below(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None:
                    yield from below(inner, (*words, name))

    yield from below(cli, ())


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return {**kept, "HOME": str(folder), "STRIPE_API_KEY": "sk_test_for_the_mock", "TERM": "xterm-256color", **more}


class Terminal(io.StringIO):
    """A stream that says that it is a terminal; its width is `COLUMNS`."""

    def isatty(self) -> bool:
        return True


def intertie(folder: Path, *arguments: str, terminal: bool = False, **more: str) -> str:
    """Return what a command prints, both streams through pipes or on a terminal; a bug of ours fails the test."""
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            patch.delenv(name, raising=False)
        for name, value in environment(folder, **more).items():
            patch.setenv(name, value)
        status = run(list(arguments))
    assert status in (0, 1, 2), err.getvalue()
    return out.getvalue() + err.getvalue()


def on_terminal(folder: Path, *arguments: str, **more: str) -> str:
    """Return what a command prints on a terminal."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "intertie", *arguments]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder, COLUMNS=str(WIDTH), **more),
        stdin=child,
        stdout=child,
        stderr=child,
    ) as process:
        os.close(child)
        printed = b""
        while select.select([parent], [], [], 60)[0]:
            try:
                piece = os.read(parent, 65536)
            except OSError:  # Linux says so when the last writer has gone
                break
            if not piece:
                break
            printed += piece
        os.close(parent)
        assert process.wait(60) in (0, 1, 2), printed
    return printed.decode()


def shop(folder: Path) -> Path:
    """Return a copy of the examples, with a call that succeeded, one that failed, and one that waits in the queue."""
    copy = folder / "shop"
    shutil.copytree(ROOT / "examples", copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".intertie"))
    return copy


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A workspace that was used, and what its calls printed."""
    folder = shop(tmp_path_factory.mktemp("terminal"))
    charge = ("amount=12.50", "currency=EUR", "card_token=tok_visa", "order_id=o-1")
    printed = []

    def call(*arguments: str) -> None:
        printed.append(intertie(folder, "call", "specs/payments.md", *arguments, COLUMNS=str(WIDTH), terminal=True))

    with MockServer(folder / "specs/payments.md", latency=False, seed=7) as url:
        to = ("--base-url", url)
        call("create_charge", *charge, *to)
        call("create_charge", *charge, *to, "--explain")
        call("get_charge", "charge_id=ch_nobody", *to)
    nowhere = ("--base-url", "http://127.0.0.1:1", "--explain")
    call("create_charge", *charge, *nowhere)
    call("get_charge", "charge_id=ch_1", *nowhere)
    call("get_charge")
    call("get_chrage")
    return folder, printed


def commands() -> list[tuple[str, ...]]:
    """Return the command lines whose text must fit."""
    lines: list[tuple[str, ...]] = [
        ("status",), ("report", "cost"), ("report", "calls"), ("queue", "list"), ("queue", "list", "--all"), ("check",),
        ("check", "--score"), ("check", "nothing.md"), ("rule",), ("rule", "nothing"), ("fmt", "--check"), ("pln",),
        ("limiter", "pause", "INT-001", "--for", "1s"), ("limiter", "resume", "INT-001"), ("call",),
        ("breaker", "open", "INT-001"), ("breaker", "auto", "INT-001"), ("budget", "reconcile"),
    ]  # fmt: skip
    lines += [("plan", f"specs/{spec}") for spec in SPECS]
    lines += [("check", f"specs/{spec}") for spec in SPECS]
    return lines


def assert_fits(text: str, what: object, width: int = WIDTH) -> None:
    wide = [line for line in text.splitlines() if columns_of(line) > width]
    assert not wide, f"{what}: {wide}"


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_every_help_fits(words: tuple[str, ...], tmp_path: Path) -> None:
    """`--help` of every command fits eighty columns, and holds no escape code off a terminal."""
    text = intertie(tmp_path, *words, "--help", COLUMNS=str(WIDTH))
    assert text.startswith("Usage: intertie")
    assert_fits(text, words)
    assert ESCAPE not in text


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_text_fits(command: tuple[str, ...], used: tuple[Path, list[str]]) -> None:
    """What commands print of the examples fits eighty columns and forty-five, without escape codes off a terminal."""
    for width in (WIDTH, 45):
        text = intertie(used[0], *command, COLUMNS=str(width), terminal=True)
        assert_fits(click.unstyle(text), command, width)
        assert text.strip()
    assert ESCAPE not in intertie(used[0], *command, COLUMNS=str(WIDTH))


def test_unknown_widths_are_eighty(used: tuple[Path, list[str]]) -> None:
    """A pipe has no width: what is laid out fits eighty columns there too."""
    for spec in SPECS:
        assert_fits(intertie(used[0], "plan", f"specs/{spec}"), spec)


def test_calls_fit(used: tuple[Path, list[str]]) -> None:
    """What a call prints fits: its data, its timeline, its failure, and what was wrong with its input."""
    for text in used[1]:
        assert_fits(click.unstyle(text), text)


def test_every_rule_fits(tmp_path: Path) -> None:
    """The page of every rule fits."""
    for rule in RULES:
        assert_fits(intertie(tmp_path, "rule", rule.code, COLUMNS=str(WIDTH)), rule.code)


def test_a_terminal_is_coloured(used: tuple[Path, list[str]]) -> None:
    """Text on a terminal has colour and fits; `NO_COLOR` and `--no-color` take the colour away."""
    plan = ("plan", "specs/payments.md")
    coloured = on_terminal(used[0], *plan)
    assert f"{ESCAPE}[" in coloured
    assert_fits(click.unstyle(coloured), plan)
    assert ESCAPE not in on_terminal(used[0], *plan, NO_COLOR="1")
    assert ESCAPE not in on_terminal(used[0], "--no-color", *plan)


@pytest.mark.parametrize(
    "command",
    [
        ("--help",), ("queue", "list", "--help"), ("plan", "specs/payments.md"), ("check", "specs/payments.md"),
        ("status",), ("rule",), ("report", "calls"), ("report", "cost"), ("queue", "list"), ("check", "nothing.md"),
        ("call", "specs/payments.md", "get_charge", "charge_id=ch_1", "--base-url", "http://127.0.0.1:1", "--explain"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_text_has_colour(command: tuple[str, ...], used: tuple[Path, list[str]]) -> None:
    """On a terminal each command has colour, and it takes no column."""
    coloured = intertie(used[0], *command, COLUMNS=str(WIDTH), terminal=True)
    assert f"{ESCAPE}[" in coloured
    assert_fits(click.unstyle(coloured), command)
    assert click.unstyle(coloured).count("\x1b") == 0


def test_colour_can_be_asked_for(used: tuple[Path, list[str]]) -> None:
    """`FORCE_COLOR` colours a pipe; `NO_COLOR` is stronger."""
    assert ESCAPE in intertie(used[0], "plan", "specs/tasks.md", FORCE_COLOR="1")
    assert ESCAPE not in intertie(used[0], "plan", "specs/tasks.md", FORCE_COLOR="1", NO_COLOR="1")


def test_paths_are_seen_from_here(used: tuple[Path, list[str]]) -> None:
    """Findings, formats and errors name a file as it is seen from the folder that the person stands in."""
    folder = used[0]
    for form in ("full", "concise"):
        assert "specs/tasks.md:" in intertie(folder, "check", "specs/tasks.md", "--format", form)
        inside = intertie(folder / "specs", "check", "tasks.md", "--format", form)
        assert "tasks.md:" in inside
        assert "specs/tasks.md:" not in inside
        beside = intertie(folder / "test-cases", "check", "../specs/tasks.md", "--format", form)
        assert "../specs/tasks.md:" in beside
        assert "shop/specs/tasks.md:" in intertie(folder.parent, "check", "shop/specs/tasks.md", "--format", form)
    assert "  spec         tasks.md\n" in intertie(folder / "specs", "plan", "tasks.md")
    broken = (folder / "specs/tasks.md").read_text().replace("total: 6000", "total: soon")
    (folder / "specs/broken.md").write_text(broken.replace("INT-003", "INT-099"))
    try:
        told = intertie(folder / "specs", "plan", "broken.md")
        assert "--> broken.md:" in told
    finally:
        (folder / "specs/broken.md").unlink()


def test_one_is_singular(used: tuple[Path, list[str]]) -> None:
    """No output, golden file or scenario says `1 attempts`."""
    texts = {" ".join(command): intertie(used[0], *command) for command in commands()}
    texts |= {f"call {number}": click.unstyle(text) for number, text in enumerate(used[1])}
    for pattern in ("golden/**/*.txt", "golden/**/*.md", "scenarios/**/*.txt"):
        texts |= {str(path): path.read_text() for path in (ROOT / "tests").glob(pattern)}
    for name, text in texts.items():
        wrong = [word for word in ONE_OF_MANY_RE.findall(text) if word not in NO_PLURALS]
        assert not wrong, f"{name}: {wrong}"


def test_the_walk_meets_every_command() -> None:
    """The help of all commands is tested: none is left out of the walk."""
    assert {words[0] for words in every_command() if words} == set(COMMANDS)
