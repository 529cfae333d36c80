"""What calls cost, in a file: reserved from durable shares in memory, settled in groups."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import TypeAlias, cast

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.sqlite import ledger_store
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.combining import Answer, Combiner, Take
from intertie.adapters.stores.sqlite.database import Database, patience
from intertie.adapters.stores.sqlite.keys import HERE, values_of
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows
from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.core.forking import renew_after_fork
from intertie.core.money import Money
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import (
    EXACT,
    marginal_cost,
    month_bounds,
    month_name,
    strictest_budget,
    tier_cost,
)
from intertie.runtime.state import BudgetRefusal, LedgerMonth, Offload, Reservation
from intertie.runtime.state_key import StateKey

SHARE_S = 1.0
"""How long a share may be spent from, and how long a refusal waits for others to return theirs."""
MOST_CALLS = 100
_GROUP_S = 0.05
_RECALL_LOOK_S = 0.05
_ASK_AGAIN_S = 0.02
_ZERO = Decimal(0)


class _Books:
    """What this process holds of one month; `calls` and `quantity` are all that its row must cover."""

    __slots__ = ("calls", "left", "left_calls", "name", "quantity", "settled", "settled_before", "settled_calls")

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.quantity = _ZERO
        self.left = _ZERO
        self.left_calls = 0
        self.settled = _ZERO
        self.settled_calls = 0
        self.settled_before = _ZERO


_Refused: TypeAlias = tuple[BudgetRefusal, bool]
"""What to refuse with, and whether waiting may help."""


class _Ask:
    """One caller's wish for a reservation; answered once it is written down."""

    __slots__ = ("answer", "quantity")

    def __init__(self, quantity: Decimal) -> None:
        self.quantity = quantity
        self.answer: Reservation | _Refused | None = None

    def join(self, session: _Session, _now_s: float) -> None:
        """Take part in a transaction."""
        session.asks.append(self)


class _Session:
    """One transaction on the books of a month."""

    __slots__ = ("asks", "connection", "name")

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.connection = connection
        self.name = name
        self.asks: list[_Ask] = []


class _Lease:
    """What a transaction wrote down: `calls` of `quantity` in all, `granted` to those who asked."""

    __slots__ = ("calls", "granted", "quantity", "spent")

    def __init__(self, spent: Decimal) -> None:
        self.spent = spent
        self.calls = 0
        self.quantity = _ZERO
        self.granted: list[_Ask] = []


class SharedLedger:
    """What the handles on one ledger share, on the file.

    A share is written down before any of it is handed out, and counts as spent until settled or returned: what a killed
    process had sent is always covered. A share is what this process lately needed in a second, at most 100 calls; where
    a hard stop comes near it is one call, so that little is ever held unspent. Before anybody is refused, what live
    owners hold unspent is recalled; the refusal waits for it for about a second, and is given only for what is spent,
    reserved or left by the dead - or where an owner that lives does not answer in that time.
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
        self._recall_name, self._settle_name, self._plan_name = f"recall {key!r}", f"settle {key!r}", f"plan {key!r}"
        self._database = database
        self._owner = owner
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._offload = offload
        self._background = background
        self._lock = threading.Lock()
        self._next_id = 1
        self._plans = plans
        self._pricing = plans.in_force()[-1]
        self._measured: Sequence[PricingOptions] = ()
        self._measure_locked(plans.in_force())
        self._begin()
        renew_after_fork(self)

    def _begin(self) -> None:
        self._books_store: Combiner[_Session] = Combiner(
            self._transact, offload=self._offload, monotonic_s=self._monotonic_s, busy=self._database.busy
        )
        self._books: dict[str, _Books] = {}
        self._now_books = _Books("")
        self._telling: dict[str, tuple[int, Decimal]] = {}
        self._share_ends_s = float("-inf")
        self._open: dict[int, tuple[_Books, Decimal]] = {}
        self._second_s = float("-inf")
        self._this_second = 0
        self._last_second = 0

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
                self._pricing = plans[-1]
            self._measure_locked(self._plans.in_force())
        self._background.ask(self._plan_name, self._tell_plan, in_s=_GROUP_S)

    def _measure_locked(self, plans: Sequence[PricingOptions]) -> None:
        """Keep to these plans; nothing more is spent from a share that was taken under others."""
        if plans != self._measured:
            self._measured = plans
            self._strictest, self._affordable = strictest_budget(plans)
            self._share_ends_s = float("-inf")

    def _tell_plan(self) -> None:
        """Tell the others which plan this process runs; what they hold unspent is recalled, so that they look at it."""
        with self._database.write() as connection:
            plans = self._plans.read(connection)
            if len(plans) > 1:
                name = month_name(self._clock.utc_now(), self._pricing.time_zone)
                owners = [share.owner for share in ledger_store.shares(connection, self._key, name)]
                ledger_store.recall(connection, self._key, name, [owner for owner in owners if owner != self._owner.id])
        with self._lock:
            self._measure_locked(plans)

    # --- reserving ------------------------------------------------------------------------------------------------

    def reserve_nowait(self, quantity: Decimal) -> Reservation | None:
        """Set aside the cost of `quantity` units from this process's share, else None."""
        with self._lock:
            books = self._now_books
            if not books.left_calls or books.left < quantity or self._monotonic_s() >= self._share_ends_s:
                return None
            return self._hand_out_locked(books, quantity)

    def _hand_out_locked(self, books: _Books, quantity: Decimal) -> Reservation:
        before = EXACT.add(books.settled_before, books.settled)
        before = EXACT.add(before, EXACT.subtract(books.quantity, books.left))
        books.left = EXACT.subtract(books.left, quantity)
        books.left_calls -= 1
        number = self._next_id
        self._next_id += 1
        self._open[number] = (books, quantity)
        now_s = self._monotonic_s()
        if now_s - self._second_s >= 1.0:
            self._last_second = self._this_second if now_s - self._second_s < 2.0 else 0
            self._second_s, self._this_second = now_s, 0
        self._this_second += 1
        return Reservation(number, quantity, marginal_cost(self._pricing, before, quantity), before)

    async def reserve(self, quantity: Decimal, *, deadline_s: float = inf) -> Reservation | BudgetRefusal:
        """Set aside the cost; refused only where the limit, all shares clawed back, would be passed.

        Raises:
            StoreUnavailable: It can't be written down, or not by `deadline_s`, so nothing may be sent.
        """
        give_up_s = min(deadline_s, self._monotonic_s() + SHARE_S + 0.2)
        while True:
            reservation = self.reserve_nowait(quantity)
            if reservation is not None:
                return reservation
            answer = await self._leased(quantity, deadline_s)
            if isinstance(answer, Reservation):
                return answer
            refusal, may_come_back = answer
            if not may_come_back or self._monotonic_s() >= give_up_s:
                return refusal
            await self._clock.sleep_until(self._monotonic_s() + _ASK_AGAIN_S)

    async def _leased(self, quantity: Decimal, deadline_s: float) -> Reservation | _Refused:
        """Write a share down and reserve from it, or say why not; those who ask at once share a transaction.

        Raises:
            StoreUnavailable: Nothing is written down, or was not by `deadline_s`.
        """
        ask = _Ask(quantity)
        patience_s = patience(deadline_s - self._monotonic_s())
        await self._books_store.ask(ask.join, patience_s=patience_s, left=lambda answer: self._left(ask, answer))
        if ask.answer is None:
            msg = f"the ledger of {self._key} answered nothing to one who asked for a share; please report this"
            raise RuntimeError(msg)
        return ask.answer

    def _left(self, ask: _Ask, answer: Answer | None) -> None:
        """Give back what was reserved for a caller who has left."""
        if answer is not None and isinstance(ask.answer, Reservation):
            self.settle(ask.answer, quantity=_ZERO, reached=Reach.NO)

    def _transact(self, take: Take[_Session], patience_s: float) -> list[Answer]:
        """Write what was settled, give up what is unspent, and write one share down for all who ask for one."""
        now, now_s = self._clock.utc_now(), self._monotonic_s()
        name = month_name(now, self._pricing.time_zone)
        month_left_s = month_bounds(now, self._pricing.time_zone)[1] - self._clock.utc_s()
        with self._database.write(patience_s=patience_s) as connection:
            acts = take()
            plans = self._plans.read(connection)
            with self._lock:
                self._measure_locked(plans)
            told = self._tell(connection, name if any(act is not _nothing for act in acts) else None)
            session = _Session(connection, name)
            answers: list[Answer] = [(act(session, now_s), now_s) for act in acts]
            lease = self._lease(session, told.get(name, (0, _ZERO)), month_left_s) if session.asks else None
        with self._lock:
            self._told_locked(told)
            if lease is None:
                return answers
            books = self._books.setdefault(name, _Books(name))
            books.settled_before, self._now_books = lease.spent, books
            if lease.calls:
                books.calls += lease.calls
                books.quantity = EXACT.add(books.quantity, lease.quantity)
                books.left, books.left_calls = EXACT.add(books.left, lease.quantity), books.left_calls + lease.calls
                self._share_ends_s = now_s + min(SHARE_S, month_left_s)
            for ask in lease.granted:
                ask.answer = self._hand_out_locked(books, ask.quantity)
            left = books.left_calls
        if left:
            self._background.ask(self._recall_name, self._look_for_recall, in_s=_RECALL_LOOK_S)
        return answers

    def _lease(self, session: _Session, mine: tuple[int, Decimal], month_left_s: float) -> _Lease:
        """Write down what is asked for, and a share beyond it; answer those who are refused."""
        connection, name = session.connection, session.name
        spent = ledger_store.settled(connection, self._key, name)
        owner = self._owner.id
        others = [share for share in ledger_store.shares(connection, self._key, name) if share.owner != owner]
        taken = EXACT.add(spent, EXACT.add(mine[1], ledger_store.total([share.quantity for share in others])))
        lease = _Lease(spent)
        for ask in session.asks:
            if self._affordable is not None and EXACT.add(taken, ask.quantity) > self._affordable:
                ask.answer = self._refuse(connection, name, taken, ask.quantity, others, month_left_s)
                continue
            taken = EXACT.add(taken, ask.quantity)
            lease.granted.append(ask)
        if not lease.granted:
            return lease
        reserved = ledger_store.total([ask.quantity for ask in lease.granted])
        each = lease.granted[-1].quantity
        beyond = self._calls_beyond(each, taken, sharers=1 + len(others), asked=len(lease.granted))
        unspent = EXACT.multiply(each, Decimal(beyond))
        lease.calls, lease.quantity = len(lease.granted) + beyond, EXACT.add(reserved, unspent)
        ledger_store.put_share(
            connection,
            self._key,
            name,
            owner,
            calls=mine[0] + lease.calls,
            quantity=EXACT.add(mine[1], lease.quantity),
            unspent=unspent,
        )
        return lease

    def _calls_beyond(self, quantity: Decimal, taken: Decimal, *, sharers: int, asked: int) -> int:
        """Return how many calls a share holds beyond those that are asked for."""
        wanted = max(0, min(MOST_CALLS, max(self._this_second, self._last_second)) - asked)
        if self._affordable is None or quantity <= 0:
            return wanted
        # Never more than a tenth of what is left, divided by those who share it.
        left = EXACT.divide(EXACT.subtract(self._affordable, taken), EXACT.multiply(quantity, Decimal(10 * sharers)))
        return max(0, min(wanted, int(left)))

    def _refuse(
        self,
        connection: sqlite3.Connection,
        name: str,
        taken: Decimal,
        quantity: Decimal,
        others: list[ledger_store.HeldShare],
        month_left_s: float,
    ) -> _Refused:
        pricing = self._strictest
        spent = EXACT.add(tier_cost(pricing, taken), pricing.monthly_fee)
        refusal = BudgetRefusal(max(0.0, month_left_s), pricing.monthly_limit or _ZERO, spent)
        living = [share for share in others if share.unspent > 0 and self._owner.is_alive(share.owner)]
        unspent = ledger_store.total([share.unspent for share in living])
        after_all = EXACT.subtract(EXACT.add(taken, quantity), unspent)
        if self._affordable is not None and after_all > self._affordable:
            return refusal, False  # all that could come back is not enough
        ledger_store.recall(connection, self._key, name, [share.owner for share in living])
        return refusal, True

    # --- settling -------------------------------------------------------------------------------------------------

    def settle(self, reservation: Reservation, *, quantity: Decimal, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that.

        Across processes the place of one attempt on the tiers is known as of the last transaction; the month's sum is
        exact.

        Raises:
            ValueError: The reservation was settled before.
        """
        with self._lock:
            if reservation.id not in self._open:
                msg = f"reservation {reservation.id} of {self._key} was settled before"
                raise ValueError(msg)
            books, reserved = self._open.pop(reservation.id)
            cost = _ZERO
            if reached is Reach.NO:
                books.left, books.left_calls = EXACT.add(books.left, reserved), books.left_calls + 1
            else:
                cost = marginal_cost(self._pricing, EXACT.add(books.settled_before, books.settled), quantity)
                books.settled = EXACT.add(books.settled, quantity)
                books.settled_calls += 1
                books.calls -= 1
                books.quantity = EXACT.subtract(books.quantity, reserved)
            currency = self._pricing.currency
        self._background.ask(self._settle_name, self.flush, in_s=_GROUP_S)
        return Money(cost, currency)

    def _tell(self, connection: sqlite3.Connection, current: str | None) -> dict[str, tuple[int, Decimal]]:
        """Write what was settled, give up what is unspent; return what stays held: month -> (calls, quantity)."""
        with self._lock:
            for books in self._books.values():
                books.calls -= books.left_calls
                books.quantity = EXACT.subtract(books.quantity, books.left)
                books.left, books.left_calls = _ZERO, 0
            entries = [(b.name, b.settled_calls, b.settled, b.calls, b.quantity) for b in self._books.values()]
            self._telling = {name: (calls, settled) for name, calls, settled, _, _ in entries}
            pricing = self._pricing
        if current is not None and all(entry[0] != current for entry in entries):
            entries.append((current, 0, _ZERO, 0, _ZERO))
        owner = self._owner.id
        for name, settled_calls, settled, calls, quantity in entries:
            ledger_store.add_settled(connection, self._key, name, pricing, settled_calls, settled)
            ledger_store.put_share(connection, self._key, name, owner, calls=calls, quantity=quantity, unspent=_ZERO)
        return {name: (calls, quantity) for name, _, _, calls, quantity in entries}

    def _told_locked(self, told: dict[str, tuple[int, Decimal]]) -> None:
        for name, (calls, settled) in self._telling.items():
            books = self._books[name]
            books.settled_calls -= calls
            books.settled = EXACT.subtract(books.settled, settled)
            books.settled_before = EXACT.add(books.settled_before, settled)
        for name in told:
            old = self._books.get(name)
            if old and old is not self._now_books and not old.calls and not old.settled_calls:
                del self._books[name]

    def flush(self) -> None:
        """Write what was settled and return what is unspent.

        Raises:
            StoreUnavailable: It stays to be told.
        """
        if self._books:
            self._books_store.run(_nothing)

    def _look_for_recall(self) -> None:
        """Return what is unspent where another needs it, or where its time is over."""
        with self._lock:
            books = self._now_books
            if not books.left_calls:
                return
            over = self._monotonic_s() >= self._share_ends_s
        rows = self._database.read(
            f"SELECT recalled FROM share WHERE {HERE} AND month = ? AND owner = ?",  # noqa: S608
            (*values_of(self._key), books.name, self._owner.id),
        )
        if over or (rows and rows[0][0]):
            self.flush()
        else:
            self._background.ask(self._recall_name, self._look_for_recall, in_s=_RECALL_LOOK_S)

    @blocks
    def month(self) -> LedgerMonth:
        """Return the current month; what other live processes hold counts as reserved where they may have spent it."""
        told, _ = self._books_store.run(
            lambda session, _now_s: ledger_store.told_months(
                session.connection, self._owner.is_alive, self._key, session.name
            )
        )
        return cast("list[LedgerMonth]", told)[0]


def _nothing(_session: _Session, _now_s: float) -> None:
    return
