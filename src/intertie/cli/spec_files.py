"""Which specs and cases a command is about: files, folders and ids as people name them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from intertie.cli.common import say
from intertie.cli.context import CliContext
from intertie.compiler.settings import FILE_NAME
from intertie.core.errors import UsageError
from intertie.lint.cases.judging import is_judged_as_case
from intertie.lint.ids import misspelt_specs, other_type
from intertie.spec.workspace import Workspace, find_workspace

MOST_FILES = 20_000
"""Files of whatever kind that are looked at where neither a path nor a workspace says which are meant."""
_CASE_ID_RE = re.compile(r"(?:TC|SC|PC)-\d+\Z")


def workspace_of(context: CliContext, paths: tuple[str, ...]) -> Workspace:
    """Return the one workspace that all paths belong to; files of no workspace share their common folder.

    Raises:
        UsageError: They belong to several.
    """
    if context.workspace is not None:
        return Workspace(context.workspace)
    found = {find_workspace(Path(path)).root: path for path in paths if Path(path).exists()}
    if not paths:
        here = find_workspace(Path.cwd())
        return here if (here.root / FILE_NAME).is_file() else Workspace(here.root, most=MOST_FILES)
    if len(found) < 2:
        return Workspace(next(iter(found), None) or find_workspace(Path.cwd()).root)
    declared = [root for root in found if (root / FILE_NAME).is_file()]
    common = Path(os.path.commonpath(declared[:1] or found))
    if len(declared) > 1 or common == Path(common.anchor) or not all(root.is_relative_to(common) for root in found):
        first, second = list(found.values())[:2]
        raise UsageError(
            f"{first} and {second} belong to different workspaces: check them one by one, or pass --workspace"
        )
    return Workspace(common)


def spec_files(paths: tuple[str, ...], workspace: Workspace, *, cases: bool = False) -> list[Path]:
    """Return the specs that paths name: files, what is in folders, ids; all of the workspace where there are none.

    Args:
        paths: As people name them.
        workspace: Theirs.
        cases: Whether case files are meant too, by the same names.

    Raises:
        UsageError: A path names none.
    """
    if not paths:
        found = _files_in(workspace.root, workspace, cases=cases)
        if workspace.ended_early:
            say(_ENDED_EARLY.format(workspace.root))
        return found
    files: list[Path] = []
    others: list[str] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            files += _files_in(path, workspace, cases=cases)
        elif path.exists() and is_judged_as_case(path):
            if cases:
                files.append(path)
            else:
                others.append(f"{text} is a case")
        elif path.exists():
            kind = other_type(path)
            if kind is None:
                files.append(path)
            else:
                others.append(f"{text} is of type {kind}")
        elif (by_id := workspace.find_by_id(text)) is not None:
            files.append(by_id)
        elif cases and _CASE_ID_RE.match(text) and (case := workspace.find_case(text)) is not None:
            files.append(case)
        else:
            raise UsageError(f"there is no file, folder{', case' if cases else ''} or spec `{text}`")
    if others and not files:
        raise UsageError(f"{', '.join(others)}: only integration specs{' and their cases' if cases else ''} are read")
    for other in others:
        say(f"{other}: not read")
    return list({path.resolve(): path for path in files}.values())


_ENDED_EARLY = (
    f"only {MOST_FILES:,} files below {{}} were looked at, the nearest ones: name a path, or put an {FILE_NAME} where "
    "the workspace begins"
)


def _files_in(folder: Path, workspace: Workspace, *, cases: bool) -> list[Path]:
    inside = folder.resolve()
    known = [*workspace.spec_files(), *misspelt_specs(workspace.markdown_files())]
    files = [path for path in known if path.resolve().is_relative_to(inside)]
    if cases:
        files += [path for path in workspace.case_files() if path.resolve().is_relative_to(inside)]
    if not files and workspace.ended_early:
        raise UsageError(_ENDED_EARLY.format(workspace.root) + "; there is no spec among them")
    if not files:
        raise UsageError(
            f"{folder.resolve()} has no specs: no Markdown file there says `type: Integration`; "
            "`intertie new NAME` creates one"
        )
    return files
