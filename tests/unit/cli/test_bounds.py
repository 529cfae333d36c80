"""`intertie check` says as much as a person reads, and looks at as much as was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.cli import spec_files
from intertie.cli.main import run
from support.spec_text import FRONT_MATTER, section

SPEC = (
    FRONT_MATTER
    + section("Service Configuration", "service: {name: test, base_url: https://a.example}\ntimeouts: {total: 5s}")
    + section("API Endpoints\n### Ping", "endpoint: {path: /ping, method: GET}\nresponse: {success: {status: 204}}")
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines_of(copies: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    for number in range(copies):
        Path(f"s{number:03}.md").write_text(SPEC)
    assert run(["check", "."]) == 1
    return capsys.readouterr().out.splitlines()


def test_copies_of_one_spec_make_one_finding(capsys):
    """What stands in each of a hundred files is shown once, with how often it is there; nothing grows with them."""
    few, many = lines_of(50, capsys), lines_of(100, capsys)
    assert len(many) == len(few)
    assert sum("TIE105" in line for line in many) == 2
    assert "99 more in 100 files; `--format concise` lists them" in " ".join(" ".join(many).split())


def test_each_line_stays_short(capsys):
    """A finding on an id that a hundred specs have names three of them and counts the rest."""
    for number in range(100):
        Path(f"s{number:03}.md").write_text(SPEC)
    run(["check", ".", "--format", "concise"])
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == 100
    assert "96 other specs" in shown[0]
    assert max(map(len, shown)) < 300


def test_few_findings_of_a_kind_are_all_shown(capsys):
    """Up to twenty files are shown one by one."""
    lines = lines_of(20, capsys)
    assert sum(line.startswith("error[TIE105]") for line in lines) == 20


def test_outside_a_workspace_the_nearest_files_are_looked_at(folder, capsys, monkeypatch):
    """Without a path and a workspace there is a bound, and `check` says that it met it; with either there is none."""
    monkeypatch.setattr(spec_files, "MOST_FILES", 10)
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    for number in range(30):
        (deep / f"{number}.txt").write_text("")
    (folder / "z.md").write_text(SPEC)
    (deep / "later.md").write_text(SPEC.replace("INT-001", "INT-002"))
    assert run(["check", "--format", "concise"]) == 0
    assert "files below" in capsys.readouterr().err
    assert run(["check", "--format", "concise", "."]) == 0
    said = capsys.readouterr().err
    assert ("files below" in said, "in 2 files" in said) == (False, True)
    (folder / "intertie.toml").write_text("")
    assert run(["check", "--format", "concise"]) == 0
    said = capsys.readouterr().err
    assert ("files below" in said, "in 2 files" in said) == (False, True)
