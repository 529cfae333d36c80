"""`intertie report`: what was spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import format_option, print_json, say, workbench

if TYPE_CHECKING:
    from intertie.app.costs import CostLine
    from intertie.cli.context import CliContext


@click.group("report", short_help="Report costs from the ledger.")
def command() -> None:
    """Report what was measured."""


@command.command("cost")
@click.argument("specs", metavar="[SPEC]...", nargs=-1)
@click.option("--month", metavar="YYYY-MM", help="Another month than the current one.")
@format_option
@click.pass_obj
def cost(context: CliContext, specs: tuple[str, ...], month: str | None, output_format: str) -> None:
    """Report calls, amount, budget and forecast of a month from the ledger, by integration and environment."""
    from intertie.app.costs import cost_report  # noqa: PLC0415  # keeps `--help` quick

    bench = workbench(context, specs[0] if specs else None)
    report = cost_report(bench, specs, month=month)
    if output_format == "json":
        print_json({"period": report.period, "integrations": [line.as_json() for line in report.lines]})
        return
    if not report.lines:
        say(f"the ledger has nothing for {report.period}")
    for line in report.lines:
        click.echo(_text(line))


def _text(line: CostLine) -> str:
    said = [f"{line.id} {line.service or ''} ({line.environment}): {line.calls} calls, {line.amount}"]
    if line.monthly_limit is not None:
        said.append(f"budget {line.monthly_limit}, {line.used_ratio:.1%} used")
    if line.forecast is not None:
        said.append(f"forecast {line.forecast} at the month's pace")
    if line.reserved.amount:
        said.append(f"{line.reserved} set aside")
    if line.unreconciled.amount:
        said.append(f"{line.unreconciled} left by dead processes, counted as spent")
    return " · ".join(said)
