"""`intertie check`: what is wrong in specs, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import click

from intertie.cli.check_reports import REPORTS, report, scores
from intertie.cli.context import CliContext
from intertie.cli.many_files import check_all
from intertie.compiler import load_settings
from intertie.compiler.settings import FILE_NAME
from intertie.core.clock import BlockingClock
from intertie.core.errors import UsageError
from intertie.diagnostics import Applicability
from intertie.diagnostics.order import summarize
from intertie.diagnostics.render import render_concise, render_full, render_json
from intertie.lint.checking import Checker, CheckResult
from intertie.lint.ids import misspelt_specs, other_type
from intertie.lint.words import count
from intertie.spec.workspace import Workspace, find_workspace


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json", *REPORTS]),
    default="full",
    show_default=True,
    help="Findings with their lines, one line each, one JSON document, or as a build server reads them.",
)
@click.option("--strict", is_flag=True, help="Warnings fail the check too.")
@click.option("--fix", is_flag=True, help="Mend what has a safe fix, then check.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that may change what is meant.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--score", is_flag=True, help="Show how complete each spec is instead, section by section.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    strict: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    score: bool,
) -> None:
    """Check the specs at PATH (files, folders or ids), else all of the workspace.

    Exit status 1 where there are errors, with --strict also where there are warnings, with --diff where --fix would
    change anything.
    """
    if unsafe_fixes and not (fix or diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    context: CliContext = ctx.obj
    workspace = _workspace(context, paths)
    files = _files(paths, workspace)
    if score:
        click.echo(scores(files, workspace, form), nl=False)
        return
    settings = load_settings(workspace.root, config=context.config, environ=os.environ, flags={})
    checker = Checker(files, workspace, settings, today=BlockingClock().utc_now().date())
    if diff:
        ctx.exit(1 if _show_diff(files, checker, unsafe=unsafe_fixes) else 0)
    if fix:
        _fix(files, checker, unsafe=unsafe_fixes)
    result = check_all(checker, files)
    if form in REPORTS:
        click.echo(report(result, form, workspace, strict=strict), nl=False)
    else:
        click.echo(_rendered(result, form, color=context.use_color()), nl=False)
    summary = summarize(result.diagnostics, len(result.files))
    if form != "json":
        click.echo(str(summary), err=True)
        _hint_at_fixes(result)
    if summary.errors or (strict and summary.warnings):
        ctx.exit(1)


def _fix(files: list[Path], checker: Checker, *, unsafe: bool) -> None:
    from intertie.lint.fixing import fix_file, write_fixed  # noqa: PLC0415  # a check that mends nothing needs none

    fixed = [file for file in (fix_file(path, checker, unsafe=unsafe) for path in files) if file.changed]
    for file in fixed:
        write_fixed(file)
    number = sum(len(file.applied) for file in fixed)
    if fixed:
        click.echo(f"mended {count(number, 'finding')} in {count(len(fixed), 'file')}", err=True)


def _show_diff(files: list[Path], checker: Checker, *, unsafe: bool) -> bool:
    """Print what would change; return whether anything would."""
    from intertie.lint.fixing import fix_file, unified_diff  # noqa: PLC0415  # see above

    fixed = [file for file in (fix_file(path, checker, unsafe=unsafe) for path in files) if file.changed]
    for file in fixed:
        click.echo("".join(unified_diff(file)), nl=False)
    number = sum(len(file.applied) for file in fixed)
    said = f"would mend {count(number, 'finding')} in {count(len(fixed), 'file')}" if fixed else "nothing to mend"
    click.echo(said, err=True)
    return bool(fixed)


def _hint_at_fixes(result: CheckResult) -> None:
    fixes = [finding.fix for finding in result.diagnostics if finding.fix]
    safe = sum(fix.applicability is Applicability.SAFE for fix in fixes)
    unsafe = sum(fix.applicability is Applicability.UNSAFE for fix in fixes)
    if safe or unsafe:
        parts = [f"{safe} with --fix"] if safe else []
        parts += (
            [f"{unsafe} more with --unsafe-fixes" if safe else f"{unsafe} with --fix --unsafe-fixes"] if unsafe else []
        )
        click.echo(f"can be mended: {', '.join(parts)}", err=True)


def _rendered(result: CheckResult, form: str, *, color: bool) -> str:
    if form == "json":
        return render_json(result.diagnostics, files=len(result.files))
    if form == "concise":
        return render_concise(result.diagnostics, color=color)
    return render_full(result.diagnostics, result.sources, color=color)


def _workspace(context: CliContext, paths: tuple[str, ...]) -> Workspace:
    """Return the one workspace that all paths belong to; files of no workspace share their common folder."""
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
            f"{first} and {second} belong to different workspaces: check them one by one, or name --workspace"
        )
    return Workspace(common)


def _files(paths: tuple[str, ...], workspace: Workspace) -> list[Path]:
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
        click.echo(f"{other}: not checked", err=True)
    return list({path.resolve(): path for path in files}.values())


def _specs_in(folder: Path, workspace: Workspace) -> list[Path]:
    inside = folder.resolve()
    known = [*workspace.spec_files(), *misspelt_specs(workspace.markdown_files())]
    files = [path for path in known if path.resolve().is_relative_to(inside)]
    if not files:
        raise UsageError(
            f"there are no specs in {folder.resolve()}: no Markdown file there says `type: Integration`; "
            "`intertie new` writes one"
        )
    return files
