"""Exchanges with the store of a shared limit: one at a time, for all callers of this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from math import inf
from typing import Final, NamedTuple

from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.shared.holding import Holding
from intertie.adapters.stores.shared.line import Seat
from intertie.adapters.stores.shared.measures import SHARE_S, Measures
from intertie.adapters.stores.shared.share import Share
from intertie.adapters.stores.shared.store import PATIENCE_S, LimitStore, Scheduler, patience
from intertie.core.clock import Clock
from intertie.runtime.policies.limiter.commands import Command, Reply, Take, Taken
from intertie.runtime.state import LimitRefusal, Offload

DOWN: Final = LimitRefusal(0.0, "down")
"""Never seen by a caller: the store did not answer, and the caller goes on without it."""
HUNG_S: Final = 2.0
"""A lock that this process does not get in so long is held by one that hangs, and the store counts as down."""
CLOSED: Final = LimitRefusal(0.0, "closed")
BUSY: Final = LimitRefusal(0.1, "store_busy")
"""Crowded, not down: going on alone beside all the others would pass the limit."""


class Asked(NamedTuple):
    """What one exchange asks for, beside what it tells: for whom, and under which number a share."""

    takes: list[Take]
    seats: list[Seat]
    number: int | None


class Asking(Holding):
    """Asks the store, and tells it what became of permits.

    Args:
        tell_problem: Told what is wrong with the store, None once all is well.
    """

    def __init__(
        self,
        name: str,
        *,
        store: LimitStore,
        clock: Clock,
        offset_s: float,
        offload: Offload,
        background: Scheduler,
        tell_problem: Callable[[str | None], None],
        store_down: str,
    ) -> None:
        self._store = store
        self._offload = offload
        self._tell_problem = tell_problem
        super().__init__(
            name, store.in_force(), clock=clock, offset_s=offset_s, background=background, store_down=store_down
        )

    def _begin(self) -> None:
        super()._begin()
        self._asking_since_s = 0.0
        self._exchange = threading.Lock()
        self._in_line = False
        self._locked_since_s: float | None = None

    # --- whose turn it is to ask ------------------------------------------------------------------------------------

    def _is_at_work(self) -> bool:
        return self._asking

    async def _work(self, seat: Seat) -> bool:
        begun = False
        try:
            with self._lock:
                now_s = self._monotonic_s()
                if seat.answer is not None:
                    return True
                if self._asking or now_s < self._foresight.asks_s:
                    return False
                self._asking_since_s = now_s
                self._asking = begun = True
            await self._ask_soon(patience(seat.deadline_s - now_s))
        except BaseException:
            if begun:
                self._stop_asking()
            raise
        return self._offload.inline

    def _stop_asking(self) -> None:
        """Let somebody else ask, after an exception."""
        with self._lock:
            self._asking = False
            self._ring_leader_locked()

    def _begin_asking_locked(self) -> None:
        self._asking_since_s = self._monotonic_s()
        self._asking = True

    async def _ask_soon(self, patience_s: float) -> None:
        """Ask the store, where this thread may block, or have a worker ask it."""
        try:
            if self._offload.inline:
                await self._offload(lambda: self._ask(patience_s))
            else:
                self._offload.start(self._ask_for_all)
        except BaseException:
            self._stop_asking()
            raise

    def _ask_for_all(self) -> None:
        with self._lock:
            ends_s = [seat.patient_until_s for seat in self._seats] or [0.0]
        self._ask(max(0.05, min(PATIENCE_S, max(ends_s) - self._monotonic_s())))

    def _refill(self) -> None:
        with self._lock:
            if self._asking or not self._refilling:
                return
            self._begin_asking_locked()
        self._ask(PATIENCE_S)

    # --- one exchange -----------------------------------------------------------------------------------------------

    def _ask(self, patience_s: float) -> None:
        """Exchange with the store, and tell those who wait what came of it."""
        try:
            self._talk(patience_s, takes=True)
        except StoreUnavailable as error:
            self._failed(error, patience_s)
        finally:
            with self._lock:
                self._asking = False
                self._ring_leader_locked()

    def _talk(self, patience_s: float, *, takes: bool) -> None:
        """Tell the store what is to be told, and take what is wanted.

        Raises:
            StoreUnavailable: Nothing was told, or nothing is known of it.
        """
        if not self._exchange.acquire(timeout=patience_s):
            raise StoreLocked("another thread of this process is talking to the store", url="")
        try:
            asked: list[Asked] = []

            def gather(now_s: float) -> Sequence[Command]:
                with self._lock:
                    self._alone.rest()
                    asked[:] = [self._gather_locked(now_s, takes=takes)]
                    return [*self._untold.said, *asked[0].takes]

            try:
                replies, now_s = self._store.run(gather, patience_s=patience_s)
            except BaseException:
                with self._lock:
                    self._alone.go_on()
                    self._unheard_locked(asked)
                raise
            with self._lock:
                self._heard_locked(asked[0], replies, now_s)
        finally:
            self._exchange.release()
        self._tell_problem(None)

    def _gather_locked(self, now_s: float, *, takes: bool) -> Asked:
        self._end_shares_locked(now_s)
        owner, keys = self._store.owner(), (self._store.key,)
        untold = self._untold
        # Whoever has leave to depart goes by its own clock.
        self._flying = max(0, self._flying - untold.end_shares(min(now_s, self.now_s())))
        kept = sum(share.left for share in self._shares)
        untold.say(owner, keys, self._flying + (kept if self._is_bounded else 0), self._alone)
        seats = list(self._seats)
        waiting = len(seats)
        # What left without the store's leave has to be seen to count, before anybody goes on alone again.
        returns = self._alone.limiter is not None
        if (takes or returns) and (waiting or self._refilling):
            ahead = self._demand.ahead(waiting, now_s, SHARE_S)
            if now_s < self._foresight.paused_until_s or kept > ahead:
                ahead = 0
            length_s = max(SHARE_S if ahead else 0.0, self.horizon.seconds)
            until_s = max((seat.deadline_s for seat in seats), default=now_s) + self._offset_s
            take = Take(owner, keys, untold.next_number(), waiting, ahead, length_s, until_s)
            return Asked([take], seats, take.number)
        if not waiting and (self._in_line or returns):
            return Asked([Take(owner, keys, untold.next_number(), 0)], seats, None)
        return Asked([], seats, None)

    def _unheard_locked(self, asked: Sequence[Asked]) -> None:
        """Take an exchange for one of which nothing is known: its share may be granted, its callers may be in line."""
        for each in asked:
            if each.number is not None:
                self._untold.voided.append(each.number)
                self._in_line = True
        if asked:
            self._sync_soon(in_s=SHARE_S)  # nobody of this process may ask again for long

    def _heard_locked(self, asked: Asked, replies: Sequence[Reply], now_s: float) -> None:
        foresight = self._foresight
        foresight.heard_s = now_s
        for note in self._untold.heard():
            foresight.in_row = note.hint.throttled or (foresight.in_row and note.hint.pause_s is not None)
        for reply in replies:
            if isinstance(reply, float):
                foresight.paused_until_s = now_s + reply
        self._locked_since_s = None
        plans = self._store.in_force()
        if plans != self._measures.plans:
            self._measure_locked(Measures(plans))
        self._alone.is_up()
        taken = replies[-1] if replies else None
        if isinstance(taken, Taken):
            self._in_line = taken.count < len(asked.seats)
            self._foresight.saw(taken, now_s)
            if asked.number is not None:
                self._took_locked(asked, asked.number, taken, now_s)
        if self._untold.places and not self._shares:
            self._background.ask(f"{self._name} end", self._end, in_s=SHARE_S)  # the flights that it knows of will end
        if now_s < foresight.paused_until_s:
            self._close_shares_locked()

    def _took_locked(self, asked: Asked, number: int, taken: Taken, now_s: float) -> None:
        self._refilling = False
        ahead = taken.count - len(asked.seats)
        self._refill_at = ahead // 3 if ahead > 0 else -1
        if taken.count:
            if self._is_bounded:
                self._untold.places += taken.count
            share = Share(self, number, taken.count, now_s, taken.end_s)
            (self._untold.over if self._is_closed else self._shares).append(share)
            self._background.ask(f"{self._name} end", self._end, in_s=taken.end_s - now_s + self._measures.settles_s)
        self._serve_locked()
        for seat in asked.seats:
            seat.is_known = True
        self._foresight.turns = deque(taken.turns)
        self._plan_next_locked(taken, now_s)

    def _plan_next_locked(self, taken: Taken, now_s: float) -> None:
        """Say when to ask again, and refuse those whose turn can't come in time."""
        if not self._seats:
            return
        self._foresight.pace_questions(taken)
        if not self._foresight.turns:
            self._foresight.asks_s = -inf
            return
        self._refuse_locked(self._foresight.refusal)
        self._foresight.plan_question(taken, now_s)

    def _failed(self, error: StoreUnavailable, waited_s: float) -> None:
        """Tell those who wait that the store did not answer."""
        with self._lock:
            now_s = self._monotonic_s()
            self._refilling = False
            self._untold.failed()
            if isinstance(error, StoreLocked):
                if self._locked_since_s is None:
                    self._locked_since_s = now_s - waited_s
                if now_s - self._locked_since_s < HUNG_S:
                    leader = self._seats[0] if self._seats and self._offload.inline else None
                    self._refuse_locked(
                        lambda seat, _: BUSY if seat is leader or seat.patient_until_s <= now_s else None
                    )
                    return
            self._alone.go_down()
            self._refuse_locked(lambda *_: DOWN)
        self._tell_problem(f"{error} - until then {self._alone.says}")

    # --- in the background --------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Give back what is left of shares that are over, and tell what is still on its way."""
        with self._lock:
            self._end_shares_locked(self.now_s())
            # Of flights the store knows those that were under way when it was last told.
            tells = self._untold.places > self._flying or any(share.is_urgent for share in self._untold.over)
        if tells:
            self._sync()
        if self._shares or self._untold.places:
            # A later share may have been given meanwhile, or a flight that the store knows of may end.
            self._background.ask(f"{self._name} end", self._end, in_s=SHARE_S)

    def _sync(self) -> None:
        """Tell the store what is not told yet. Blocks."""
        self._talk(PATIENCE_S, takes=False)
