"""`intertie report`: what was spent, and what was called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import elapsed_text, format_option, print_json, say, tell, workbenches
from intertie.cli.completing import complete_spec
from intertie.cli.layout import BAD, DIM, GOOD, STRONG, WARN
from intertie.core.outside_text import shown
from intertie.core.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intertie.app.costs import CostLine
    from intertie.app.history import CallLine
    from intertie.cli.context import CliContext
    from intertie.cli.layout import Layout

_OUTCOME_STYLES = {"success": GOOD, "started": WARN}


@click.group("report", short_help="Report costs and past calls.")
def command() -> None:
    """Report costs and past calls."""


@command.command("cost")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=complete_spec)
@click.option("--month", metavar="YYYY-MM", help="Month to report. Default: the current one.")
@format_option
@click.pass_obj
def cost(context: CliContext, specs: tuple[str, ...], month: str | None, output_format: str) -> None:
    """Report calls, cost, budget and forecast of a month, for each integration and environment.

    Calls to a mock, or to a URL other than the one in the spec, are listed separately.
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
        say(f"no calls were billed in {period}")
    for line in lines:
        tell(_cost_text(line, period, context.layout()))


@command.command("calls")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most this many calls."
)
@format_option
@click.pass_obj
def calls(context: CliContext, spec: str | None, limit: int, output_format: str) -> None:
    """Show past calls, newest first: who called what and when, and the outcome. Without SPEC, of all specs.

    The journal has one entry for each finished call. With `audit = "strict"` it also has one from before the call was
    sent (`started`). If a call was not a plain success, the lines below it show what the guards decided.
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
        say("no calls are recorded")
    for line in lines:
        tell(_call_text(line, context.layout()))


def _call_text(line: CallLine, layout: Layout) -> Iterator[str]:
    record = line.record
    style = _OUTCOME_STYLES.get(record.outcome, BAD)
    yield from layout.beside(f"{line.at}  ", f"{record.key}  {record.operation}", column=26, style=DIM)
    outcome = record.outcome if record.status is None else f"{record.outcome} {record.status}"
    said = [outcome if record.fallback is None else f"{outcome} from {record.fallback}"]
    if record.outcome != "started":
        said += [plural(record.attempts, "attempt"), elapsed_text(record.elapsed_s)]
    if record.reached == "maybe":
        said.append("may have reached the service")
    if line.cost is not None:
        said.append(str(line.cost))
    if record.caller:
        said.append(f"by {shown(record.caller)}")
    first, *rest = layout.joined(said, indent=2)
    yield "  " + layout.paint.before(first[2:], len(said[0]), style)
    yield from rest
    if record.outcome != "success" and record.decisions:
        steps = " > ".join(name.replace("_", " ") for name in record.decisions)
        yield from layout.text(steps, indent=2, hanging=2, style=DIM)


def _cost_text(line: CostLine, period: str, layout: Layout) -> Iterator[str]:
    name = " ".join(filter(None, (line.id, line.service)))
    yield from layout.text(shown(f"{name} ({line.environment}), {period}"), hanging=2, style=STRONG)
    if line.origin:
        yield from layout.text(f"at {shown(line.origin)}", indent=2, hanging=2, style=DIM)
    facts = [("spent", f"{line.amount}, {plural(line.calls, 'attempt')} billed", "")]
    if line.monthly_limit is not None:
        style = BAD if line.used_ratio >= 1 else WARN if line.is_alerted else ""
        facts.append(("budget", f"{line.monthly_limit}, {line.used_ratio:.1%} used", style))
    if line.is_alerted:
        facts.append(("warning", f"past the mark of {line.alert_ratio or 0:.0%}", WARN))
    if line.forecast is not None:
        facts.append(("forecast", f"{line.forecast} at the month's pace", ""))
    if line.reserved.amount:
        facts.append(("set aside", str(line.reserved), ""))
    if line.unreconciled.amount:
        facts.append(("left over", f"{line.unreconciled} left by crashed processes, counted as spent", WARN))
    for label, text, style in facts:
        yield from layout.labelled(label, text, column=11, text_style=style)
