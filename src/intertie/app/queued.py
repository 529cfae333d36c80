"""The queue of a workspace, sent: each item through the plan of the environment and origin that it was queued at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from msgspec import Struct

from intertie.app.opening import open_blocking
from intertie.app.records import open_records
from intertie.app.workbench import Workbench
from intertie.core.errors import UsageError
from intertie.runtime.plan import Plan
from intertie.runtime.reports import ReplayReport
from intertie.runtime.state_key import StateKey


class QueueRun(Struct, frozen=True):
    """What a replay did.

    Attributes:
        reports: Of each integration, environment and origin that was asked.
        elsewhere: Those whose items stay, with their number: they were queued at another origin than the one given.
    """

    reports: Mapping[StateKey, ReplayReport]
    elsewhere: Mapping[StateKey, int]


def replay_queued(
    bench: Workbench,
    spec: str | Path | None,
    *,
    base_url: str | None = None,
    limit: int | None = None,
    receipt: str | None = None,
    logged: Callable[[Plan], AbstractContextManager[Plan]] = nullcontext,
) -> QueueRun:
    """Send what is queued, of one spec or of the workspace.

    Args:
        bench: Of the workspace.
        spec: Path, id or service; None for all.
        base_url: Send what was queued there; without it, what was queued at the spec's own URL. An item never goes to
            another origin than its own.
        limit: Most items of each environment.
        receipt: This item alone.
        logged: Shows the log of a plan's calls for the time of a block, and yields the plan to call through.

    Raises:
        UsageError: There is no such spec or environment.
        SpecError: A spec that has items has errors.
        StoreUnavailable: The journal can't be read.
    """
    wanted = None if spec is None else bench.identity(spec)
    with open_records(bench) as journal:
        items = [item for item in journal.queue() if wanted in (None, item.key.integration)]
    waiting = Counter(item.key for item in items if receipt in (None, item.receipt))
    reports: dict[StateKey, ReplayReport] = {}
    elsewhere: dict[StateKey, int] = {}
    for key, count in waiting.items():
        plan = _plan_of(bench, spec or key.integration, key, base_url)
        if plan.key != key:
            elsewhere[key] = count
            continue
        with logged(plan) as shown, open_blocking(bench, shown, caller="cli:queue") as integration:
            reports[key] = integration.replay_queue(limit=limit, receipt=receipt)
    return QueueRun(reports, elsewhere)


def _plan_of(bench: Workbench, spec: str | Path, key: StateKey, base_url: str | None) -> Plan:
    try:
        return bench.plan(spec, environment=key.environment, base_url=base_url)
    except UsageError:
        # The configuration may name an environment for specs that declare none; the caller may not.
        plan = bench.plan(spec, base_url=base_url)
        if plan.environment != key.environment:
            raise
        return plan
