"""`intertie check`: what is wrong in specs and cases, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import click
from msgspec.structs import replace

from intertie.cli.check_reports import REPORTS, report, scores
from intertie.cli.common import put_document, put_json, put_lines, say
from intertie.cli.completing import complete_spec
from intertie.cli.context import CliContext
from intertie.cli.diffs import diff_text
from intertie.cli.from_here import findings_from_here
from intertie.cli.layout import Layout
from intertie.cli.many_files import MOST_JOBS, check_all
from intertie.cli.spec_files import spec_files, workspace_of
from intertie.compiler import load_settings
from intertie.core.clock import BlockingClock
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.diagnostics import Applicability
from intertie.diagnostics.order import summarize, without_hints
from intertie.diagnostics.render import render_concise, render_full, render_json
from intertie.lint.checking import Checker, CheckResult


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_spec)
@click.option(
    "--format",
    "form",
    type=click.Choice(["full", "concise", "json", *REPORTS]),
    default="full",
    show_default=True,
    help="Findings with their lines, one line each, one JSON document, or as a build server reads them.",
)
@click.option("--strict", is_flag=True, help="Warnings fail the check too.")
@click.option("--fix", is_flag=True, help="Fix what has a safe fix, then check.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that may change what is meant.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, MOST_JOBS),
    metavar="N",
    help="Share the files out among N processes.  [default: all processors where there are many files]",
)
@click.option("--hints", is_flag=True, help="Show hints, too: advice that many specs are right not to take.")
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
    jobs: int | None,
    hints: bool,
    score: bool,
) -> None:
    """Check the specs and cases at PATH (files, folders or ids), else all of the workspace.

    Exit status 1 where there are errors, with --strict also where there are warnings, with --diff where --fix would
    change anything.
    """
    if unsafe_fixes and not (fix or diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    context: CliContext = ctx.obj
    workspace = workspace_of(context, paths)
    files = spec_files(paths, workspace, cases=not score)
    if score:
        rated = scores(files, workspace, form, width=context.layout().width)
        (put_json if form == "json" else put_lines)(rated)
        return
    settings = load_settings(workspace.root, config=context.config, environ=os.environ, flags={})
    checker = Checker(files, workspace, settings, today=BlockingClock().utc_now().date())
    if diff:
        ctx.exit(1 if _show_diff(files, checker, context, unsafe=unsafe_fixes, hints=hints) else 0)
    if fix:
        _fix(files, checker, unsafe=unsafe_fixes, hints=hints)
    result = check_all(checker, files, jobs=jobs)
    summary = summarize(result.diagnostics, len(result.files))
    shown = result if hints else replace(result, diagnostics=without_hints(result.diagnostics))
    if form in REPORTS:
        text = report(shown, form, workspace, strict=strict)
        if form in ("sarif", "gitlab"):
            put_json(text)
        else:
            put_lines(text, most=None)
    elif form == "json":
        put_json(render_json(result.diagnostics, files=len(result.files), hints=hints))
    else:
        layout = context.layout()
        put_lines(_rendered(shown, form, workspace.root, layout), color=layout.paint.on)
    if form != "json":
        say(summary.words(hints=hints))
        _hint_at_fixes(shown)
    if summary.errors or (strict and summary.warnings):
        ctx.exit(1)


def _fix(files: list[Path], checker: Checker, *, unsafe: bool, hints: bool) -> None:
    from intertie.lint.fixing import fix_file, write_fixed  # noqa: PLC0415  # a check that fixes nothing needs none

    fixed = [file for file in (fix_file(path, checker, unsafe=unsafe, hints=hints) for path in files) if file.changed]
    for file in fixed:
        write_fixed(file)
    number = sum(len(file.applied) for file in fixed)
    if fixed:
        say(f"fixed {plural(number, 'finding')} in {plural(len(fixed), 'file')}")


def _show_diff(files: list[Path], checker: Checker, context: CliContext, *, unsafe: bool, hints: bool) -> bool:
    """Print what would change; return whether anything would."""
    from intertie.lint.fixing import fix_file  # noqa: PLC0415  # see above

    fixed = [file for file in (fix_file(path, checker, unsafe=unsafe, hints=hints) for path in files) if file.changed]
    for file in fixed:
        put_document(diff_text(file, context), color=context.use_color())
    number = sum(len(file.applied) for file in fixed)
    said = f"would fix {plural(number, 'finding')} in {plural(len(fixed), 'file')}" if fixed else "nothing to fix"
    say(said)
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
        say(f"can be fixed: {', '.join(parts)}")


def _rendered(result: CheckResult, form: str, root: Path, layout: Layout) -> str:
    diagnostics, sources = findings_from_here(result.diagnostics, result.sources, root)
    if form == "concise":
        return render_concise(diagnostics, color=layout.paint.on)
    return render_full(diagnostics, sources, color=layout.paint.on, width=layout.width)
