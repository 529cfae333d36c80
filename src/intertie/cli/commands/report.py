"""`intertie report`: what was spent, and what was called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import elapsed_text, format_option, plural, print_json, put, put_lines, say, workbenches
from intertie.cli.completing import complete_spec

if TYPE_CHECKING:
    from intertie.app.costs import CostLine
    from intertie.app.history import CallLine
    from intertie.cli.context import CliContext


@click.group("report", short_help="Report costs from the ledger, calls from the history.")
def command() -> None:
    """Report what was measured."""


@command.command("cost")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_spec)
@click.option("--month", metavar="YYYY-MM", help="Another month than the current one.")
@format_option
@click.pass_obj
def cost(context: CliContext, specs: tuple[str, ...], month: str | None, output_format: str) -> None:
    """Report calls, amount, budget and forecast of a month from the ledger, by integration and environment.

    Calls to a mock, or to another URL than the spec's own, have lines of their own.
    """
    from intertie.app.costs import cost_report  # noqa: PLC0415  # keeps `--help` quick

    reports = [
        cost_report(bench, chosen if specs else (), month=month) for bench, chosen in workbenches(context, specs)
    ]
    period, lines = reports[0].period, [line for report in reports for line in report.lines]
    if output_format == "json":
        print_json({"period": period, "integrations": [line.as_json() for line in lines]})
        return
    if not lines:
        say(f"the ledger has nothing for {period}")
    for line in lines:
        put(_text(line))


@command.command("calls")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most so many.")
@format_option
@click.pass_obj
def calls(context: CliContext, spec: str | None, limit: int, output_format: str) -> None:
    """Show who called what, when, with what outcome, newest first: of SPEC, or of the workspace.

    The journal keeps one entry for each finished call; with `audit = "strict"` one more from before it was sent
    (`started`). What the guards decided stands below a call that was no plain success.
    """
    from intertie.app.history import call_history  # noqa: PLC0415  # keeps `--help` quick

    found = [
        line
        for bench, chosen in workbenches(context, () if spec is None else (spec,))
        for line in call_history(bench, None if spec is None else chosen[0], limit=limit)
    ]
    lines = sorted(found, key=lambda line: line.record.at_s, reverse=True)[:limit]
    if output_format == "json":
        print_json({"calls": [line.as_json() for line in lines]})
        return
    if not lines:
        say("no call is on record")
    for line in lines:
        put_lines(_call_text(line))


def _call_text(line: CallLine) -> str:
    record = line.record
    outcome = record.outcome if record.status is None else f"{record.outcome} {record.status}"
    said = [outcome if record.fallback is None else f"{outcome} from {record.fallback}"]
    if record.outcome != "started":
        said += [plural(record.attempts, "attempt"), elapsed_text(record.elapsed_s)]
    if record.reached == "maybe":
        said.append("may have reached the service")
    if line.cost is not None:
        said.append(str(line.cost))
    if record.caller:
        said.append(f"by {record.caller}")
    text = f"{line.at}  {record.key}  {record.operation}: {' · '.join(said)}"
    if record.outcome == "success" or not record.decisions:
        return text
    return f"{text}\n    {' > '.join(name.replace('_', ' ') for name in record.decisions)}"


def _text(line: CostLine) -> str:
    said = [f"{line.id} {line.service or ''} ({line.environment}): {plural(line.calls, 'call')}, {line.amount}"]
    if line.monthly_limit is not None:
        said.append(f"budget {line.monthly_limit}, {line.used_ratio:.1%} used")
    if line.is_alerted:
        said.append(f"warning: past the mark of {line.alert_ratio or 0:.0%}")
    if line.forecast is not None:
        said.append(f"forecast {line.forecast} at the month's pace")
    if line.reserved.amount:
        said.append(f"{line.reserved} set aside")
    if line.unreconciled.amount:
        said.append(f"{line.unreconciled} left by dead processes, counted as spent")
    if line.origin:
        said.append(f"at {line.origin}")
    return " · ".join(said)
