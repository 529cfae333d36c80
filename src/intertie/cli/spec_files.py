"""Which specs a command is about: files, folders and ids as people name them."""

from __future__ import annotations

import os
from pathlib import Path

from intertie.cli.common import say
from intertie.cli.context import CliContext
from intertie.compiler.settings import FILE_NAME
from intertie.core.errors import UsageError
from intertie.lint.ids import misspelt_specs, other_type
from intertie.spec.workspace import Workspace, find_workspace


def workspace_of(context: CliContext, paths: tuple[str, ...]) -> Workspace:
    """Return the one workspace that all paths belong to; files of no workspace share their common folder.

    Raises:
        UsageError: They belong to several.
    """
    if context.workspace is not None:
        return Workspace(context.workspace)
    found = {find_workspace(Path(path)).root: path for path in paths if Path(path).exists()}
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


def spec_files(paths: tuple[str, ...], workspace: Workspace) -> list[Path]:
    """Return the specs that paths name: files, what is in folders, ids; all of the workspace where there are none.

    Raises:
        UsageError: A path names none.
    """
    if not paths:
        return _specs_in(workspace.root, workspace)
    files: list[Path] = []
    others: list[str] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            files += _specs_in(path, workspace)
        elif path.exists():
            kind = other_type(path)
            if kind is None:
                files.append(path)
            else:
                others.append(f"{text} is of type {kind}")
        elif (by_id := workspace.find_by_id(text)) is not None:
            files.append(by_id)
        else:
            raise UsageError(f"there is no file, folder or spec `{text}`")
    if others and not files:
        raise UsageError(f"{', '.join(others)}: only integration specs are checked")
    for other in others:
        say(f"{other}: not checked")
    return list({path.resolve(): path for path in files}.values())


def _specs_in(folder: Path, workspace: Workspace) -> list[Path]:
    inside = folder.resolve()
    known = [*workspace.spec_files(), *misspelt_specs(workspace.markdown_files())]
    files = [path for path in known if path.resolve().is_relative_to(inside)]
    if not files:
        raise UsageError(
            f"{folder.resolve()} has no specs: no Markdown file there says `type: Integration`; "
            "`intertie new NAME` creates one"
        )
    return files
