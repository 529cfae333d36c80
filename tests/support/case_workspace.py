"""A copy of the workspace in `tests/data/cases`, in which one case at a time is made wrong."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from intertie.compiler import load_settings
from intertie.diagnostics import Diagnostic
from intertie.lint.checking import Checker, CheckResult, check_paths
from intertie.lint.fixing import FixedFile, fix_file
from intertie.spec.workspace import Workspace

GOOD = Path(__file__).parents[1] / "data" / "cases"
TODAY = date(2026, 11, 25)


class CaseWorkspace:
    """The good workspace, copied into `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(GOOD, root, dirs_exist_ok=True)

    def change(self, name: str, old: str, new: str) -> int:
        """Write `new` for `old` in a file; return the line on which it begins."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert text.count(old) >= 1, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def check(self, *names: str) -> CheckResult:
        """Check files, else every case."""
        workspace = Workspace(self.root)
        paths = [self.root / name for name in names] or list(workspace.case_files())
        settings = load_settings(workspace.root, config=None, environ={}, flags={})
        return check_paths(paths, workspace, settings, today=TODAY)

    def found(self, *names: str) -> tuple[Diagnostic, ...]:
        """Return the findings of files, else of every case."""
        return self.check(*names).diagnostics

    def fixed(self, name: str, *, unsafe: bool = False) -> FixedFile:
        """Return a file with its fixes applied."""
        workspace = Workspace(self.root)
        path = self.root / name
        settings = load_settings(workspace.root, config=None, environ={}, flags={})
        return fix_file(path, Checker([path], workspace, settings, today=TODAY), unsafe=unsafe)
