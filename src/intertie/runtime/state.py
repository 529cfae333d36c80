"""What the pipeline asks of shared state: two small contracts, `Coordination` and `Journal`, with verbs of the domain.

A call never waits for a store on its event loop. Each verb is one of these, and its docstring says which:

| kind | form | what it does |
|---|---|---|
| memory | `*_nowait`, or plain | touches memory only; `*_nowait` returns None where the store itself must be asked |
| awaited | `async`, with a deadline | asks the store off the loop; at the deadline the caller leaves |
| told later | `*_later`, or plain | changes memory at once and queues what the store must know |
| blocking | "Blocks." | for opening, closing and an operator's hand; never for a call |

The backends (`memory://`, `sqlite://`) pass one contract test suite. All methods may be called from any thread; each
handle owns its locks.

Whoever opens a limiter, breaker or ledger gets a handle of its own with options of its own. All handles of one key
share what has happened. While handles with different options are open, in this process or in others, the strictest
options hold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from math import inf
from typing import Protocol, TypeVar

import msgspec

from intertie.core.errors import Reach
from intertie.core.money import Money
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state_key import StateKey

T = TypeVar("T")


class Bell(Protocol):
    """Wakes one caller that waits."""

    def ring(self) -> None:
        """Wake the caller, from any thread; a caller that comes later does not wait."""

    async def wait(self, within_s: float) -> None:
        """Return when it rings, or after `within_s` seconds."""


class Offload(Protocol):
    """Run blocking work where it may block: inline for synchronous callers, in a worker thread on an event loop.

    Attributes:
        inline: Whether work runs in the caller's own thread.
    """

    inline: bool

    def __call__(self, work: Callable[[], T], /, *, within_s: float = inf) -> Awaitable[T]:
        """Return what `work` returns; raise what it raises.

        Raises:
            TimeoutError: It was not done in `within_s`, and goes on. Inline work bounds itself instead.
        """

    def start(self, work: Callable[[], None], /) -> None:
        """Run `work` in a worker thread; nobody waits for it. For work that is not `inline`."""

    def bell(self) -> Bell:
        """Return a bell for the running event loop. For work that is not `inline`."""


# --- limiter ------------------------------------------------------------------------------------------------------


class Permit(msgspec.Struct, frozen=True):
    """The right to send one request now. `stamp_s` is when it was taken, by the limiter's own clock.

    `waited_s` is 0.0 where a turn was free at once, however long the store took to say so.
    """

    stamp_s: float
    waited_s: float = 0.0


class LimitRefusal(msgspec.Struct, frozen=True):
    """No turn within the deadline; nothing stays reserved.

    `reason` is `window`, `pause`, `quota` (the service says that nothing is left), `concurrency`, `store` where the
    limit's store is down and `store_down` says `refuse`, or `store_busy` where others held it all the time there was.
    """

    retry_after_s: float
    reason: str


class ServerHint(msgspec.Struct, frozen=True):
    """What an answer said about the limit; hints only tighten.

    Attributes:
        pause_s: Nobody may send for so long (`Retry-After`), None where nothing was said.
        throttled: The answer was a 429 or a disguise of one; without `pause_s` the declared pause applies, growing
            with each in a row.
        remaining, reset_s: Requests left and seconds until they are renewed (`RateLimit*`, `X-RateLimit-*`).
    """

    pause_s: float | None = None
    throttled: bool = False
    remaining: int | None = None
    reset_s: float | None = None


class WindowState(msgspec.Struct, frozen=True):
    """One window as it is now."""

    window_s: float
    limit: int
    used: int
    free_in_s: float


class LimiterSnapshot(msgspec.Struct, frozen=True):
    """The limiter as it is now.

    `paused_for_s` is 0 where nothing pauses it: neither a pause nor an answer that said that nothing is left.
    """

    windows: tuple[WindowState, ...]
    in_flight: int
    waiting: int
    paused_for_s: float


class LimiterVerbs(Protocol):
    """The limit of one integration and environment."""

    def acquire_nowait(self) -> Permit | None:
        """Take a permit if one is free now and nobody waits before us, else None. Memory."""

    async def acquire(self, *, deadline_s: float) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic). Awaited.

        Refused at once where the turn can't come before the deadline. If the caller is cancelled while waiting,
        nothing stays taken.
        """

    def give_back(self, permit: Permit) -> None:
        """Undo a permit whose request was not sent (`reached` is `no`). Told later."""

    def finished(self) -> None:
        """End the flight that a permit began (frees a place of `concurrent`); once for each permit not given back.

        Told later.
        """

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:
        """Let an answer steer the limit for all callers; return the pause now in force, 0.0 where none. Awaited.

        This process heeds the hint at once. Where the store does not take it by `deadline_s` (monotonic), or the
        caller is cancelled, the store is told later.
        """

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand. Blocks."""

    def resume(self) -> None:
        """Clear a pause. Blocks."""

    def snapshot(self) -> LimiterSnapshot:
        """Return the limiter as it is now, all processes that share the store included as far as known. Blocks."""


class LimiterHandle(LimiterVerbs, Protocol):
    """A limit, held with options of one's own."""

    def reconfigure(self, options: LimiterOptions) -> None:
        """Go on under other options: what left under the old ones counts under the new. Told later."""

    def close(self) -> None:
        """End this handle: its options hold no longer. What was taken through it may still be ended. Told later."""


# --- breaker ------------------------------------------------------------------------------------------------------


class Admission(msgspec.Struct, frozen=True):
    """The breaker lets an attempt pass.

    Attributes:
        epoch: Tells results from before a change of state.
        probe: A half-open lease.
    """

    epoch: int
    probe: str | None = None


class CircuitRefusal(msgspec.Struct, frozen=True):
    """The breaker is open (or half-open and full); `forced` where an operator holds it so."""

    state: str
    retry_after_s: float
    forced: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What an attempt means to the breaker: `failure` True or False, or None where it is neutral."""

    failure: bool | None


class BreakerSnapshot(msgspec.Struct, frozen=True):
    """`state` is `closed`, `open` or `half_open`; `forced` is `open`, `closed` or None."""

    state: str
    failures: int
    successes: int
    probes: int
    opens_for_s: float
    forced: str | None
    epoch: int


class BreakerVerbs(Protocol):
    """One breaker."""

    def admit_nowait(self) -> Admission | None:
        """Return an admission where the breaker is known to be closed, None where `admit` must look. Memory."""

    async def admit(self, *, lease_until_s: float) -> Admission | CircuitRefusal:
        """Ask for admission; a probe's lease ends at `lease_until_s` (monotonic) whatever becomes of its owner.

        Awaited, at most until then; a store that does not answer leaves the decision to this process.
        """

    def still_admitted_nowait(self, admission: Admission) -> bool | None:
        """Return whether nothing opened since, None where `still_admitted` must look. Memory."""

    async def still_admitted(self, admission: Admission, *, deadline_s: float) -> bool:
        """Return whether nothing opened since (the second look, after a wait). Awaited, for a moment at most."""

    async def record(self, admission: Admission, verdict: Verdict, *, deadline_s: float) -> str | None:
        """Record how the attempt went; return the new state's name where it changed, else None.

        Awaited where the answer may change the state (a failure, a probe), else memory. Where the store does not take
        it by `deadline_s` (monotonic), or the caller is cancelled, this process counts it and the store is told later.
        """

    def record_later(self, admission: Admission, verdict: Verdict) -> None:
        """Record how the attempt went, for callers that may not wait. Told later.

        A success on a closed breaker that has counted no failures costs next to nothing.
        """

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent. Told later."""

    def known(self) -> BreakerSnapshot:
        """Return the breaker as this process last knew it. Memory."""

    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed` for all who share the store; None lets it decide again. Blocks."""

    def snapshot(self) -> BreakerSnapshot:
        """Return the breaker as it is now. Blocks."""


class BreakerHandle(BreakerVerbs, Protocol):
    """A breaker, held with options of one's own."""

    def reconfigure(self, options: BreakerOptions) -> None:
        """Go on under other options, with what was counted under the old ones. Told later."""

    def close(self) -> None:
        """End this handle: its options hold no longer. What was admitted through it may still be recorded.

        Told later.
        """


# --- cache --------------------------------------------------------------------------------------------------------


class CachedAnswer(msgspec.Struct, frozen=True):
    """A last good answer: mapped data as JSON bytes, its status and its age."""

    data: bytes
    status: int
    age_s: float


class CacheHandle(Protocol):
    """Last good answers of one integration and environment."""

    def keep(self, key: str, data: bytes, status: int, *, ttl_s: float) -> None:
        """Keep an answer; `key` is a digest, so no request data is stored in it. Told later."""

    async def find(self, key: str, *, ttl_s: float, deadline_s: float = inf) -> CachedAnswer | None:
        """Return the answer kept under `key` if it is at most `ttl_s` old. Awaited.

        None too where the store does not answer by `deadline_s` (monotonic), or a moment after it where that is past.
        """


class Coordination(Protocol):
    """What callers share while they run."""

    url: str

    def limiter(self, key: StateKey, options: LimiterOptions, scope: str = "") -> LimiterHandle:
        """Return a handle on the limiter of `key`: the one for all its operations, or a further one of `scope`.

        The strictest options of all open handles hold. Memory.
        """

    def breaker(self, key: StateKey, options: BreakerOptions, scope: str = "") -> BreakerHandle:
        """Return a handle on the breaker of `key`: the one for all its operations, or that of the operation `scope`.

        The strictest options of all open handles hold. Memory.
        """

    def cache(self, key: StateKey) -> CacheHandle:
        """Return the cache of `key`, whose origin is filled. Memory."""

    def keys(self) -> list[StateKey]:
        """Return whose limits are on record, the one that was used last first. Blocks.

        Raises:
            StoreUnavailable: The store can't be read.
        """

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the store now, as sentences for people; empty where all is well. Memory."""

    def close(self) -> None:
        """Return what is leased and close. Blocks."""


# --- journal ------------------------------------------------------------------------------------------------------


class Reservation(msgspec.Struct, frozen=True):
    """Cost set aside for one attempt: `quantity` units at an expected price, after `before` units of the month.

    `before` is settled or set aside, as far as this process knows; what others use is known as of the last look.
    """

    id: int
    quantity: Decimal
    amount: Decimal
    before: Decimal


class BudgetRefusal(msgspec.Struct, frozen=True):
    """The attempt would pass the month's limit; `retry_after_s` is the time to the next month."""

    retry_after_s: float
    limit: Decimal
    spent: Decimal


class LedgerMonth(msgspec.Struct, frozen=True):
    """One month of one integration: settled and still reserved.

    `calls` counts attempts that reached (or may have reached) the service. `amount` is what they cost; `reserved` what
    is set aside by attempts under way; `unreconciled` what dead owners left behind, which counts as spent.
    """

    key: StateKey
    month: str
    currency: str
    calls: int
    quantity: Decimal
    amount: Decimal
    reserved: Decimal
    unreconciled: Decimal
    monthly_limit: Decimal | None


class LedgerVerbs(Protocol):
    """The ledger of one integration and environment."""

    def reserve_nowait(self, quantity: Decimal) -> Reservation | None:
        """Set aside the cost of `quantity` units from this process's share; None where the store must be asked.

        Memory.
        """

    async def reserve(self, quantity: Decimal, *, deadline_s: float = inf) -> Reservation | BudgetRefusal:
        """Set aside the cost; refused only where the limit, all shares clawed back, would be passed. Awaited.

        Raises:
            StoreUnavailable: It can't be written down, or not by `deadline_s` (monotonic); nothing may be sent.
        """

    def settle(self, reservation: Reservation, *, quantity: Decimal, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that. Told later.

        Nothing is lost meanwhile: until it is told, the store counts the whole reservation as spent.
        """

    def month(self) -> LedgerMonth:
        """Return the current month. Blocks."""


class LedgerHandle(LedgerVerbs, Protocol):
    """A ledger, held with a price and a budget of one's own."""

    def reconfigure(self, pricing: PricingOptions) -> None:
        """Go on under another price and budget; what was spent this month stays spent. Told later."""

    def close(self) -> None:
        """End this handle: its budget holds no longer. What was reserved through it may still be settled.

        Told later.
        """


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
