"""The stores of an integration: what is done where one can't be opened.

What can't be read is not empty: it may hold a spent budget. And what can't be written keeps nothing: a hard stop in
memory begins anew with each process. So it does not matter *why* a store can't be opened (damaged, unreadable, a named
pipe in its place, locked, of a newer version, or in a folder that can't be made), but what calls need of it.

| store | calls need of it | `store_down` | what is done |
|---|---|---|---|
| state: limits, breaker, cache | - | `refuse` | refused |
| | - | `fair_share`, `allow` | memory, with a warning on every call |
| journal: ledger, queue, history | a hard stop, a queue, or a strict audit | `fair_share`, `refuse` | refused |
| | the same | `allow` | memory, with a warning on every call |
| | none of them | each | memory, with a warning on every call |
| each | nothing is called: a command looks | each | memory, with a warning |
| state | nothing is called: a command steers | each | refused: nobody would hear of it |

An explicit `memory://` is no fallback: whoever writes it knows what it keeps.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from enum import Enum

from msgspec.structs import replace

from intertie.adapters.stores import StoreUnavailable, open_coordination, open_journal
from intertie.app.workbench import Workbench
from intertie.core.clock import Clock
from intertie.core.outside_text import shown
from intertie.core.rng import SystemRng
from intertie.runtime.plan import Plan
from intertie.runtime.state import Coordination, Journal, Offload

_log = logging.getLogger("intertie")


class Purpose(Enum):
    """What an integration is opened for."""

    CALLS = "calls"
    """To call, so everything that a call needs must be there."""
    LOOKING = "looking"
    """To see how guards stand; nothing is sent."""
    STEERING = "steering"
    """To change how guards stand, for all who share them; nothing is sent."""


def open_stores(
    bench: Workbench, plan: Plan, *, clock: Clock, offload: Offload, purpose: Purpose = Purpose.CALLS
) -> tuple[Coordination, Journal, Plan]:
    """Open the configured stores; where memory takes the place of one, the plan's warnings say so.

    Raises:
        StoreUnavailable: One can't be opened, and by the table above that is the end; nothing stays open.
    """
    settings = bench.settings
    rng = SystemRng()
    warnings: list[str] = []
    try:
        coordination = open_coordination(
            settings.state,
            clock=clock,
            rng=rng,
            offload=offload,
            root=bench.root,
            store_down=settings.store_down,
        )
    except StoreUnavailable as down:
        if purpose is Purpose.STEERING or (purpose is Purpose.CALLS and settings.store_down == "refuse"):
            raise
        warnings.append(f"state is kept in memory, shared with nobody: {down}")
        coordination = open_coordination("memory://", clock=clock, rng=rng, offload=offload, root=bench.root)
    try:
        journal = open_journal(
            settings.journal,
            clock=clock,
            rng=rng,
            offload=offload,
            root=bench.root,
            durability=settings.durability,
            history_s=settings.history_s,
            is_audit=settings.audit == "strict",
        )
    except StoreUnavailable as down:
        needed = tuple(needs_of(plan)) if purpose is Purpose.CALLS and settings.store_down != "allow" else ()
        if needed:
            coordination.close()
            raise _refusal(down, needed) from down
        warnings.append(f"the journal is kept in memory and is lost at exit: {down}")
        journal = open_journal("memory://", clock=clock, rng=rng, offload=offload, root=bench.root)
    for sentence in (*warnings, *coordination.problems(), *journal.problems()):
        _log.warning("%s: %s", shown(str(plan.key)), sentence)
    return coordination, journal, replace(plan, warnings=(*plan.warnings, *warnings))


def needs_of(plan: Plan) -> Iterator[str]:
    """Yield what calls of a plan can't do without a journal that keeps it."""
    if plan.pricing is not None and plan.pricing.hard_stop and plan.pricing.monthly_limit is not None:
        yield "what the budget with `hard_stop` has spent"
    if plan.fallback is not None and plan.fallback.strategy == "queue":
        yield "what is queued"
    if plan.audit == "strict":
        yield "the strict audit"


def _refusal(down: StoreUnavailable, needed: tuple[str, ...]) -> StoreUnavailable:
    kept = f"{', '.join(needed[:-1])} and {needed[-1]}" if len(needed) > 1 else needed[0]
    return StoreUnavailable(
        f'nothing is called without the journal, which keeps {kept}: {down} (`store_down = "allow"` calls without it)',
        url=down.url,
    )
