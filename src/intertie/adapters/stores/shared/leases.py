"""A limit that several processes share: this process's line, and the shares that it spends in memory.

What a call needs is in memory, or awaited in line. One thread at a time asks the store, for all: the leader's own where
callers block, else a worker. It tells what became of earlier shares, and takes what those in line need and what the
next tenth of a second is likely to need. A share is asked for again in the background when a third of it is left.

One object, in layers: `line` (who waits), `holding` (permits), `asking` (the store), `steering` (pauses), and here what
callers see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.shared.alone import DOWN_S, UP, Known
from intertie.adapters.stores.shared.asking import BUSY, CLOSED, DOWN, HUNG_S
from intertie.adapters.stores.shared.line import Seat
from intertie.adapters.stores.shared.measures import Measures
from intertie.adapters.stores.shared.steering import Steering
from intertie.adapters.stores.shared.store import PATIENCE_S, LimitStore, Scheduler, patience
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.limiter.commands import Leave
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, Offload, Permit

_PLAN_S = 0.05
"""How soon the others are told that this process runs another plan."""


class LeasedLimiter(Steering):
    """What the handles on one limit share; its own clock is the store's timeline.

    Args:
        name: For the background, and for problems.
        offset_s: Store time minus monotonic time.
        tell_problem: Told what is wrong with the store, None once all is well.
        store_down: What holds without it: `fair_share`, `refuse` or `allow`.
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
        super().__init__(
            name,
            store=store,
            clock=clock,
            offset_s=offset_s,
            offload=offload,
            background=background,
            tell_problem=tell_problem,
            store_down=store_down,
        )
        renew_after_fork(self)

    def replan(self, plans: Sequence[LimiterOptions]) -> None:
        """Go on under these plans of this process, beside those of all others; the store is told soon."""
        with self._lock:
            self._store.set_own(plans)
            self._measure_locked(Measures(self._store.in_force()))
            self._close_shares_locked()  # what is left of them was given under other plans
            self._foresight.forget()
            self._ring_leader_locked()
        self._alone.replan(self._measures.plans, self._foresight.sharers)
        self._sync_soon(in_s=_PLAN_S)

    # --- the line -------------------------------------------------------------------------------------------------

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic)."""
        began_s = self._monotonic_s()
        permit: Permit | LimitRefusal | None = None
        try:
            with self._lock:
                if self._is_closed:
                    return CLOSED
                permit = self._take_locked() if again or not self._seats else None
        except BaseException:
            if isinstance(permit, Permit):
                self.give_back(permit)
            raise
        if permit is not None:
            return permit
        is_down = self._alone.is_down
        while True:
            if not is_down:
                now_s = self._monotonic_s()
                patience_s = now_s - began_s + patience(deadline_s - now_s)
                answer = await self._wait(began_s, deadline_s, again=again, patience_s=patience_s)
                if answer is not DOWN:
                    return answer
            answer = await self._acquire_alone(deadline_s)
            if answer is not UP:
                return answer
            is_down = False

    async def _acquire_alone(self, deadline_s: float) -> Permit | LimitRefusal:
        with self._lock:
            known = self._known_locked()
        self._sync_soon(in_s=DOWN_S)  # whoever waits for its turn alone would not see the store come back
        permit: Permit | LimitRefusal | None = None
        flies = False
        try:
            permit = await self._alone.acquire(deadline_s, known)
            if isinstance(permit, Permit):
                with self._lock:
                    self._flying += 1
                    flies = True
        except BaseException:
            if isinstance(permit, Permit):
                with self._lock:
                    if not flies:
                        self._flying += 1  # giving it back takes that away
                self.give_back(permit)
            raise
        return permit

    def _known_locked(self) -> Known:
        """Return what a process on its own goes by, and end what it has of the store's."""
        foresight, now_s = self._foresight, self.now_s()
        used = () if foresight.seen is None else foresight.seen.used
        self._close_shares_locked()
        lapsed, knows_all = self._untold.end_all(now_s)
        self._flying = max(0, self._flying - lapsed)
        # What was counted when it last granted had left by the time at which it heard of that, if it has heard of all.
        until_s = foresight.heard_s if knows_all and foresight.seen is not None else now_s
        return Known(
            self._measures.plans,
            foresight.sharers,
            foresight.paused_until_s,
            self._flying,
            self._untold.held,
            used,
            until_s,
        )

    def _serve_locked(self) -> float:
        seats = self._seats
        led = seats[0] if seats else None
        while seats:
            permit = self._take_locked()
            if permit is None:
                break
            # No call until the seat has it: an interrupt would lose it.
            seat = seats[0]
            del seats[0]
            seat.answer = permit
            # Asking the store takes a moment, too; only who had to stand for a turn has waited for it.
            if seat.is_known:
                permit.waited_s = max(0.0, self._monotonic_s() - seat.began_s)
            self._foresight.served()
            self._wake(seat)
        if not seats:
            return inf
        if seats[0] is not led:
            self._ring_leader_locked()
        if self._asking:
            return inf  # whoever asks will ring
        return self._foresight.asks_s

    def _refusal_locked(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        if not self._seats:
            self._foresight.forget()  # the first to come asks anew
        if not ahead or not self._foresight.turns:
            return None
        return self._foresight.refusal(seat, ahead)

    def _too_late_locked(self, seat: Seat) -> LimitRefusal:
        if seat.is_known:
            turns = self._foresight.turns
            return self._foresight.refused(turns[0] if turns else self.now_s())
        since_s = self._asking_since_s if self._locked_since_s is None else self._locked_since_s
        if self._asking and self._monotonic_s() - since_s >= HUNG_S:
            self._alone.go_down()
            return DOWN
        return BUSY

    def _left_locked(self) -> None:
        if not self._seats and self._in_line and not self._alone.is_down:
            self._sync_soon()  # nobody of this process waits any more

    # --- looking and leaving --------------------------------------------------------------------------------------

    def snapshot(self) -> LimiterSnapshot:
        """Return the limit as all processes see it; this process's unused share counts as used. Blocks."""
        if self._alone.limiter is not None:
            return self._alone.limiter.snapshot()
        try:
            self._sync()
            return self._store.look()
        except StoreUnavailable as error:
            self._failed(error, HUNG_S)
            with self._lock:
                known = self._known_locked()
            return self._alone.own(known).snapshot()

    def close(self) -> None:
        """Return shares and places; nothing departs any more that is not counted. Blocks.

        Raises:
            StoreUnavailable: The store can't be told; what it does not know ends by itself.
        """
        with self._lock:
            self._is_closed = True
            self._close_shares_locked()
            self._refuse_locked(lambda *_: CLOSED)
            for share in self._untold.over:
                share.revoke()
            self._flying = 0
        self._sync()
        self._store.run(lambda _: [Leave((self._store.owner(),), (self._store.key,))], patience_s=PATIENCE_S)
