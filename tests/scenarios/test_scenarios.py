"""Runs the `.txt` files below this folder: files, commands, and what they print.

The first line is the sentence that the scenario proves. Then parts, each begun by a line `=== KIND ARGUMENT`:

    file PATH       write the text into the folder of the scenario
    hex PATH        write the bytes
    run ARGUMENTS   run `intertie ARGUMENTS` there
    stdout, stderr  what the last run printed, exactly; a line `[...]` stands for any number of lines
    status N        its exit status (0 where it is not said)
    holds PATH      the file has these lines in a row
    gone PATH       there is no such file
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from intertie.cli.main import run

FOLDER = Path(__file__).parent
SCENARIOS = sorted(FOLDER.rglob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
def test_scenario(path: Path, tmp_path, monkeypatch, capsys):
    """A scenario's commands print and return what it says."""
    monkeypatch.chdir(tmp_path)
    for name in ("INTERTIE_ENVIRONMENT", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    parts = re.split(r"^=== (.*)\n", path.read_text(), flags=re.MULTILINE)
    assert parts[0].strip().endswith("."), "the first line is the sentence it proves"
    printed, status, judged = {"stdout": "", "stderr": ""}, 0, True
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        kind, _, argument = head.partition(" ")
        if kind == "run":
            assert judged, f"unexpected exit status {status}: {printed}"
            capsys.readouterr()
            status = run(shlex.split(argument))
            out = capsys.readouterr()
            printed = {"stdout": out.out, "stderr": out.err}
            judged = status == 0
        elif kind == "status":
            assert status == int(argument), printed
            judged = True
        elif kind in printed:
            assert _matches(printed[kind], body), f"{kind}:\n{printed[kind]}\n(stderr: {printed['stderr']})"
        elif kind in ("file", "hex"):
            target = tmp_path / argument
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bytes.fromhex(body) if kind == "hex" else body.encode())
        elif kind == "holds":
            assert body in (tmp_path / argument).read_text(), (tmp_path / argument).read_text()
        elif kind == "gone":
            assert not (tmp_path / argument).exists()
        else:
            pytest.fail(f"unknown part `{head}`")
    assert judged, f"unexpected exit status {status}: {printed}"


def _matches(printed: str, wanted: str) -> bool:
    pattern = re.escape(wanted).replace(re.escape("[...]\n"), r"(?:.*\n)*?").replace(re.escape("[...]"), ".*")
    return re.fullmatch(pattern, printed) is not None
