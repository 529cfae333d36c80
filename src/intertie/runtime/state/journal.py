"""What must survive: ledgers, finished calls, and writes that wait for the service."""

from __future__ import annotations

from math import inf
from typing import Protocol

import msgspec

from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.state.ledgers import LedgerHandle, LedgerMonth
from intertie.runtime.state_key import StateKey


class CallRecord(msgspec.Struct, frozen=True):
    """One finished call: history for SLA and reports, and its audit entry. Holds no request or response data.

    `outcome` is a `Kind` value, or `fallback`. `decisions` are the names of the guards' events, in order.
    """

    key: StateKey
    call_id: str
    at_s: float
    operation: str
    caller: str
    outcome: str
    status: int | None
    attempts: int
    elapsed_s: float
    amount: str | None
    currency: str | None
    fallback: str | None
    reached: str
    decisions: tuple[str, ...] = ()


class QueueItem(msgspec.Struct, frozen=True):
    """A write that waits for the service. `state` is `pending`, `sending`, `done`, `parked` or `dropped`.

    `payload` is the internal input as JSON; `idempotency_key` is what every try sends; `not_after_s` is when the
    service forgets the key (UTC seconds), after which the item is parked.
    """

    receipt: str
    key: StateKey
    operation: str
    payload: bytes
    idempotency_key: str | None
    version: str | None
    caller: str
    enqueued_s: float
    not_after_s: float | None
    state: str = "pending"
    attempts: int = 0
    reason: str | None = None


class Journal(Protocol):
    """What must survive."""

    url: str

    def ledger(self, key: StateKey, pricing: PricingOptions) -> LedgerHandle:
        """Return a handle on the ledger of `key`: the newest prices hold, and the strictest budget of all open handles.

        Memory.
        """

    def months(self, month: str | None = None) -> list[LedgerMonth]:
        """Return the months on record, of one `YYYY-MM` where given. Blocks."""

    def reconcile(self, key: StateKey | None = None, *, give_back: bool) -> list[LedgerMonth]:
        """Settle what dead owners left behind: as spent, or given back; return the months touched. Blocks."""

    def record(self, entry: CallRecord) -> None:
        """Store a finished call with the next group. Told later."""

    async def record_strict(self, entry: CallRecord, *, deadline_s: float = inf) -> None:
        """Store it before returning. Awaited.

        Raises:
            StoreUnavailable: It is not stored, or was not by `deadline_s` (monotonic).
        """

    def records(
        self, key: StateKey | None = None, *, integration: str | None = None, limit: int = 100
    ) -> list[CallRecord]:
        """Return the newest finished calls, newest first: of `key`, or of `integration` wherever, or all. Blocks."""

    async def enqueue(self, item: QueueItem, *, deadline_s: float = inf) -> None:
        """Store durably before returning. Awaited.

        Raises:
            StoreUnavailable: It is not stored, or was not by `deadline_s` (monotonic), or a moment after it where that
                is past.
        """

    async def unpark(self, receipt: str, key: StateKey) -> bool:
        """Let a parked item of `key` go on as pending; False where there is none. Awaited."""

    async def claim(self, key: StateKey | None = None, *, receipt: str | None = None) -> QueueItem | None:
        """Take the oldest pending item (or that of `receipt`) for this process to send; None where there is none.

        Awaited.

        It is in state `sending` then. Items left in that state by a dead process are first put back to `pending` where
        an idempotency key makes that safe, and parked as unknown where not. Items past `not_after_s` are parked.
        """

    async def complete(self, receipt: str, *, state: str, reason: str | None = None) -> None:
        """End a claim: `done`, `parked` with a reason, or back to `pending`. Awaited."""

    def queue(
        self, key: StateKey | None = None, *, states: tuple[str, ...] = ("pending", "sending", "parked")
    ) -> list[QueueItem]:
        """Return queue items, oldest first. Blocks."""

    def drop(self, receipt: str) -> bool:
        """Mark a pending or parked item dropped; False where there is none. Blocks."""

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the store now, as sentences for people; empty where all is well. Memory."""

    def flush(self) -> None:
        """Write what is grouped. Blocks."""

    def close(self) -> None:
        """Flush, return what is leased, and close. Blocks."""
