"""Type checkers over a folder of files: what each of them says of which line."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.real_servers import NPM_FOLDER, ROOT

_MYPY_RE = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+): error: (?P<text>.*)$", re.MULTILINE)

Found = set[tuple[str, int, str]]
"""File name, line, what is wrong."""


def mypy_errors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    """Return what mypy in strict mode finds in the Python files of a folder, seen from there."""
    api = pytest.importorskip("mypy.api", reason="mypy is not installed: `make test` installs it")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    files = sorted(path.name for path in folder.glob("*.py"))
    options = ["--strict", "--no-color-output", "--no-error-summary", "--hide-error-context", "--python-version=3.11"]
    out, err, status = api.run([*options, "--config-file=", "--cache-dir", str(folder / "cache"), *files])
    assert status in (0, 1), err
    assert not err
    return {(found["file"], int(found["line"]), found["text"]) for found in _MYPY_RE.finditer(out)}


def pyright_errors(folder: Path) -> Found:
    """Return what pyright in strict mode finds in the Python files of a folder."""
    program = NPM_FOLDER / "node_modules" / ".bin" / "pyright"
    if not program.exists() or shutil.which("node") is None:
        pytest.skip("pyright is not installed: `make test` installs it where node and npm are")
    # Only what is generated, and what uses it: the rest of the project is mypy's.
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": [str(ROOT / "src")]}
    (folder / "pyrightconfig.json").write_text(json.dumps({"include": ["*.py"], **settings}))
    command = [str(program), "--outputjson", "-p", str(folder), "--pythonpath", sys.executable]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    said = json.loads(ran.stdout)
    assert said["summary"]["filesAnalyzed"] > 0
    return {
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1, each["message"])
        for each in said["generalDiagnostics"]
    }


def lines_marked(path: Path, mark: str) -> set[tuple[str, int]]:
    """Return the lines of a file that have a mark in a comment."""
    lines = path.read_text("utf-8").splitlines()
    return {(path.name, number) for number, line in enumerate(lines, 1) if f"# {mark}" in line}
