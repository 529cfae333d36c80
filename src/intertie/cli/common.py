"""What several commands do the same way: find the workspace, print JSON, show findings."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from intertie.cli.completing import complete_environment
from intertie.cli.context import CliContext
from intertie.cli.from_here import findings_from_here
from intertie.core.outside_text import LONGEST_LINE, printable_json, printable_line, printable_lines
from intertie.core.plurals import plural
from intertie.core.seen_paths import seen_path
from intertie.core.timeline import TimelineEvent, timeline
from intertie.core.units import seconds_text
from intertie.diagnostics import Severity, SpecError
from intertie.diagnostics.render import render_full, render_json

if TYPE_CHECKING:
    from intertie.app.workbench import Workbench

_FORMAT = "intertie.output_format"


def _remember_format(ctx: click.Context, _: click.Parameter, value: str) -> str:
    """Keep the form of output where whoever shows an error finds it."""
    ctx.meta[_FORMAT] = value
    return value


format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    callback=_remember_format,
    help="Text, or one JSON document on stdout.",
)
environment_option = click.option(
    "--env", "environment", metavar="E", shell_complete=complete_environment, help="Environment, as named in the spec."
)
base_url_option = click.option("--base-url", metavar="URL", help="Send calls to this URL, not the one in the spec.")


state_url_option = click.option(
    "--base-url", metavar="URL", help="State of calls to this URL, such as a mock, instead of the one in the spec."
)


def workbench(
    context: CliContext, spec: str | None = None, *, flags: Mapping[str, object] | None = None, quiet: bool = False
) -> Workbench:
    """Return the workbench of the command's workspace, after a word (unless `quiet`) on settings that nothing reads."""
    from intertie.app.workbench import open_workbench  # noqa: PLC0415  # keeps `--help` quick

    bench = open_workbench(
        spec,
        workspace=context.workspace,
        config=context.config,
        flags=flags,
        warn=lambda sentence: say(f"Warning: {sentence}"),
    )
    for finding in () if quiet else bench.settings.diagnostics:
        place = f"{seen_path(bench.root / finding.span.path, Path.cwd())}:{finding.span.line}"
        say(f"Warning: {place}: {finding.message}; {finding.help}")
    return bench


def workbenches(context: CliContext, specs: Sequence[str] = ()) -> list[tuple[Workbench, list[str | Path]]]:
    """Return the workbench of each workspace that specs belong to, with its specs: each workspace has its own state.

    Without specs, all specs in the workspace of the current folder are meant.
    """
    from intertie.app.workbench import home_of  # noqa: PLC0415  # keeps `--help` quick

    first = workbench(context, specs[0] if specs else None)
    chosen: Sequence[str | Path] = specs or list({file.resolve(): file for file in first.spec_files()}.values())
    if context.workspace is not None:
        return [(first, list(chosen))]
    grouped: dict[Path, tuple[Workbench, list[str | Path]]] = {}
    for spec in chosen:
        home, file = home_of(spec)
        if home.root not in grouped:
            grouped[home.root] = (first if home.root == first.root else workbench(context, str(spec)), [])
        grouped[home.root][1].append(file or spec)
    if not specs and (not grouped or first.is_declared):
        grouped.setdefault(first.root, (first, []))
    return list(grouped.values())


def print_json(document: object) -> None:
    """Print one JSON document on stdout."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    click.echo(printable_json(text))


def say(sentence: str) -> None:
    """Say something to a person, on stderr."""
    layout = _context().sentences()
    for line in layout.said(printable_line(sentence)):
        click.echo(line, err=True)


def say_lines(text: str, *, color: bool = False) -> None:
    """Print several lines for a person on stderr; see `printable_line` for `color`."""
    click.echo(printable_lines(text, color=color), err=True, nl=bool(text) and not text.endswith("\n"))


def say_joined(facts: Iterable[str]) -> None:
    """Say short facts on stderr, ` · ` between them."""
    for line in _context().sentences().joined(map(printable_line, facts)):
        click.echo(line, err=True)


def say_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on stderr."""
    layout = _context().layout(err=True)
    for line in layout.table(heads, [[printable_line(cell) for cell in row] for row in rows]):
        click.echo(line, err=True)


def say_timeline(events: Sequence[TimelineEvent]) -> None:
    """Say on stderr what each guard saw and decided."""
    layout = _context().layout(err=True)
    say_lines(timeline(events, width=layout.width, paint=layout.paint), color=layout.paint.on)


def _context() -> CliContext:
    """Return the global options of the command that runs."""
    context = click.get_current_context(silent=True)
    found = context.find_object(CliContext) if context is not None else None
    return found or CliContext()


def tell(lines: Iterable[str]) -> None:
    """Print laid out lines of the command's result on stdout; what strangers wrote in them is clean already."""
    color = _context().use_color()
    for line in lines:
        put(line, color=color)


def put(line: str, *, color: bool = False) -> None:
    """Print one line of the command's result on stdout; see `printable_line` for `color`."""
    click.echo(printable_line(line, color=color))


def put_lines(text: str, *, color: bool = False, most: int | None = LONGEST_LINE) -> None:
    """Print several lines of the command's result on stdout, each of at most `most` characters."""
    click.echo(printable_lines(text, color=color, most=most), nl=bool(text) and not text.endswith("\n"))


def put_json(text: str) -> None:
    """Print a finished JSON document on stdout: the same data, with escapes for what a terminal would act on."""
    click.echo(printable_json(text), nl=False)


def put_document(text: str, *, color: bool = False) -> None:
    """Print a document on stdout: exact where it goes into a file or a pipe, safe to look at on a terminal."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    click.echo(printable_lines(text, color=color) if on_terminal else text, nl=False)


def show_findings(error: SpecError, context: CliContext) -> None:
    """Show the errors of a spec that can't run, with excerpts, on stderr; the rest is left to `check`."""
    wrong = [finding for finding in error.diagnostics if finding.severity is Severity.ERROR]
    errors, sources = findings_from_here(wrong, error.sources, error.root)
    layout = context.layout(err=True)
    color = layout.paint.on
    say_lines(render_full(errors, sources, color=color, width=layout.width), color=color)
    if len(error.diagnostics) > len(errors):
        say(f"{plural(len(errors), 'error')}; `intertie check {errors[0].span.path}` shows all findings")


def show_spec_error(error: SpecError, ctx: click.Context) -> None:
    """Show why a spec can't run: to people on stderr, and where JSON was asked for as one document on stdout."""
    show_findings(error, ctx.obj)
    if ctx.meta.get(_FORMAT) == "json":
        put_json(render_json(error.diagnostics, files=1))


def elapsed_text(seconds: float) -> str:
    """Say a measured duration with three digits.

    >>> elapsed_text(0.0123456), elapsed_text(2.345678), elapsed_text(0.9997)
    ('12.3 ms', '2.35 s', '1 s')
    """
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else seconds_text(round(seconds, 2))


def stdin_text() -> str:
    """Read all of stdin."""
    return sys.stdin.read()
