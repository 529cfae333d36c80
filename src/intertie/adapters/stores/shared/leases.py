"""A limit that several processes share: this process's line, and the shares that it spends in memory.

What a call needs is in memory, or awaited in line. One thread at a time asks the store, for all: the leader's own where
callers block, else a worker. It tells what became of earlier shares, and takes what those in line need and what the
next tenth of a second is likely to need. A share is asked for again in the background when a third of it is left.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.shared.alone import Alone
from intertie.adapters.stores.shared.line import Answer, Line, Seat
from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.adapters.stores.shared.share import Demand, Share
from intertie.adapters.stores.shared.store import PATIENCE_S, LimitStore, Scheduler, patience
from intertie.adapters.stores.shared.untold import Batch, Note, Untold
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.limiter.commands import Command, Leave, PauseFor, Reply, Resume, Take, Taken
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import comes_late
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, Offload, Permit, ServerHint

SHARE_S: Final = 0.1
"""How long a share lives: so long, at most, a pause stays unknown to another process."""
DOWN: Final = LimitRefusal(0.0, "down")
"""Never seen by a caller: the store did not answer, and the caller goes on without it."""
_PLACES_SHARED = 100
_HUNG_S = 2.0
"""A lock that this process does not get in so long is held by one that hangs, and the store counts as down."""
_CROWDED_S = 0.1
_SYNC_S = 0.01
_PLAN_S = 0.05
"""How soon the others are told that this process runs another plan."""
_GATHER_S = 0.004
"""How long turns are gathered where they follow each other faster than that."""
_POLL_S, _LONGEST_POLL_S = 0.01, 0.1
"""How soon the store is asked again for a place in flight that another process may have freed."""
_LATER_S = 1e-7


class LeasedLimiter(Line):
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
        super().__init__(clock)
        self._name = name
        self._store = store
        self._offset_s = offset_s
        self._offload = offload
        self._background = background
        self._tell_problem = tell_problem
        self._store_down = store_down
        self.horizon = Horizon()
        self._begin()
        self._measure_locked(store.in_force())
        renew_after_fork(self)

    def _begin(self) -> None:
        self._shares: deque[Share] = deque()
        self._untold = Untold()
        self._number = 0
        self._demand = Demand()
        self._refill_at = 0
        self._refilling = False
        self._flying = 0
        self._asking = False
        self._asking_since_s = 0.0
        self._exchange = threading.Lock()
        self._forget_turns_locked()
        self._poll_s = _POLL_S
        self._seen: Taken | None = None
        self._seen_s = -inf
        self._in_line = False
        self._in_row = False
        self._told_places = 0
        self._paused_until_s = 0.0
        self._locked_since_s: float | None = None
        self._alone = Alone(self._clock, self._offset_s, self._store_down)

    def after_fork_in_child(self) -> None:
        """Own nothing: share, flights and waiters are the parent's."""
        self._lock = threading.Lock()
        self._seats = deque()
        most = self._demand.most
        self._begin()
        self._demand.most = most

    def now_s(self) -> float:
        """Return the time on the store's timeline."""
        return self._monotonic_s() + self._offset_s

    # --- whose options hold ------------------------------------------------------------------------------------------

    def replan(self, plans: Sequence[LimiterOptions]) -> None:
        """Go on under these plans of this process, beside those of all others; the store is told soon."""
        with self._lock:
            self._store.set_own(plans)
            self._measure_locked(self._store.in_force())
            self._close_shares_locked()  # what is left of them was given under other plans
            self._forget_turns_locked()
            self._ring_leader_locked()
        self._alone.replan(self._plans, self._sharers())
        self._background.ask(self._name, self._sync, in_s=_PLAN_S)

    def _measure_locked(self, plans: tuple[LimiterOptions, ...]) -> None:
        self._plans = plans
        self._windows = [window for plan in plans for window in plan.windows]
        rate = min((window.limit / window.window_s for window in self._windows), default=None)
        self._demand.most = _PLACES_SHARED if rate is None else int(rate * SHARE_S)
        self._gathers = rate is not None and rate * _GATHER_S > 1
        self._shortest_s = min((window.window_s for window in self._windows), default=inf)
        self._settles_s = min(SHARE_S, self._shortest_s / 4)
        self._smallest = min((window.limit for window in self._windows), default=1 << 30)
        self._is_bounded = any(plan.concurrent is not None for plan in plans)

    def _sharers(self) -> int:
        return 1 if self._seen is None else self._seen.sharers

    # --- taking ---------------------------------------------------------------------------------------------------

    def acquire_nowait(self) -> Permit | None:
        """Take a permit from this process's shares, else None."""
        with self._lock:
            return None if self._seats else self._take_locked()

    def _take_locked(self) -> GivenPermit | None:
        shares = self._shares
        while shares:
            share = shares[0]
            now_s = self._monotonic_s() + self._offset_s
            if share.left and now_s < share.gives_until_s:
                permit = share.give(now_s, counted=bool(self._windows))
                self._flying += 1
                self._demand.taken()
                if share.left <= self._refill_at and len(shares) == 1 and not self._refilling:
                    self._refill_locked()
                return permit
            self._untold.over.append(shares.popleft())
        return None

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic)."""
        began_s = self._monotonic_s()
        with self._lock:
            permit = self._take_locked() if again or not self._seats else None
        if permit is not None:
            return permit
        if not self._alone.is_down:
            answer = await self._wait(began_s, deadline_s, again=again, patience_s=patience(deadline_s - began_s))
            if answer is not DOWN:
                return answer
        permit_alone = await self._alone.acquire(
            deadline_s, self._plans, self._sharers(), self._paused_until_s, self._flying
        )
        if isinstance(permit_alone, Permit):
            with self._lock:
                self._flying += 1
        return permit_alone

    # --- the line -------------------------------------------------------------------------------------------------

    def _serve_locked(self) -> float:
        seats = self._seats
        led = seats[0] if seats else None
        while seats:
            permit = self._take_locked()
            if permit is None:
                break
            seat = seats.popleft()
            # Asking the store takes a moment, too; only who had to stand for a turn has waited for it.
            permit.waited_s = max(0.0, self._monotonic_s() - seat.began_s) if seat.is_known else 0.0
            if self._turns:
                self._turns.popleft()
            self._answer_locked(seat, permit)
        if not seats:
            return inf
        if seats[0] is not led:
            self._ring_leader_locked()
        if self._asking:
            return inf  # whoever asks will ring
        return self._asks_s

    def _forget_turns_locked(self) -> None:
        self._turns: deque[float] = deque()
        self._asks_s = -inf

    def _turn_s(self, ahead: int) -> float:
        """Return when one with so many ahead can have its turn, at the earliest (store time)."""
        turns = self._turns
        if ahead < len(turns):
            return turns[ahead]
        beyond = ahead - len(turns) + 1
        return turns[-1] + max((beyond // max(1, known.limit) * known.window_s for known in self._windows), default=0.0)

    def _refusal_locked(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        if not self._seats:
            self._forget_turns_locked()  # the first to come asks anew
        if not ahead or not self._turns:
            return None
        turn_s, seat.is_known = self._turn_s(ahead), True
        return self._refused(turn_s) if self._is_late(seat, turn_s) else None

    def _is_late(self, seat: Seat, turn_s: float) -> bool:
        now_s = self._monotonic_s()
        return comes_late(turn_s - self._offset_s, now_s, seat.deadline_s) or now_s >= seat.deadline_s

    def _refused(self, turn_s: float) -> LimitRefusal:
        seen, now_s = self._seen, self.now_s()
        wait_s = max(0.0, turn_s - now_s)
        if wait_s == inf:
            wait_s = max((window.window_s for window in self._windows), default=1.0)
        if seen is not None:
            if max(seen.paused_until_s, self._paused_until_s) > now_s:
                return LimitRefusal(wait_s, "pause")
            if seen.spent_until_s > now_s:
                return LimitRefusal(wait_s, "quota")
            if seen.places_full and wait_s <= 0:
                return LimitRefusal(1.0, "concurrency")
        return LimitRefusal(wait_s, "window")

    def _too_late_locked(self, seat: Seat) -> LimitRefusal:
        if seat.is_known:
            return self._refused(self._turns[0] if self._turns else self.now_s())
        since_s = self._asking_since_s if self._locked_since_s is None else self._locked_since_s
        if self._asking and self._monotonic_s() - since_s >= _HUNG_S:
            self._alone.go_down()
            return DOWN
        # Crowded, not down: going on alone beside all the others would pass the limit.
        return LimitRefusal(_CROWDED_S, "store_busy")

    def _dispose_locked(self, answer: Answer | None) -> None:
        if isinstance(answer, GivenPermit) and isinstance(answer.limit, Share):
            self._give_back_locked(answer.limit, answer)

    def _left_locked(self) -> None:
        if not self._seats and self._in_line and not self._alone.is_down:
            self._background.ask(self._name, self._sync)  # nobody of this process waits any more

    # --- asking the store -----------------------------------------------------------------------------------------

    def _is_at_work(self) -> bool:
        return self._asking

    async def _work(self, seat: Seat) -> bool:
        with self._lock:
            now_s = self._monotonic_s()
            if seat.answer is not None:
                return True
            if self._asking or now_s < self._asks_s:
                return False
            self._begin_asking_locked()
        await self._ask_soon(patience(seat.deadline_s - now_s))
        return self._offload.inline

    def _begin_asking_locked(self) -> None:
        self._asking, self._asking_since_s = True, self._monotonic_s()

    async def _ask_soon(self, patience_s: float) -> None:
        """Ask the store, where this thread may block, or have a worker ask it."""
        try:
            if self._offload.inline:
                await self._offload(lambda: self._ask(patience_s))
            else:
                self._offload.start(self._ask_for_all)
        except BaseException:
            with self._lock:
                self._asking = False
                self._ring_leader_locked()
            raise

    def _ask_for_all(self) -> None:
        with self._lock:
            ends_s = [seat.patient_until_s for seat in self._seats] or [0.0]
        self._ask(max(0.05, min(PATIENCE_S, max(ends_s) - self._monotonic_s())))

    def _ask(self, patience_s: float) -> None:
        """Exchange with the store, and tell those who wait what came of it."""
        try:
            self._talk(patience_s, takes=True)
        except StoreUnavailable as error:
            for note in self._untold.notes:
                note.has_failed = True
            self._failed(error, patience_s)
        finally:
            with self._lock:
                self._asking = False
                self._ring_leader_locked()
                for note in self._untold.notes:
                    note.bell.ring()

    def _talk(self, patience_s: float, *, takes: bool) -> None:
        """Tell the store what is to be told, and take what is wanted.

        Raises:
            StoreUnavailable: Nothing was told, or nothing is known of it.
        """
        if not self._exchange.acquire(timeout=patience_s):
            raise StoreLocked("another thread of this process is talking to the store", url="")
        try:
            batches: list[Batch] = []

            def gather(now_s: float) -> Sequence[Command]:
                with self._lock:
                    commands, batch = self._gather_locked(now_s, takes=takes)
                batches[:] = [batch]
                return commands

            try:
                replies, now_s = self._store.run(gather, patience_s=patience_s)
            except BaseException:
                with self._lock:
                    # Whether it was granted is unknown: the store will be told that none of it was used.
                    self._untold.voided.extend(batch.number for batch in batches if batch.number is not None)
                raise
            with self._lock:
                self._heard_locked(batches[0], replies, now_s)
        finally:
            self._exchange.release()
        self._tell_problem(None)

    def _gather_locked(self, now_s: float, *, takes: bool) -> tuple[list[Command], Batch]:
        self._end_shares_locked(now_s)
        batch = Batch(self._untold, now_s, self._alone.stamps)
        owner, keys = self._store.owner(), (self._store.key,)
        kept = sum(share.left for share in self._shares)
        commands: list[Command] = []
        batch.places = self._flying + (kept if self._is_bounded else 0)
        commands.extend(batch.commands(owner, keys, told_places=self._told_places))
        waiting = len(self._seats)
        if takes and (waiting or self._refilling):
            ahead = self._demand.ahead(waiting, now_s, SHARE_S)
            if now_s < self._paused_until_s or kept > ahead:
                ahead = 0
            length_s = max(SHARE_S if ahead else 0.0, self.horizon.seconds)
            until_s = max((seat.deadline_s for seat in self._seats), default=now_s) + self._offset_s
            self._number += 1
            batch.number, batch.seats = self._number, list(self._seats)
            commands.append(Take(owner, keys, self._number, waiting, ahead, length_s, until_s))
        elif not waiting and self._in_line:
            self._number += 1
            commands.append(Take(owner, keys, self._number, 0))
        return commands, batch

    def _heard_locked(self, batch: Batch, replies: Sequence[Reply], now_s: float) -> None:
        # Stored: only now does what was told count as told.
        self._flying = max(0, self._flying - self._untold.stored(batch))
        self._alone.told(len(batch.used))
        self._told_places = batch.places
        for note in batch.notes:
            self._in_row = note.hint.throttled or (self._in_row and note.hint.pause_s is not None)
        for reply in replies:
            if isinstance(reply, float):
                self._paused_until_s = now_s + reply
        self._locked_since_s = None
        plans = self._store.in_force()
        if plans != self._plans:
            self._measure_locked(plans)
        self._alone.is_up()
        taken = replies[-1] if replies else None
        if isinstance(taken, Taken):
            self._in_line = taken.count < len(batch.seats)
            if batch.number is not None:
                self._took_locked(batch, taken, now_s)
        if now_s < self._paused_until_s:
            self._close_shares_locked()

    def _end_shares_locked(self, now_s: float) -> None:
        while self._shares and (not self._shares[0].left or now_s >= self._shares[0].gives_until_s):
            self._untold.over.append(self._shares.popleft())

    def _took_locked(self, batch: Batch, taken: Taken, now_s: float) -> None:
        self._seen, self._seen_s, self._in_row = taken, now_s, taken.throttled_in_row > 0
        self._paused_until_s = taken.paused_until_s
        self._refilling = False
        ahead = taken.count - len(batch.seats)
        self._refill_at = ahead // 3 if ahead > 0 else -1
        if taken.count and batch.number is not None:
            self._shares.append(Share(self, batch.number, taken.count, now_s, taken.end_s))
            self._background.ask(f"{self._name} end", self._end, in_s=taken.end_s - now_s + self._settles_s)
        self._turns = deque()
        self._serve_locked()
        for seat in batch.seats:
            seat.is_known = True
        self._turns = deque(taken.turns)
        self._plan_next_locked(taken, now_s)

    def _plan_next_locked(self, taken: Taken, now_s: float) -> None:
        """Say when to ask again, and refuse those whose turn can't come in time."""
        if not self._seats:
            return
        self._poll_s = min(_LONGEST_POLL_S, 2 * self._poll_s) if taken.places_full else _POLL_S
        turns = self._turns
        if not turns:
            self._asks_s = -inf
            return

        def late(seat: Seat, ahead: int) -> LimitRefusal | None:
            turn_s = self._turn_s(ahead)
            seat.is_known = True
            return self._refused(turn_s) if self._is_late(seat, turn_s) else None

        self._refuse_locked(late)
        next_s = turns[0]
        if taken.places_full and next_s <= now_s:
            next_s = now_s + self._poll_s
        elif self._gathers:
            next_s = max(next_s, now_s + _GATHER_S)
        self._asks_s = next_s - self._offset_s + _LATER_S

    def _failed(self, error: StoreUnavailable, waited_s: float) -> None:
        """Tell those who wait that the store did not answer."""
        with self._lock:
            now_s = self._monotonic_s()
            self._refilling = False
            if isinstance(error, StoreLocked):
                if self._locked_since_s is None:
                    self._locked_since_s = now_s - waited_s
                if now_s - self._locked_since_s < _HUNG_S:
                    busy = LimitRefusal(_CROWDED_S, "store_busy")
                    leader = self._seats[0] if self._seats and self._offload.inline else None
                    self._refuse_locked(
                        lambda seat, _: busy if seat is leader or seat.patient_until_s <= now_s else None
                    )
                    return
            self._alone.go_down()
            self._refuse_locked(lambda *_: DOWN)
        self._tell_problem(f"{error} - until then {self._alone.says}")

    def _refill_locked(self) -> None:
        if self._asking or not self._demand.most or self._alone.is_down:
            return
        self._refilling = True
        self._background.ask(f"{self._name} refill", self._refill)

    def _refill(self) -> None:
        with self._lock:
            if self._asking or not self._refilling:
                return
            self._begin_asking_locked()
        self._ask(PATIENCE_S)

    def _end(self) -> None:
        """Give back what is left of shares that are over, and tell what is still on its way."""
        with self._lock:
            self._end_shares_locked(self.now_s())
            # Of flights the store knows those that were under way when it was last told.
            tells = self._told_places > self._flying or any(share.is_urgent for share in self._untold.over)
        if tells:
            self._sync()
        if self._shares or self._told_places:
            # A later share may have been given meanwhile, or a flight that the store knows of may end.
            self._background.ask(f"{self._name} end", self._end, in_s=SHARE_S)

    def _sync(self) -> None:
        """Tell the store what is not told yet."""
        self._talk(PATIENCE_S, takes=False)

    # --- what becomes of a permit -----------------------------------------------------------------------------------

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        permit.limit.departed(permit)

    def departed_from(self, share: Share, permit: Permit) -> None:
        """Count a request of a share's permit from now on."""
        with self._lock:
            now_s = self.now_s()
            if share.out.pop(permit, self) is None:  # type: ignore[call-overload]
                self._depart_locked(share, now_s)
                self.horizon.departed(now_s - permit.stamp_s)

    def _depart_locked(self, share: Share, now_s: float) -> None:
        if share.told:
            self._untold.departed.append(now_s)
        else:
            if not share.departed_s and self._turns and self._turns[0] >= share.began_s + self._shortest_s:
                # The next turn was foreseen as if this one had departed as soon as it was granted.
                self._asks_s += now_s - share.began_s
            share.departed_s.append(now_s)

    def _land_locked(self) -> None:
        self._flying = max(0, self._flying - 1)
        self._alone.ended()

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        giver = permit.limit
        if isinstance(giver, Share | Alone):
            giver.give_back(permit)
        if isinstance(giver, Alone):
            with self._lock:
                self._flying = max(0, self._flying - 1)

    def give_back_to(self, share: Share, permit: Permit) -> None:
        """Undo a share's permit."""
        with self._lock:
            self._give_back_locked(share, permit)

    def _give_back_locked(self, share: Share, permit: Permit) -> None:
        if share.out.pop(permit, self) is not None:  # type: ignore[call-overload]
            if permit.leaving:  # type: ignore[attr-defined]
                self._land_locked()  # it has departed, so it counts
            return
        self._land_locked()
        if share.told:
            self._untold.released += 1
            self._background.ask(self._name, self._sync)
            return
        share.left += 1
        if share not in self._shares:
            if self.now_s() < share.gives_until_s:
                self._untold.over.remove(share)
                self._shares.append(share)
            else:
                self._background.ask(self._name, self._sync)
        if self._seats:
            self._serve_locked()
            self._asks_s = -inf
            self._ring_leader_locked()

    def finished(self, permit: Permit) -> None:
        """End the flight that a permit began; one that has not departed counts from now."""
        giver = permit.limit
        if isinstance(giver, Share | Alone):
            giver.finished(permit)
        if isinstance(giver, Alone):
            with self._lock:
                self._flying = max(0, self._flying - 1)

    def finished_from(self, share: Share, permit: Permit) -> None:
        """End the flight of a share's permit."""
        with self._lock:
            if share.out.pop(permit, self) is None:  # type: ignore[call-overload]
                self._depart_locked(share, self.now_s())
                self._land_locked()
            elif permit.leaving:  # type: ignore[attr-defined]
                self._land_locked()
            else:
                self._alone.stamps.append(self.now_s())  # taken back when it lapsed
            if self._is_bounded and self._seats:
                self._asks_s = -inf
                self._ring_leader_locked()
        if self._is_bounded:
            self._background.ask(self._name, self._sync, in_s=_SYNC_S)

    def _close_shares_locked(self) -> None:
        """Give nothing more from what is left; the store is told with the next exchange."""
        self._untold.over.extend(self._shares)
        self._shares.clear()

    # --- steering ---------------------------------------------------------------------------------------------------

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:
        """Let an answer steer the limit for all callers; return the pause now in force."""
        alone, now_s = self._alone.limiter, self.now_s()
        if alone is not None:
            if self._tells(hint, now_s):
                with self._lock:
                    self._untold.note(Note(hint, now_s, self._clock.bell()))  # the store hears of it once it is back
                self._heed_alone(hint, now_s)
            return await alone.observe(hint, deadline_s=deadline_s)
        if self._tells(hint, now_s):
            note = Note(hint, now_s, self._clock.bell())
            with self._lock:
                self._close_shares_locked()  # unknown yet whether any of it may still be used
                self._forget_turns_locked()
                self._untold.note(note)
            try:
                await self._told(note, self._monotonic_s() + patience(deadline_s - self._monotonic_s()))
            finally:
                if not note.is_told:
                    self._heed_alone(hint, now_s)
        return max(0.0, self._paused_until_s - now_s)

    def _tells(self, hint: ServerHint, now_s: float) -> bool:
        seen = self._seen
        if hint.throttled or hint.pause_s is not None or self._in_row:
            return True
        if hint.remaining is None or hint.reset_s is None:
            return False
        # Worth telling only where it is tighter than what is known to be free.
        with self._lock:
            kept = sum(share.left for share in self._shares)
        fresh = seen is not None and now_s - self._seen_s < SHARE_S
        known = seen.room + kept if seen is not None and fresh else self._smallest
        return hint.remaining - self._flying < known

    async def _told(self, note: Note, until_s: float) -> None:
        while not (note.is_told or note.has_failed) and self._monotonic_s() < until_s:
            with self._lock:
                starts = not self._asking
                if starts:
                    self._begin_asking_locked()
            if starts:
                await self._ask_soon(until_s - self._monotonic_s())
            if not (note.is_told or note.has_failed):
                await note.bell.wait_until(until_s, working=self._asking)

    def _heed_alone(self, hint: ServerHint, at_s: float) -> None:
        """Heed in this process what the store did not take; it is told later."""
        with self._lock:
            if hint.throttled or hint.pause_s:
                pause_s = hint.pause_s if hint.pause_s is not None else max(plan.retry_after_s for plan in self._plans)
                longest_s = max(plan.max_pause_s for plan in self._plans)
                self._paused_until_s = max(self._paused_until_s, at_s + min(pause_s, longest_s))
        self._background.ask(self._name, self._sync)

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand, for all who share the store. Blocks.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        self._steer(PauseFor((self._store.key,), seconds))

    def resume(self) -> None:
        """Clear a pause for all who share the store. Blocks.

        Raises:
            StoreUnavailable: The store can't be told.
        """
        self._steer(Resume((self._store.key,)))
        self._paused_until_s = 0.0

    def _steer(self, command: Command) -> None:
        with self._lock:
            self._close_shares_locked()
        self._store.run(lambda _: [command], patience_s=PATIENCE_S)
        with self._lock:
            self._forget_turns_locked()
            self._ring_leader_locked()

    def snapshot(self) -> LimiterSnapshot:
        """Return the limit as all processes see it; this process's unused share counts as used. Blocks."""
        if self._alone.limiter is not None:
            return self._alone.limiter.snapshot()
        try:
            self._sync()
            return self._store.look()
        except StoreUnavailable as error:
            self._failed(error, _HUNG_S)
            return self._alone.own(self._plans, self._sharers(), self._paused_until_s, self._flying).snapshot()

    def close(self) -> None:
        """Return shares and places. Blocks.

        Raises:
            StoreUnavailable: The store can't be told; what it does not know ends by itself.
        """
        with self._lock:
            self._close_shares_locked()
            now_s = self.now_s()
            for share in self._untold.over:
                for permit in list(share.out):
                    del share.out[permit]
                    if permit.leaving:
                        share.departed_s.append(now_s)
            self._flying = 0
        self._sync()
        self._store.run(lambda _: [Leave((self._store.owner(),), (self._store.key,))], patience_s=PATIENCE_S)
