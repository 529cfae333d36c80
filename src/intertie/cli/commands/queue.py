"""`intertie queue`: what waits for a service that was down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from intertie.cli.common import format_option, print_json, say, tell, workbench
from intertie.cli.completing import complete_spec
from intertie.cli.layout import NAME, WARN
from intertie.core.errors import UsageError
from intertie.core.outside_text import shown
from intertie.core.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intertie.app.workbench import Workbench
    from intertie.cli.context import CliContext
    from intertie.cli.layout import Layout
    from intertie.runtime.reports import ReplayReport
    from intertie.runtime.state import QueueItem


@click.group("queue", short_help="List, replay or drop queued calls.")
def command() -> None:
    """See, send and drop what the `queue` fallback kept while a service was down."""


@command.command("list")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option("--all", "everything", is_flag=True, help="What is done or dropped, too.")
@format_option
@click.pass_obj
def list_items(context: CliContext, spec: str | None, everything: bool, output_format: str) -> None:
    """List queued calls, oldest first: of SPEC, or of the workspace."""
    from intertie.app.records import open_records  # noqa: PLC0415  # keeps `--help` quick

    bench = workbench(context, spec)
    wanted = _identity(bench, spec)
    states = ("pending", "sending", "parked", "done", "dropped") if everything else ("pending", "sending", "parked")
    with open_records(bench) as journal:
        items = [item for item in journal.queue(states=states) if wanted in {None, _integration(item)}]
    if output_format == "json":
        print_json({"items": [_as_json(item) for item in items]})
        return
    if not items:
        say("the queue is empty")
    for item in items:
        tell(_shown(item, context.layout()))


@command.command("replay")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many.")
@click.option("--receipt", help="Send this one alone, a parked one too.")
@click.option("--base-url", metavar="URL", help="Where calls go instead of what the spec says.")
@format_option
@click.pass_obj
def replay(
    context: CliContext,
    spec: str | None,
    limit: int | None,
    receipt: str | None,
    base_url: str | None,
    output_format: str,
) -> int:
    """Send queued calls, oldest first, through every guard and under the keys they were queued with.

    Stops when the service is still down. Exit status 1 where something is left.
    """
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick
    from intertie.app.records import open_records  # noqa: PLC0415

    bench = workbench(context, spec)
    wanted = _identity(bench, spec)
    with open_records(bench) as journal:
        items = [item for item in journal.queue() if wanted in {None, _integration(item)}]
    keys = list(dict.fromkeys(item.key for item in items if receipt in {None, item.receipt}))
    if receipt is not None and not keys:
        raise UsageError(f"nothing is queued under {receipt}: `intertie queue list` shows what is")
    reports: dict[str, ReplayReport] = {}
    for key in keys:
        spec_id, _, environment = key.partition("@")
        plan = bench.plan(spec or spec_id, environment=environment, base_url=base_url)
        with open_blocking(bench, plan, caller="cli:queue") as integration:
            reports[key] = integration.replay_queue(limit=limit, receipt=receipt)
    if output_format == "json":
        print_json({"replayed": [_report_json(key, report) for key, report in reports.items()]})
    else:
        _tell(reports)
    return 1 if any(report.stopped or report.parked for report in reports.values()) else 0


@command.command("drop")
@click.argument("receipt")
@click.pass_obj
def drop(context: CliContext, receipt: str) -> int:
    """Drop one queued call for good."""
    from intertie.app.records import open_records  # noqa: PLC0415  # keeps `--help` quick

    with open_records(workbench(context)) as journal:
        dropped = journal.drop(receipt)
    if not dropped:
        say(f"Error: nothing that can be dropped is queued under {receipt}: `intertie queue list` shows what is")
        return 1
    say(f"dropped {receipt}")
    return 0


def _identity(bench: Workbench, spec: str | None) -> str | None:
    return None if spec is None else bench.identity(spec)


def _integration(item: QueueItem) -> str:
    return item.key.partition("@")[0]


def _shown(item: QueueItem, layout: Layout) -> Iterator[str]:
    yield layout.paint(item.receipt, NAME)
    yield from layout.joined([item.state, item.key, item.operation, plural(item.attempts, "attempt")], indent=2)
    if item.reason:
        yield from layout.text(shown(item.reason), indent=2, hanging=2, style=WARN)


def _as_json(item: QueueItem) -> dict[str, object]:
    return {
        "receipt": item.receipt,
        "integration": _integration(item),
        "environment": item.key.partition("@")[2],
        "operation": item.operation,
        "state": item.state,
        "attempts": item.attempts,
        "reason": item.reason,
        "enqueued_s": item.enqueued_s,
        "not_after_s": item.not_after_s,
    }


def _report_json(key: str, report: ReplayReport) -> dict[str, object]:
    return {
        "key": key,
        "sent": list(report.sent),
        "parked": dict(report.parked),
        "put_back": report.put_back,
        "stopped": report.stopped,
    }


def _tell(reports: dict[str, ReplayReport]) -> None:
    if not reports:
        say("the queue is empty")
    for key, report in reports.items():
        say(f"{key}: {len(report.sent)} sent, {len(report.parked)} parked")
        for receipt, why in report.parked.items():
            say(f"  parked {receipt}: {why}")
        if report.stopped:
            say(f"  stopped: {report.stopped}")
