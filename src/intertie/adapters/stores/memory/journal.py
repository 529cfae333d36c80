"""`memory://`: the journal of one process. It survives nothing; whoever opens it is told so by the application."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from math import inf

import msgspec

from intertie.adapters.stores.handles import OpenLedger
from intertie.adapters.stores.memory.ledger import MemoryLedger
from intertie.adapters.stores.plans import Sharing
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.state import CallRecord, LedgerMonth, QueueItem
from intertie.runtime.state_key import StateKey

MOST_RECORDS = 10_000
_MOST_ENDED = 1000
OPEN_STATES = ("pending", "sending", "parked")


class MemoryJournal:
    """A `Journal` with the semantics of the durable ones, for as long as the process lives."""

    def __init__(self, clock: Clock, url: str = "memory://", *, history_s: float = inf) -> None:
        """Begin with nothing; finished calls older than `history_s` leave as new ones come."""
        self.url = url
        self._history_s = history_s
        self._clock = clock
        self._lock = threading.Lock()
        self._ledgers: dict[StateKey, tuple[MemoryLedger, Sharing[PricingOptions]]] = {}
        self._records: deque[CallRecord] = deque(maxlen=MOST_RECORDS)
        self._items: OrderedDict[str, QueueItem] = OrderedDict()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    # --- ledger ---------------------------------------------------------------------------------------------------

    def ledger(self, key: StateKey, pricing: PricingOptions) -> OpenLedger:
        """Return a handle on the ledger of `key`."""
        with self._lock:
            if key not in self._ledgers:
                core = MemoryLedger(key, pricing, self._clock)
                self._ledgers[key] = core, Sharing(core)
            return OpenLedger(*self._ledgers[key], pricing)

    def months(self, month: str | None = None) -> list[LedgerMonth]:
        """Return the months on record, of one `YYYY-MM` where given."""
        with self._lock:
            ledgers = [core for _, (core, _) in sorted(self._ledgers.items(), key=lambda known: known[0])]
        return [told for ledger in ledgers for told in ledger.months() if month in (None, told.month)]

    def reconcile(self, key: StateKey | None = None, *, give_back: bool) -> list[LedgerMonth]:  # noqa: ARG002
        """Return nothing: the only owner here is this process, which lives."""
        return []

    # --- history --------------------------------------------------------------------------------------------------

    def record(self, entry: CallRecord) -> None:
        """Keep a finished call; the oldest leaves first."""
        with self._lock:
            self._records.append(entry)
            while self._records[0].at_s < entry.at_s - self._history_s:
                self._records.popleft()

    async def record_strict(self, entry: CallRecord, *, deadline_s: float = inf) -> None:  # noqa: ARG002  # at once
        """Keep it before returning."""
        self.record(entry)

    def records(
        self, key: StateKey | None = None, *, integration: str | None = None, limit: int = 100
    ) -> list[CallRecord]:
        """Return the newest finished calls, newest first."""
        with self._lock:
            newest = [
                entry
                for entry in reversed(self._records)
                if key in (None, entry.key) and integration in (None, entry.key.integration)
            ]
        return newest[:limit]

    # --- queue ----------------------------------------------------------------------------------------------------

    async def enqueue(self, item: QueueItem, *, deadline_s: float = inf) -> None:  # noqa: ARG002  # at once
        """Keep an item; a receipt that is known already is not taken twice."""
        with self._lock:
            self._items.setdefault(item.receipt, item)

    async def unpark(self, receipt: str, key: StateKey) -> bool:
        """Let a parked item of `key` go on as pending; False where there is none."""
        with self._lock:
            item = self._items.get(receipt)
            if item is None or item.key != key or item.state != "parked":
                return False
            self._put(item, state="pending", reason=None)
            return True

    async def claim(self, key: StateKey | None = None, *, receipt: str | None = None) -> QueueItem | None:
        """Take the oldest pending item (or that of `receipt`) into state `sending`; None where there is none."""
        now_s = self._clock.utc_s()
        with self._lock:
            for item in sorted(self._items.values(), key=lambda item: item.enqueued_s):
                if item.state != "pending" or key not in (None, item.key) or receipt not in (None, item.receipt):
                    continue
                if item.not_after_s is not None and now_s > item.not_after_s:
                    self._put(item, state="parked", reason="the service has forgotten its idempotency key by now")
                    continue
                return self._put(item, state="sending", attempts=item.attempts + 1, reason=None)
        return None

    def _put(self, item: QueueItem, **changed: object) -> QueueItem:
        if changed.get("state") in ("done", "dropped"):
            changed["payload"] = b""  # what needs no sending any more is not kept
        changed_item = msgspec.structs.replace(item, **changed)
        self._items[item.receipt] = changed_item
        ended = [known.receipt for known in self._items.values() if known.state in ("done", "dropped")]
        for receipt in ended[:-_MOST_ENDED]:
            del self._items[receipt]
        return changed_item

    async def complete(self, receipt: str, *, state: str, reason: str | None = None) -> None:
        """End a claim: `done`, `parked` with a reason, or back to `pending`; also lets a parked item go on."""
        with self._lock:
            item = self._items.get(receipt)
            if item is not None and item.state in ("sending", "parked"):
                self._put(item, state=state, reason=reason)

    def queue(self, key: StateKey | None = None, *, states: tuple[str, ...] = OPEN_STATES) -> list[QueueItem]:
        """Return queue items, oldest first."""
        with self._lock:
            chosen = [item for item in self._items.values() if item.state in states and key in (None, item.key)]
        return sorted(chosen, key=lambda item: item.enqueued_s)

    def drop(self, receipt: str) -> bool:
        """Mark a pending or parked item dropped; False where there is none."""
        with self._lock:
            item = self._items.get(receipt)
            if item is None or item.state not in ("pending", "parked"):
                return False
            self._put(item, state="dropped")
            return True

    # --- the store itself -----------------------------------------------------------------------------------------

    def problems(self) -> tuple[str, ...]:
        """Return nothing: memory is always there."""
        return ()

    def flush(self) -> None:
        """Do nothing: what is kept is kept."""

    def close(self) -> None:
        """Do nothing: what was kept may still be read."""
