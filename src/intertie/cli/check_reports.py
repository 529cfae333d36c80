"""What `intertie check` writes for build servers, and how complete specs are."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from intertie._version import __version__
from intertie.cli.from_here import seen_from_here
from intertie.core.errors import UsageError
from intertie.lint.checking import CheckResult
from intertie.spec.workspace import Workspace

REPORTS = ("sarif", "github", "gitlab", "junit")
"""Forms that a build server reads."""


def report(result: CheckResult, form: str, workspace: Workspace, *, strict: bool) -> str:
    """Return the findings in one of `REPORTS`; paths are those below the folder that the command runs in."""
    from intertie.diagnostics.render.rebased import rebased, rebased_path  # noqa: PLC0415  # people's forms need none

    folder = _folder(workspace)
    diagnostics = rebased(result.diagnostics, partial(rebased_path, folder=folder))
    sources = {rebased_path(path, folder): text for path, text in result.sources.items()}
    if form == "sarif":
        from intertie.diagnostics.render.sarif import render_sarif  # noqa: PLC0415  # one form is asked for
        from intertie.lint.registry import BY_CODE  # noqa: PLC0415

        def about(code: str) -> str:
            return BY_CODE[code].summary if code in BY_CODE else code

        return render_sarif(diagnostics, sources, version=__version__, about=about)
    if form == "github":
        from intertie.diagnostics.render.github import render_github  # noqa: PLC0415

        return render_github(diagnostics)
    if form == "gitlab":
        from intertie.diagnostics.render.gitlab import render_gitlab  # noqa: PLC0415

        return render_gitlab(diagnostics, sources)
    from intertie.diagnostics.render.junit import render_junit  # noqa: PLC0415

    files = [rebased_path(file, folder) for file in result.files]
    return render_junit(diagnostics, files=files, strict=strict)


def scores(files: Sequence[Path], workspace: Workspace, form: str, *, width: int) -> str:
    """Return how complete each spec is.

    Raises:
        UsageError: The form is one of findings only.
    """
    from intertie.lint.score import score, score_json, score_text  # noqa: PLC0415  # a check needs none
    from intertie.spec.loading import load  # noqa: PLC0415

    if form not in ("full", "json"):
        raise UsageError(f"--score has no format `{form}`: use the default, or --format json")
    found = [score(load(path, workspace).spec) for path in files]
    if form == "json":
        return json.dumps(score_json(found), indent=2, ensure_ascii=False) + "\n"
    seen = seen_from_here(workspace.root)
    return score_text([replace(each, path=seen(each.path)) for each in found], width=width)


def _folder(workspace: Workspace) -> str:
    """Return the workspace as it is seen from the current folder, `.` where they are the same."""
    return Path(os.path.relpath(workspace.root, Path.cwd())).as_posix()
