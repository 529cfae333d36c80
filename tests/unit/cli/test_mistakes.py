"""Command lines that can't be right: one message, wrong usage or a failure, never a bug."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from intertie.cli.main import run
from support.spec_text import FRONT_MATTER, section

LONG = "a" * 5000
SPEC = (
    FRONT_MATTER
    + section("Service Configuration", "service: {base_url: https://a.example}")
    + section("Circuit Breaker", "circuit_breaker: {failure_threshold: 5}")
    + section("API Endpoints\n### List Things", "endpoint: {path: /a, method: GET}")
)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one spec and one document of another type."""
    (tmp_path / "intertie.toml").write_text('state = "memory://"\njournal = "memory://"\n')
    (tmp_path / "a.md").write_text(SPEC)
    (tmp_path / "data.md").write_text("---\nid: DATA-001\ntype: Data\n---\n# Data\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["check", LONG], 1, "File name too long"),
        (["plan", LONG], 1, "File name too long"),
        (["init", LONG], 1, "File name too long"),
        (["new", LONG], 1, "File name too long"),
        (["new", "a\x07b"], 2, "can't contain control characters"),
        (["plan", "data.md"], 2, "data.md is of type Data: only integration specs can be called"),
        (["mock", "data.md"], 2, "of type Data"),
        (["mock", "a.md", "a.md", "--port", "65535"], 2, "would get port 65536; the last one is 65535"),
        (["mock", "a.md", "--host", "999.1.1.1", "--port", "0"], 1, "Name or service not known"),
        (["breaker", "open", "a.md", "--operation", "list_things"], 2, "one for all operations: leave out --operation"),
        (["limiter", "pause", "a.md", "--for", "9999999d"], 2, "longer than 31 d, the longest pause"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_message(capsys, arguments: list[str], status: int, said: str):
    """The message says what is wrong with what; it is short, whatever was given."""
    assert run(arguments) == status
    out = capsys.readouterr()
    assert out.out == ""
    assert said in out.err
    assert out.err.startswith("Error: ")
    assert len(out.err) < 300


@pytest.mark.parametrize(
    ("redirection", "status", "said"), [("> /dev/full", 1, "Error: can't write the output"), (">&-", 0, "")]
)
def test_output_that_goes_nowhere(redirection: str, status: int, said: str):
    """A full disk is told, a closed stdout is the caller's wish; neither is a bug."""
    line = f"{sys.executable} -m intertie check --format json a.md {redirection}"
    told = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert told.returncode == status, told.stderr
    assert told.stderr.startswith(said)
    assert "bug" not in told.stderr
    assert "Exception" not in told.stderr
