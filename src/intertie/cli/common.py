"""What several commands do the same way: find the workspace, print JSON, show findings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
import msgspec

from intertie.cli.completing import complete_environment
from intertie.cli.context import CliContext
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
    help="Text for people, or one JSON document on stdout.",
)
environment_option = click.option(
    "--env", "environment", metavar="E", shell_complete=complete_environment, help="Environment of the spec."
)
base_url_option = click.option("--base-url", metavar="URL", help="Where calls go instead of what the spec says.")


def workbench(
    context: CliContext, spec: str | None = None, *, flags: Mapping[str, object] | None = None, quiet: bool = False
) -> Workbench:
    """Return the workbench of the command's workspace, after a word (unless `quiet`) on settings that nothing reads."""
    from intertie.app.workbench import open_workbench  # noqa: PLC0415  # keeps `--help` quick

    bench = open_workbench(spec, workspace=context.workspace, config=context.config, flags=flags)
    for finding in () if quiet else bench.settings.diagnostics:
        say(f"Warning: {finding.span}: {finding.message}; {finding.help}")
    return bench


def print_json(document: object) -> None:
    """Print one JSON document on stdout."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    click.echo(text)


def say(sentence: str) -> None:
    """Tell a person something on stderr."""
    click.echo(sentence, err=True)


def show_findings(error: SpecError, context: CliContext) -> None:
    """Show the errors of a spec that can't run, with excerpts, on stderr; the rest is left to `check`."""
    errors = [finding for finding in error.diagnostics if finding.severity is Severity.ERROR]
    click.echo(render_full(errors, error.sources, color=context.use_color(err=True)), err=True, nl=False)
    if len(error.diagnostics) > len(errors):
        say(f"{plural(len(errors), 'error')}; `intertie check {errors[0].span.path}` shows all findings")


def show_spec_error(error: SpecError, ctx: click.Context) -> None:
    """Show why a spec can't run: to people on stderr, and where JSON was asked for as one document on stdout."""
    show_findings(error, ctx.obj)
    if ctx.meta.get(_FORMAT) == "json":
        click.echo(render_json(error.diagnostics, files=1), nl=False)


def elapsed_text(seconds: float) -> str:
    """Say a measured duration with three digits.

    >>> elapsed_text(0.0123456), elapsed_text(2.345678), elapsed_text(0.9997)
    ('12.3 ms', '2.35 s', '1 s')
    """
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else seconds_text(round(seconds, 2))


def plural(count: int, noun: str) -> str:
    """Count something.

    >>> plural(1, "attempt"), plural(2, "attempt")
    ('1 attempt', '2 attempts')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def stdin_text() -> str:
    """Read all of stdin."""
    return sys.stdin.read()
