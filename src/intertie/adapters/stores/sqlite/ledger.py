"""What calls cost, in a file: reserved from durable shares in memory, settled in groups."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import TypeAlias, cast

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.budget_share import SHARE_S, Books, Demand
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite import ledger_store
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.combining import Answer, Combiner, Take
from intertie.adapters.stores.sqlite.database import Database, patience
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows
from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.core.forking import renew_after_fork
from intertie.core.money import EXACT, Money, Trillionths, units
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import month_bounds, month_name, strictest_budget, tier_cost
from intertie.runtime.policies.budget.tariff import Tariff
from intertie.runtime.state import BudgetRefusal, LedgerMonth, Offload, Reservation
from intertie.runtime.state_key import StateKey

_PLAN_S = 0.05
"""How soon a change of plan is told."""
_SETTLE_S = 0.1
"""How soon what was settled is told."""
_RECALL_LOOK_S = 0.05
_ASK_AGAIN_S = 0.02
_PART_OF_REST = 10
"""Before a hard stop a share is never more than this part of what is left, divided by those who share it."""
_REFILL_AT = 3
"""A share is refilled when less than this part of it is left, of calls, of quantity or of time."""
_NEVER = -1
"""Never are fewer calls left."""
_ZERO = Decimal(0)

_Entry: TypeAlias = tuple[str, tuple[int, Trillionths], ledger_store.HeldShare]
"""A month, what was settled of it, and the share of it that is held from now on."""
_Refused: TypeAlias = tuple[BudgetRefusal, bool]
"""What to refuse with, and whether waiting may help."""


class _Ask:
    """One caller's wish for a reservation; answered once it is written down."""

    __slots__ = ("answer", "quantity")

    def __init__(self, quantity: Trillionths) -> None:
        self.quantity = quantity
        self.answer: Reservation | _Refused | None = None

    def join(self, session: _Session, _now_s: float) -> None:
        """Take part in a transaction."""
        session.asks.append(self)


class _Session:
    """What one transaction is asked to do, beside telling what was settled.

    Attributes:
        month: What it is about, `YYYY-MM`.
        asks: Callers who need a reservation.
        refills: The share is brought to what it should hold, and its time begins anew.
        returns: What is unspent is given back.
        begins: The month is to be on record, whatever it holds.
    """

    __slots__ = ("asks", "begins", "month", "refills", "returns")

    def __init__(self, month: str) -> None:
        self.month = month
        self.asks: list[_Ask] = []
        self.refills = self.returns = self.begins = False

    def refill(self, _now_s: float) -> None:
        """Ask for a refill."""
        self.refills = True

    def return_unspent(self, _now_s: float) -> None:
        """Ask for what is unspent to be given back."""
        self.returns = True

    def begin(self, _now_s: float) -> str:
        """Ask for the month to be on record; return it."""
        self.begins = True
        return self.month

    def tell(self, _now_s: float) -> None:
        """Ask for nothing: what was settled is told in any case."""


class _Lease:
    """What a transaction writes down beyond what is held: `calls` of `quantity`, of which nobody asked for `unspent`.

    `granted` are those who asked and have it, `refused` the others, each with what was taken when it was its turn.
    `affordable` is what the budget of `pricing` allows; all that is taken `fits` into it, but for after a stricter plan
    has come.
    """

    __slots__ = ("affordable", "calls", "fits", "granted", "pricing", "quantity", "refused", "unspent")

    def __init__(self, pricing: PricingOptions, affordable: Trillionths | None) -> None:
        self.pricing = pricing
        self.affordable = affordable
        self.calls = 0
        self.quantity: Trillionths = 0
        self.unspent: Trillionths = 0
        self.fits = True
        self.granted: list[_Ask] = []
        self.refused: list[tuple[_Ask, Trillionths]] = []


class SharedLedger:
    """What the handles on one ledger share, on the file.

    A share is written down before any of it is handed out, and counts as spent until settled or returned: what a killed
    process had sent is always covered. It is refilled in the background when a third of it is left, and renewed when a
    third of its time is: who has a share waits for nobody. What is settled is told meanwhile, and ends no share.

    Where a hard stop comes near, a share is one call, so that little is ever held unspent. Before anybody is refused,
    what live owners hold unspent is recalled; the refusal waits for it for about a second, and is given only for what
    is spent, reserved or left by the dead - or where an owner that lives does not answer in that time.
    """

    def __init__(
        self,
        key: StateKey,
        plans: PlanRows[PricingOptions],
        *,
        database: Database,
        owner: Owner,
        clock: Clock,
        offload: Offload,
        background: Background,
    ) -> None:
        self._key = key
        self._recall_name, self._settle_name = f"recall {key!r}", f"settle {key!r}"
        self._refill_name, self._plan_name = f"refill {key!r}", f"plan {key!r}"
        self._database = database
        self._owner = owner
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._offload = offload
        self._background = background
        self._lock = threading.Lock()
        self._plans = plans
        self._tariff = Tariff(plans.in_force()[-1])
        self._measured: Sequence[PricingOptions] = ()
        self._measure_locked(plans.in_force())
        self._begin()
        renew_after_fork(self)

    def _begin(self) -> None:
        self._store: Combiner[_Session] = Combiner(
            self._transact, offload=self._offload, monotonic_s=self._monotonic_s, busy=self._database.busy
        )
        self._books: dict[str, Books] = {}
        self._now_books = Books("")
        self._share_ends_s = -inf
        self._handed = 0
        self._handed_before_lease = 0
        self._demand = Demand()
        self._each: Trillionths = 0
        self._refill_calls = _NEVER
        self._refill_quantity: Trillionths = 0
        self._tells_soon = False

    def after_fork_in_child(self) -> None:
        """Hold nothing: shares and reservations are the parent's."""
        self._lock = threading.Lock()
        self._begin()

    def replan(self, plans: Sequence[PricingOptions]) -> None:
        """Go on under these plans of this process, beside those of all others; the store is told soon.

        The newest price and the strictest budget hold at once.
        """
        with self._lock:
            self._plans.set_own(plans)
            if plans:
                self._tariff = Tariff(plans[-1])
            self._measure_locked(self._plans.in_force())
        self._background.ask(self._plan_name, self._tell_plan, in_s=_PLAN_S)

    def _measure_locked(self, plans: Sequence[PricingOptions]) -> None:
        """Keep to these plans; nothing more is spent from a share that was taken under others."""
        if plans != self._measured:
            self._measured = plans
            self._strictest, self._affordable = strictest_budget(plans)
            self._share_ends_s = -inf

    def _tell_plan(self) -> None:
        """Tell the others which plan this process runs; what they hold unspent is recalled, so that they look at it."""
        with self._database.write() as connection:
            plans = self._plans.read(connection)
            if len(plans) > 1:
                name = month_name(self._clock.utc_now(), self._tariff.pricing.time_zone)
                owners = {share.owner for share in ledger_store.shares(connection, self._key, name)}
                ledger_store.recall(connection, self._key, name, owners - {self._owner.id})
        with self._lock:
            self._measure_locked(plans)

    # --- reserving ------------------------------------------------------------------------------------------------

    def reserve_nowait(self, quantity: Trillionths) -> Reservation | None:
        """Set `quantity` aside from this process's share, else None."""
        reservation: Reservation | None = None
        try:
            with self._lock:
                books = self._now_books
                if not books.left_calls or books.left < quantity or self._monotonic_s() >= self._share_ends_s:
                    return None
                reservation = books.hand_out(quantity)
                self._handed += 1
                if books.left_calls > self._refill_calls and books.left >= self._refill_quantity:
                    return reservation
                self._each, self._refill_calls, self._refill_quantity = quantity, _NEVER, 0  # once a share
            self._background.ask(self._refill_name, self._refill)
        except BaseException:
            self._undo(reservation)
            raise
        return reservation

    def _undo(self, reservation: object) -> None:
        """Take back what an interrupt kept from its caller."""
        if isinstance(reservation, Reservation):
            self.settle(reservation, quantity=0, reached=Reach.NO)

    async def reserve(self, quantity: Trillionths, *, deadline_s: float = inf) -> Reservation | BudgetRefusal:
        """Set it aside; refused only where the limit, all shares clawed back, would be passed.

        Raises:
            StoreUnavailable: It can't be written down, or not by `deadline_s`, so nothing may be sent.
        """
        give_up_s = min(deadline_s, self._monotonic_s() + SHARE_S + 0.2)
        while True:
            reservation = self.reserve_nowait(quantity)
            if reservation is not None:
                return reservation
            answer = await self._leased(quantity, deadline_s)
            try:
                if isinstance(answer, Reservation):
                    return answer
            except BaseException:
                self._undo(answer)
                raise
            refusal, may_come_back = answer
            if not may_come_back or self._monotonic_s() >= give_up_s:
                return refusal
            await self._clock.sleep_until(self._monotonic_s() + _ASK_AGAIN_S)

    async def _leased(self, quantity: Trillionths, deadline_s: float) -> Reservation | _Refused:
        """Write a share down and reserve from it, or say why not; those who ask at once share a transaction.

        Raises:
            StoreUnavailable: Nothing is written down, or was not by `deadline_s`.
        """
        ask = _Ask(quantity)
        patience_s = patience(deadline_s - self._monotonic_s())
        await self._store.ask(ask.join, patience_s=patience_s, left=lambda answer: self._left(ask, answer))
        if ask.answer is None:
            msg = f"the ledger of {self._key} answered nothing to one who asked for a share; please report this"
            raise RuntimeError(msg)
        return ask.answer

    def _left(self, ask: _Ask, answer: Answer | None) -> None:
        """Give back what was reserved for a caller who has left."""
        if answer is not None:
            self._undo(ask.answer)

    # --- a transaction ----------------------------------------------------------------------------------------------

    def _transact(self, take: Take[_Session], patience_s: float) -> list[Answer]:
        """Write what was settled, and the share of all who ask for one; or give up what is unspent."""
        owner = self._owner.id
        with self._database.write(patience_s=patience_s) as connection:
            now, now_s, time_zone = self._clock.utc_now(), self._monotonic_s(), self._tariff.pricing.time_zone
            name = month_name(now, time_zone)
            month_left_s = month_bounds(now, time_zone)[1] - now.timestamp()
            session = _Session(name)
            answers: list[Answer] = [(act(session, now_s), now_s) for act in take()]
            self._plans.read(connection)
            spent = ledger_store.settled(connection, self._key, name)
            shares = ledger_store.shares(connection, self._key, name)
            with self._lock:
                plans = self._plans.in_force()  # as this process runs by now
                self._measure_locked(plans)
                books = self._books.get(name)
                if books is None and (session.asks or session.refills or session.begins):
                    books = self._books[name] = Books(name)
                is_recalled = any(share.is_recalled for share in shares if share.owner == owner)
                self._keep_locked(books, session, now_s, returns=session.returns or is_recalled)
                others = [share for share in shares if share.owner != owner]
                lease = None
                if books is not None and (session.asks or session.refills):
                    wanted = 0 if is_recalled else self._demand.wanted(self._handed, now_s)
                    lease = self._lease_locked(session, books, spent, others, wanted)
                entries = self._entries_locked(books, lease)
            for of_month, settled, share in entries:
                before = spent if of_month == name else ledger_store.settled(connection, self._key, of_month)
                pricing, settled_calls, total = self._tariff.pricing, settled[0], before + settled[1]
                ledger_store.put_month(connection, self._key, of_month, pricing, settled_calls, total)
                ledger_store.put_share(connection, self._key, of_month, share)
            if lease is not None:
                ledger_store.recall(connection, self._key, name, self._refuse(lease, others, month_left_s))
        with self._lock:
            left = self._stored_locked(books, spent, lease, plans, now_s + min(SHARE_S, month_left_s))
        if left:
            self._background.ask(self._recall_name, self._look_for_recall, in_s=_RECALL_LOOK_S)
        return answers

    def _keep_locked(self, books: Books | None, session: _Session, now_s: float, *, returns: bool) -> None:
        """Give up what is left of other months; of this one too where that is asked for or its time is over.

        Those who ask have used their share up, or it is too small for them: what is left is theirs first.
        """
        for other in self._books.values():
            if other is not books or returns or session.asks or now_s >= self._share_ends_s:
                other.keep(0, 0)

    def _lease_locked(
        self,
        session: _Session,
        books: Books,
        spent: Trillionths,
        others: list[ledger_store.HeldShare],
        wanted: int,
    ) -> _Lease:
        """Return what to write down: what is asked for as far as it can be had, and a share of `wanted` calls."""
        lease = _Lease(self._strictest, self._affordable)
        taken = spent + books.settled + books.quantity + sum(share.quantity for share in others)
        for ask in session.asks:
            if lease.affordable is not None and taken + ask.quantity > lease.affordable:
                lease.refused.append((ask, taken))
                continue
            taken += ask.quantity
            lease.granted.append(ask)
            self._each = ask.quantity
        lease.fits = lease.affordable is None or taken <= lease.affordable
        if not lease.granted and not session.refills:
            return lease
        wanted = max(0, wanted - len(lease.granted))
        target = self._at_most(wanted, self._each, taken - books.left, sharers=1 + len(others))
        books.keep(target, target * self._each)
        lease.unspent = target * self._each - books.left
        lease.calls = len(lease.granted) + target - books.left_calls
        lease.quantity = sum(ask.quantity for ask in lease.granted) + lease.unspent
        return lease

    def _at_most(self, wanted: int, each: Trillionths, taken: Trillionths, *, sharers: int) -> int:
        """Return how many calls of those wanted a share may hold: all sharers a tenth of what a hard stop leaves."""
        if self._affordable is None or each <= 0:
            return wanted
        return max(0, min(wanted, (self._affordable - taken) // (_PART_OF_REST * sharers * each)))

    def _entries_locked(self, books: Books | None, lease: _Lease | None) -> list[_Entry]:
        """Return what to write of each month: what was settled, and all that is held from now on."""
        entries = []
        for held in self._books.values():
            calls, quantity, unspent = held.calls, held.quantity, held.left
            if held is books and lease is not None:
                calls, quantity, unspent = calls + lease.calls, quantity + lease.quantity, unspent + lease.unspent
            share = ledger_store.HeldShare(self._owner.id, calls, quantity, unspent)
            entries.append((held.name, held.tell(), share))
        return entries

    def _stored_locked(
        self,
        books: Books | None,
        spent: Trillionths,
        lease: _Lease | None,
        plans: Sequence[PricingOptions],
        end_s: float,
    ) -> bool:
        """Hold what is written down by now; return whether anything is left to hand out."""
        if books is not None:
            books.settled_before = spent
        for name, held in list(self._books.items()):
            held.told_all()
            if held.is_over and held is not self._now_books and held is not books:
                del self._books[name]
        if books is not None and lease is not None:
            books.add(lease.calls, lease.quantity)
            for ask in lease.granted:
                ask.answer = books.hand_out(ask.quantity)
            self._handed += len(lease.granted)
            self._handed_before_lease = self._handed
            self._now_books = books
            # Where plans have changed meanwhile, or allow less than is taken, what comes back is not handed out again.
            self._share_ends_s = end_s if lease.fits and self._measured == plans else -inf
            self._refill_calls = books.left_calls // _REFILL_AT if books.left_calls else _NEVER
            self._refill_quantity = books.left // _REFILL_AT
        return bool(self._now_books.left_calls)

    def _refuse(self, lease: _Lease, others: list[ledger_store.HeldShare], month_left_s: float) -> list[str]:
        """Answer those who can't be served; return the owners whose unspent shares would help."""
        if not lease.refused or lease.affordable is None:
            return []
        pricing = lease.pricing
        living = [share for share in others if share.unspent > 0 and self._owner.is_alive(share.owner)]
        unspent = sum(share.unspent for share in living)
        recalls = False
        for ask, taken in lease.refused:
            spent = EXACT.add(tier_cost(pricing, units(taken)), pricing.monthly_fee)
            refusal = BudgetRefusal(max(0.0, month_left_s), pricing.monthly_limit or _ZERO, spent)
            may_come_back = taken + ask.quantity - unspent <= lease.affordable
            ask.answer = refusal, may_come_back
            recalls = recalls or may_come_back
        return [share.owner for share in living] if recalls else []

    def _refill(self) -> None:
        """Bring the share to what it should hold."""
        self._store.run(_Session.refill)

    def _look_for_recall(self) -> None:
        """Return what is unspent where another needs it, or where its time is over; renew it where it is used."""
        with self._lock:
            books, left_s = self._now_books, self._share_ends_s - self._monotonic_s()
            if not books.left_calls:
                return
            is_used = self._handed > self._handed_before_lease
        if left_s <= 0 or (left_s <= SHARE_S / _REFILL_AT and is_used):
            self._store.run(_Session.refill if is_used else _Session.return_unspent)
        elif ledger_store.is_recalled(self._database, self._key, books.name, self._owner.id):
            self._store.run(_Session.return_unspent)
        else:
            self._background.ask(self._recall_name, self._look_for_recall, in_s=_RECALL_LOOK_S)

    # --- settling -------------------------------------------------------------------------------------------------

    def expected_cost(self, reservation: Reservation) -> Money:
        """Return what a reservation is expected to cost."""
        return self._tariff.cost(reservation.before, reservation.quantity)

    def settle(self, reservation: Reservation, *, quantity: Trillionths, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that.

        Across processes the place of one attempt on the tiers is known as of the last transaction; the month's sum is
        exact.

        Raises:
            ValueError: The reservation was settled before.
        """
        with self._lock:
            books = reservation.books
            if books is None:
                msg = f"a reservation of {self._key} was settled before"
                raise ValueError(msg)
            in_s = _SETTLE_S
            # The books change last, and the reservation with them: no call comes between, so no interrupt does.
            if reached is Reach.NO:
                if not books.left_calls and self._affordable is not None:
                    in_s = 0.0  # the file says that nothing is left here: others would be refused for it
                cost = self._tariff.nothing
                books.take_back(reservation.quantity)
            else:
                cost = self._tariff.cost(books.settled_before + books.settled, quantity)
                books.settle(reservation.quantity, quantity)
            reservation.books = None
            if self._tells_soon and in_s:
                return cost
            self._tells_soon = True
        self._background.ask(self._settle_name, self._tell_settled, in_s=in_s)
        return cost

    def _tell_settled(self) -> None:
        """Write what was settled; the share goes on."""
        with self._lock:
            self._tells_soon = False
        try:
            self._store.run(_Session.tell)
        except StoreUnavailable:
            with self._lock:
                self._tells_soon = True  # it is tried again in a second, not with each call
            raise

    def flush(self) -> None:
        """Write what was settled and return what is unspent.

        Raises:
            StoreUnavailable: It stays to be told.
        """
        if self._books:
            self._store.run(_Session.return_unspent)

    @blocks
    def month(self) -> LedgerMonth:
        """Return the current month; what other live processes hold counts as reserved where they may have spent it."""
        name, _ = self._store.run(_Session.begin)
        with self._database.write() as connection:
            return ledger_store.told_months(connection, self._owner.is_alive, self._key, cast("str", name))[0]
