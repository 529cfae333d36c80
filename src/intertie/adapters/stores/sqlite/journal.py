"""`sqlite:///path` as `Journal`: what survives a killed process, and a power cut where that is asked for."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from math import inf
from pathlib import Path
from sqlite3 import Connection

import msgspec

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.handles import OpenLedger
from intertie.adapters.stores.plans import Sharing
from intertie.adapters.stores.sqlite import ledger_store
from intertie.adapters.stores.sqlite.background import Background, close_at_exit
from intertie.adapters.stores.sqlite.combining import Answer, Combiner, Take
from intertie.adapters.stores.sqlite.database import Database, patience
from intertie.adapters.stores.sqlite.keys import COLUMNS, MARKS, chosen, values_of
from intertie.adapters.stores.sqlite.ledger import SharedLedger
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows, forget_owner
from intertie.adapters.stores.sqlite.problems import Problems
from intertie.adapters.stores.sqlite.pruning import Pruning
from intertie.adapters.stores.sqlite.queue import SharedQueue
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.core.rng import Rng
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.state import CallRecord, LedgerMonth, Offload, QueueItem
from intertie.runtime.state_key import StateKey

_GROUP_S = 0.05
_MOST_UNSTORED = 100_000
_QUEUE_LEAST_S = 0.5
"""How long a write waits for the queue at least: a call whose time is over has nothing else left."""
_OPEN_STATES = ("pending", "sending", "parked")
_ROW = f"({MARKS}, ?, ?, ?)"
_ROWS_AT_ONCE = (100, 10, 1)
_INSERT_CALLS = {
    rows: f"INSERT INTO call ({COLUMNS}, at_s, entry, audit) VALUES {', '.join([_ROW] * rows)}"  # noqa: S608
    for rows in _ROWS_AT_ONCE
}
"""Of many rows at once. A statement for each would cost half as much again, and let go of Python's lock for each: every
time it would have to be won back from those who make calls."""


class SqliteJournal:
    """A `Journal` in a SQLite file. Payloads of queued items are stored as they are, in a file of mode 600."""

    @blocks
    def __init__(
        self,
        path: Path,
        url: str,
        *,
        clock: Clock,
        rng: Rng,
        offload: Offload,
        durability: str = "process",
        history_s: float = inf,
        is_audit: bool = False,
    ) -> None:
        """Open a journal.

        Args:
            path: The file.
            url: For messages.
            clock: The clock callers wait on.
            rng: Draws the name of the owner.
            offload: Where blocking work runs.
            durability: `process` or `power`.
            history_s: How long finished calls are kept.
            is_audit: Calls that this process records are a strict audit, which age does not end.

        Raises:
            StoreUnavailable: The file can't be used.
        """
        self.url = url
        self._clock = clock
        self._offload = offload
        self._problems = Problems()
        self._database = Database(path, url, durability=durability, tell=partial(self._problems.tell, "file"))
        self._owner = Owner(self._database, rng)
        self._queue = SharedQueue(self._database, self._owner, clock)
        self._background = Background(clock, lambda sentence: self._problems.tell("background", sentence))
        self._pruning = Pruning(self._database, self._background, clock, kept_s=history_s)
        self._is_audit = is_audit
        self._begin_locks()
        self._ledgers: dict[StateKey, tuple[SharedLedger, Sharing[PricingOptions]]] = {}
        self._unstored: list[CallRecord] = []
        self._stores_soon = False
        self._lost = 0
        self._closed = False
        renew_after_fork(self)
        close_at_exit(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; what is not stored yet is stored by the parent."""
        self._begin_locks()
        self._unstored = []
        self._stores_soon = False

    def _begin_locks(self) -> None:
        self._lock = threading.Lock()
        self._storing = threading.Lock()
        self._audit: Combiner[list[CallRecord]] = Combiner(
            self._insert_strict,
            offload=self._offload,
            monotonic_s=self._clock.monotonic_s,
            busy=self._database.busy,
        )

    # --- ledger ---------------------------------------------------------------------------------------------------

    def ledger(self, key: StateKey, pricing: PricingOptions) -> OpenLedger:
        """Return a handle on the ledger of `key`."""
        with self._lock:
            if key not in self._ledgers:
                monotonic_s = self._clock.monotonic_s
                core = SharedLedger(
                    key,
                    PlanRows("ledger", key, "", pricing, owner=self._owner, monotonic_s=monotonic_s),
                    database=self._database,
                    owner=self._owner,
                    clock=self._clock,
                    offload=self._offload,
                    background=self._background,
                )
                self._ledgers[key] = core, Sharing(core)
            return OpenLedger(*self._ledgers[key], pricing)

    @blocks
    def months(self, month: str | None = None) -> list[LedgerMonth]:
        """Return the months on record, of one `YYYY-MM` where given.

        Raises:
            StoreUnavailable: The file can't be read.
        """
        self._flush_ledgers()
        with self._database.write() as connection:
            return ledger_store.told_months(connection, self._owner.is_alive, month=month)

    @blocks
    def reconcile(self, key: StateKey | None = None, *, give_back: bool) -> list[LedgerMonth]:
        """Settle what dead owners left behind: as spent, or given back; return the months touched.

        Raises:
            StoreUnavailable: Nothing was changed.
        """
        with self._database.write() as connection:
            touched = ledger_store.reconcile(connection, self._owner.is_alive, key, give_back=give_back)
            told = ledger_store.told_months(connection, self._owner.is_alive, key)
        self._owner.bury_all_dead()
        return [month for month in told if (month.key, month.month) in touched]

    # --- history --------------------------------------------------------------------------------------------------

    def record(self, entry: CallRecord) -> None:
        """Store a finished call with the next group."""
        # No lock: each call passes here, and a list takes and gives in single steps.
        unstored = self._unstored
        if len(unstored) >= _MOST_UNSTORED:
            self._lose()
            return
        unstored.append(entry)
        if not self._stores_soon:
            self._stores_soon = True
            try:
                self._background.ask("records", self._store_records, in_s=_GROUP_S)
            except BaseException:
                self._stores_soon = False
                raise

    def _lose(self) -> None:
        """Count a call that can't be kept: a store that is down for so long must not eat the memory."""
        with self._lock:
            self._lost += 1
            lost = f"{self._lost} finished calls were not recorded: {self.url} was down for too long"
            self._problems.tell("records", lost)

    async def record_strict(self, entry: CallRecord, *, deadline_s: float = inf) -> None:
        """Store it before returning; those who ask at once share a transaction.

        Raises:
            StoreUnavailable: It is not stored, or was not by `deadline_s` (monotonic).
        """
        patience_s = patience(deadline_s - self._clock.monotonic_s())
        await self._audit.ask(lambda group, _now_s: group.append(entry), patience_s=patience_s)

    def _insert_strict(self, take: Take[list[CallRecord]], patience_s: float) -> list[Answer]:
        group: list[CallRecord] = []
        with self._database.write(patience_s=patience_s) as connection:
            answers = [(act(group, 0.0), 0.0) for act in take()]
            self._insert(connection, group)
        self._pruning.ask()
        return answers

    def _store_records(self) -> None:
        with self._storing:  # one at a time, so that no group is stored twice
            # Before the group is looked at: who comes behind it finds that nobody has asked, and asks.
            self._stores_soon = False
            unstored = self._unstored
            group = unstored.copy()
            if group:
                with self._database.write() as connection:
                    self._insert(connection, group)
                del unstored[: len(group)]
                self._pruning.ask()

    def _insert(self, connection: Connection, group: list[CallRecord]) -> None:
        encode, is_audit = msgspec.msgpack.encode, self._is_audit
        values = [value for entry in group for value in (*values_of(entry.key), entry.at_s, encode(entry), is_audit)]
        width, start = len(values) // max(len(group), 1), 0
        for rows in _ROWS_AT_ONCE:
            size = rows * width
            while len(values) - start >= size > 0:
                connection.execute(_INSERT_CALLS[rows], values[start : start + size])
                start += size

    @blocks
    def records(
        self, key: StateKey | None = None, *, integration: str | None = None, limit: int = 100
    ) -> list[CallRecord]:
        """Return the newest finished calls, newest first.

        Raises:
            StoreUnavailable: The file can't be read.
        """
        self._store_records()
        condition, values = chosen(key)
        if integration is not None:
            condition, values = f"{condition} AND integration = ?", (*values, integration)
        rows = self._database.read(
            f"SELECT {COLUMNS}, entry FROM call WHERE {condition} ORDER BY number DESC LIMIT ?",  # noqa: S608
            (*values, limit),
        )
        return [_record(StateKey(*columns), entry) for *columns, entry in rows]

    # --- queue ----------------------------------------------------------------------------------------------------

    async def enqueue(self, item: QueueItem, *, deadline_s: float = inf) -> None:
        """Store durably before returning; a receipt that is known already is not taken twice.

        Raises:
            StoreUnavailable: It is not stored, or was not by `deadline_s` (monotonic), or half a second after it where
                that is past.
        """
        patience_s = max(_QUEUE_LEAST_S, patience(deadline_s - self._clock.monotonic_s()))
        try:
            await self._offload(
                partial(self._queue.enqueue, item, patience_s=patience_s), within_s=patience_s + _QUEUE_LEAST_S
            )
        except TimeoutError as late:
            raise self._database.busy(patience_s) from late

    async def unpark(self, receipt: str, key: StateKey) -> bool:
        """Let a parked item of `key` go on as pending; False where there is none.

        Raises:
            StoreUnavailable: Nothing was changed.
        """
        return await self._offload(partial(self._queue.unpark, receipt, key))

    async def claim(self, key: StateKey | None = None, *, receipt: str | None = None) -> QueueItem | None:
        """Take the oldest pending item (or that of `receipt`) into state `sending`, owned by this process.

        Raises:
            StoreUnavailable: Nothing was claimed.
        """
        return await self._offload(partial(self._queue.claim, key, receipt))

    async def complete(self, receipt: str, *, state: str, reason: str | None = None) -> None:
        """End a claim: `done`, `parked` with a reason, or back to `pending`; also lets a parked item go on.

        Raises:
            StoreUnavailable: The claim stands.
        """
        await self._offload(partial(self._queue.complete, receipt, state, reason))

    @blocks
    def queue(self, key: StateKey | None = None, *, states: tuple[str, ...] = _OPEN_STATES) -> list[QueueItem]:
        """Return queue items, oldest first.

        Raises:
            StoreUnavailable: The file can't be read.
        """
        return self._queue.items(key, states)

    @blocks
    def drop(self, receipt: str) -> bool:
        """Mark a pending or parked item dropped; False where there is none.

        Raises:
            StoreUnavailable: Nothing was changed.
        """
        return self._queue.drop(receipt)

    # --- the store itself -----------------------------------------------------------------------------------------

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the store now."""
        return self._problems.told()

    def _forget_plans(self) -> None:
        if self._ledgers:
            with self._database.write() as connection:
                forget_owner(connection, self._owner.id)

    def _flush_ledgers(self) -> None:
        with self._lock:
            ledgers = [core for core, _ in self._ledgers.values()]
        for ledger in ledgers:
            ledger.flush()

    @blocks
    def flush(self) -> None:
        """Write what is grouped, and return what is leased and unspent.

        Raises:
            StoreUnavailable: It stays to be written.
        """
        self._flush_ledgers()
        self._store_records()

    @blocks
    def close(self) -> None:
        """Flush, return what is leased, and close; what a store that is gone can't take stays spent there."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._background.stop()
        with suppress(StoreUnavailable):
            self.flush()
            self._forget_plans()
            self._pruning.finish()
        self._owner.close()
        self._database.close()


def _record(key: StateKey, entry: bytes) -> CallRecord:
    """Return a stored record. Its columns say whose it is: an entry of an older schema does so in one text."""
    fields = msgspec.msgpack.decode(entry)
    return msgspec.convert({**fields, "key": key}, CallRecord)
