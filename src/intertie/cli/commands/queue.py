"""`intertie queue`: what waits for a service that was down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from intertie.cli.call_log import call_log
from intertie.cli.common import format_option, print_json, say, tell, workbenches
from intertie.cli.completing import complete_spec
from intertie.cli.layout import NAME, WARN
from intertie.core.errors import UsageError
from intertie.core.outside_text import shown
from intertie.core.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intertie.cli.context import CliContext
    from intertie.cli.layout import Layout
    from intertie.runtime.reports import ReplayReport
    from intertie.runtime.state import QueueItem
    from intertie.runtime.state_key import StateKey


@click.group("queue", short_help="List, send or delete queued calls.")
def command() -> None:
    """List, send or delete the calls that the `queue` fallback stored while a service was down."""


@command.command("list")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option("--all", "everything", is_flag=True, help="Include calls that were sent or deleted.")
@format_option
@click.pass_obj
def list_items(context: CliContext, spec: str | None, everything: bool, output_format: str) -> None:
    """List queued calls, oldest first. Without SPEC, list those of the whole workspace."""
    from intertie.app.records import open_records  # noqa: PLC0415  # keeps `--help` quick

    states = ("pending", "sending", "parked", "done", "dropped") if everything else ("pending", "sending", "parked")
    items: list[QueueItem] = []
    for bench, specs in workbenches(context, () if spec is None else (spec,)):
        wanted = None if spec is None else bench.identity(specs[0])
        with open_records(bench) as journal:
            items += [item for item in journal.queue(states=states) if wanted in (None, item.key.integration)]
    if output_format == "json":
        print_json({"items": [_as_json(item) for item in items]})
        return
    if not items:
        say("the queue is empty")
    for item in items:
        tell(_shown(item, context.layout()))


@command.command("replay")
@click.argument("spec", required=False, shell_complete=complete_spec)
@click.option("--limit", type=click.IntRange(min=1), help="Send at most this many calls.")
@click.option("--receipt", help="Send only this call, even if it is parked.")
@click.option("--base-url", metavar="URL", help="Send calls queued for this URL instead of the one in the spec.")
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
    """Send queued calls, oldest first, with all guards and with the idempotency keys they were queued with.

    A call goes only to the URL it was queued for. Without --base-url, this sends the calls that were queued for the URL
    in the spec. Stops if the service is still down. Exits with 1 if any of these calls are left.
    """
    from intertie.app.queued import replay_queued  # noqa: PLC0415  # keeps `--help` quick

    reports: dict[StateKey, ReplayReport] = {}
    elsewhere: dict[StateKey, int] = {}
    for bench, specs in workbenches(context, () if spec is None else (spec,)):
        chosen = None if spec is None else specs[0]
        run = replay_queued(
            bench, chosen, base_url=base_url, limit=limit, receipt=receipt, logged=partial(call_log, context)
        )
        reports.update(run.reports)
        elsewhere.update(run.elsewhere)
    if receipt is not None and not reports:
        for key in elsewhere:
            raise UsageError(f"{receipt} was queued for {key}: {_how_to_send(key, base_url)}")
        raise UsageError(f"there is no queued call {receipt}; `intertie queue list` shows all")
    if output_format == "json":
        left = [{**key.as_json(), "items": count} for key, count in elsewhere.items()]
        print_json({"replayed": [_report_json(key, report) for key, report in reports.items()], "elsewhere": left})
    else:
        _tell(reports)
        for key, count in elsewhere.items():
            say(f"{key}: {count} left: {_how_to_send(key, base_url)}")
    return 1 if any(report.stopped or report.parked for report in reports.values()) else 0


@command.command("drop")
@click.argument("receipt")
@click.pass_obj
def drop(context: CliContext, receipt: str) -> int:
    """Delete one queued call."""
    from intertie.app.records import open_records  # noqa: PLC0415  # keeps `--help` quick

    dropped = False
    for bench, _ in workbenches(context):
        with open_records(bench) as journal:
            dropped = journal.drop(receipt) or dropped
    if not dropped:
        say(f"Error: there is no queued call {receipt} to delete; `intertie queue list` shows all")
        return 1
    say(f"dropped {receipt}")
    return 0


def _how_to_send(key: StateKey, base_url: str | None) -> str:
    if key.origin:
        return f"pass the URL at {key.origin} with --base-url"
    if base_url is not None:
        return "leave --base-url out"
    return "the URL in the spec is now on this machine, and they were queued for another one: delete them"


def _shown(item: QueueItem, layout: Layout) -> Iterator[str]:
    yield layout.paint(item.receipt, NAME)
    yield from layout.joined([item.state, str(item.key), item.operation, plural(item.attempts, "attempt")], indent=2)
    if item.reason:
        yield from layout.text(shown(item.reason), indent=2, hanging=2, style=WARN)


def _as_json(item: QueueItem) -> dict[str, object]:
    return {
        "receipt": item.receipt,
        **item.key.as_json(),
        "operation": item.operation,
        "state": item.state,
        "attempts": item.attempts,
        "reason": item.reason,
        "enqueued_s": item.enqueued_s,
        "not_after_s": item.not_after_s,
    }


def _report_json(key: StateKey, report: ReplayReport) -> dict[str, object]:
    return {
        "key": str(key),
        **key.as_json(),
        "sent": list(report.sent),
        "parked": dict(report.parked),
        "put_back": report.put_back,
        "stopped": report.stopped,
    }


def _tell(reports: dict[StateKey, ReplayReport]) -> None:
    if not reports:
        say("nothing to send")
    for key, report in reports.items():
        say(f"{key}: {len(report.sent)} sent, {len(report.parked)} parked")
        for receipt, why in report.parked.items():
            say(f"  parked {receipt}: {why}")
        if report.stopped:
            say(f"  stopped: {report.stopped}")
