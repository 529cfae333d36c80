"""Checking many files with several processes."""

from __future__ import annotations

from intertie.cli import many_files
from intertie.compiler import Settings
from intertie.lint.checking import Checker, check_paths
from intertie.spec.workspace import Workspace
from support.rule_examples import BASE, TODAY


def test_several_processes_find_what_one_finds(tmp_path, monkeypatch):
    """Shared out among processes, a check has the same findings in the same order, an id given twice included."""
    monkeypatch.setattr(many_files, "FEW", 4)
    monkeypatch.setattr(many_files.os, "cpu_count", lambda: 2)
    (tmp_path / "intertie.toml").write_text("")
    files = []
    for number in range(8):
        path = tmp_path / f"spec{number}.md"
        text = BASE.replace("INT-900", f"INT-{100 + number // 2}").replace("read: 2000", f"read: {2000 * (number + 1)}")
        path.write_text(text)
        files.append(path)
    workspace = Workspace(tmp_path)
    settings = Settings(workspace.root)
    alone = check_paths(files, workspace, settings, today=TODAY)
    assert many_files.check_all(Checker(files, workspace, settings, today=TODAY), files) == alone
    assert many_files.check_all(Checker(files, workspace, settings, today=TODAY), files, jobs=1) == alone
    assert many_files.check_all(Checker(files, workspace, settings, today=TODAY), files[:3], jobs=8) == check_paths(
        files[:3], workspace, settings, today=TODAY
    )
    assert sum(found.name == "duplicate-id" for found in alone.diagnostics) == 8
