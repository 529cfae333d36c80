"""Where else an integration has state: in other environments, at other origins."""

from __future__ import annotations

from intertie.adapters.stores import InlineOffload, StoreUnavailable, open_coordination
from intertie.app.records import open_records
from intertie.app.workbench import Workbench
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.state_key import StateKey


def other_places(bench: Workbench, key: StateKey) -> tuple[StateKey, ...]:
    """Return the other keys of an integration: those whose limits are on record, last used first, and of its queue.

    What can't be read adds none: opening the integration says what is wrong with its stores.
    """
    found = [*_limited(bench), *_queued(bench)]
    return tuple(dict.fromkeys(other for other in found if other.integration == key.integration and other != key))


def _limited(bench: Workbench) -> list[StateKey]:
    try:
        coordination = open_coordination(
            bench.settings.state, clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=bench.root
        )
    except StoreUnavailable:
        return []
    try:
        return coordination.keys()
    except StoreUnavailable:
        return []
    finally:
        coordination.close()


def _queued(bench: Workbench) -> list[StateKey]:
    try:
        with open_records(bench) as journal:
            return [item.key for item in journal.queue()]
    except StoreUnavailable:
        return []
