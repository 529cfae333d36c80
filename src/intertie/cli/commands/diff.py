"""`intertie diff`: what changes for those who call, between two versions of a spec."""

from __future__ import annotations

import os

import click

from intertie.cli.common import environment_option, print_json, put_lines, say, show_findings
from intertie.cli.context import CliContext
from intertie.cli.layout import Layout
from intertie.comparing.render import comparison_json, comparison_markdown, comparison_text
from intertie.comparing.versions import Outcome, Versions
from intertie.diagnostics import Diagnostic, Severity, SpecError
from intertie.diagnostics.render import as_json


@click.command("diff", short_help="Show how a change to a spec affects its callers.")
@click.argument("old")
@click.argument("new")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@environment_option
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Text, one JSON document, or Markdown for a pull request.",
)
@click.pass_obj
def command(
    context: CliContext, old: str, new: str, paths: tuple[str, ...], environment: str | None, output_format: str
) -> int:
    """Show how the change from OLD to NEW affects callers.

    OLD and NEW are two files, or REVISION:path for a file in a git revision. They can also be two revisions, followed
    by the PATHs to compare in both (default: all specs of the workspace).

    Each change is breaking (calls that work today can fail), risky (it shows under load, in failures, later, or on the
    bill) or safe, with the reason and the place in both files. Exits with 1 if a change is breaking, or if one of the
    versions has errors.
    """
    with Versions(workspace=context.workspace, config=context.config, environ=os.environ) as versions:
        outcomes = list(versions.compare(old, new, paths, environment=environment))
        unusable = [each for outcome in outcomes for each in outcome.unusable]
        if output_format == "json":
            print_json(_document(outcomes))
        else:
            for outcome in outcomes:
                layout = context.layout()
                color = output_format == "text" and layout.paint.on
                put_lines(_rendered(outcome, output_format, layout), color=color, most=None)
            for each in unusable:
                say(f"{each.revision or 'The working tree'} has errors, so it can't be compared:")
                say("")
                show_findings(SpecError(_errors(each.diagnostics), each.sources), context)
    breaking = any(outcome.comparison is not None and outcome.comparison.is_breaking for outcome in outcomes)
    return 1 if breaking or unusable else 0


def _rendered(outcome: Outcome, output_format: str, layout: Layout) -> str:
    if outcome.comparison is None:
        return ""
    if output_format == "markdown":
        return comparison_markdown(outcome.comparison, outcome.names) + "\n"
    return comparison_text(outcome.comparison, outcome.names, color=layout.paint.on, width=layout.width)


def _document(outcomes: list[Outcome]) -> dict[str, object]:
    compared = [(each.comparison, each.names) for each in outcomes if each.comparison is not None]
    errors: list[object] = []
    for each in (each for outcome in outcomes for each in outcome.unusable):
        found = as_json(_errors(each.diagnostics), files=1)["diagnostics"]
        errors += [{"revision": each.revision, **one} for one in found] if isinstance(found, list) else []
    return {**comparison_json(compared), "diagnostics": errors}


def _errors(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(each for each in diagnostics if each.severity is Severity.ERROR)
