"""The limit of one process, in memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from math import inf

from intertie.adapters.stores.shared.line import Answer, Line, Seat
from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState, comes_late
from intertie.runtime.policies.limiter.state_plan import Plan
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, Permit, ServerHint

_LATER_S = 1e-7
_PLAN_S = 1.0
"""How long turns that were foreseen are believed: real departures are always a little later."""


class MemoryLimiter(Line):
    """What the handles on one limit share, for the threads and tasks of this process; its clock is monotonic."""

    def __init__(self, options: LimiterOptions, clock: Clock, *beside: LimiterOptions, in_flight: int = 0) -> None:
        super().__init__(clock)
        self.now_s = clock.monotonic_s
        self.horizon = Horizon()
        self._state = LimiterState(options, lambda: clock.utc_s() - clock.monotonic_s(), beside=beside)
        self._state.in_flight = in_flight
        self._counted = self._state.is_counted
        self._out: dict[GivenPermit, None] = {}
        self._plan: Plan | None = None
        self._planned_s = 0.0
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; waiters and flights were the parent's, and what it had given leave it may have sent."""
        self._lock = threading.Lock()
        self._seats = deque()
        self._plan = None
        for _ in range(len(self._out)):
            self._state.depart(self.now_s())
        self._out = {}
        self._state.in_flight = 0

    def replan(self, plans: Sequence[LimiterOptions]) -> None:
        """Go on under these plans: what left before counts, and those in line keep their places."""
        with self._lock:
            if plans:
                self._state = self._state.replanned(plans, self.now_s())
                self._counted = self._state.is_counted
                self._changed_locked()

    # --- taking ---------------------------------------------------------------------------------------------------

    def acquire_nowait(self) -> Permit | None:
        """Take a permit if one is free now and nobody waits before us, else None."""
        permit: GivenPermit | None = None
        try:
            with self._lock:
                permit = None if self._seats else self._take_locked()
        except BaseException:
            self._undo(permit)
            raise
        return permit

    def _take_locked(self) -> GivenPermit | None:
        now_s = self.now_s()
        state = self._state
        if not state.take(now_s):
            return None
        try:
            permit = GivenPermit(
                self, now_s, min(now_s + self.horizon.seconds, state.last_s(now_s)) if self._counted else inf
            )
            self._out[permit] = None
        except BaseException:
            state.put_back()
            raise
        return permit

    def _undo(self, permit: GivenPermit | None) -> None:
        """Give back a permit that an interrupt kept from its caller."""
        if permit is not None:
            self.give_back(permit)

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic)."""
        began_s = self.now_s()
        permit: GivenPermit | None = None
        try:
            with self._lock:
                permit = self._take_locked() if again or not self._seats else None
        except BaseException:
            self._undo(permit)
            raise
        if permit is not None:
            return permit
        return await self._wait(began_s, deadline_s, again=again)

    def _serve_locked(self) -> float:
        seats = self._seats
        led = seats[0] if seats else None
        while seats:
            permit = self._take_locked()
            if permit is None and not self._reclaimed_locked():
                break
            if permit is not None:
                seat = seats[0]
                waited_s = permit.stamp_s - seat.began_s
                permit.waited_s = max(0.0, waited_s)
                del seats[0]
                seat.answer = permit
                self._wake(seat)
        if not seats:
            self._plan = None
            return inf
        if seats[0] is not led:
            self._ring_leader_locked()
        now_s = self.now_s()
        # Without a place in flight, or where those with leave fill all room, whoever changes that serves the line.
        due_s = self._state.turn_s(now_s) if self._state.free_places else inf
        return min(due_s, next((permit.not_after_s + 2 * _LATER_S for permit in self._out if not permit.leaving), inf))

    def _reclaimed_locked(self) -> bool:
        """Take back the permits that lapsed with nobody to give them back, such as of a caller who was interrupted."""
        now_s = self.now_s()
        lost = [permit for permit in self._out if permit.has_lapsed(now_s - _LATER_S)]
        for permit in lost:
            self._state.put_back()
            del self._out[permit]
        return bool(lost)

    def _refusal_locked(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        now_s = self.now_s()
        if not ahead:
            turn_s = self._state.turn_s(now_s)
        else:
            if self._plan is None or now_s - self._planned_s > _PLAN_S:
                self._foresee_locked(now_s)
            turn_s = now_s if self._plan is None else self._plan.peek(now_s)
        if comes_late(turn_s, now_s, seat.deadline_s) or seat.deadline_s <= now_s:
            return self._state.refusal(now_s, turn_s, ahead)
        if self._plan is not None:
            self._plan.take(now_s)
        return None

    def _foresee_locked(self, now_s: float) -> None:
        """Foresee the turns of all in line, and refuse those whose turn can't come in time."""
        self._plan, self._planned_s = plan, _ = self._state.plan(now_s), now_s

        def late(seat: Seat, ahead: int) -> LimitRefusal | None:
            turn_s = plan.peek(now_s)
            if comes_late(turn_s, now_s, seat.deadline_s):
                return self._state.refusal(now_s, turn_s, ahead)
            plan.take(now_s)
            return None

        self._refuse_locked(late)

    def _too_late_locked(self, seat: Seat) -> LimitRefusal:  # noqa: ARG002  # all see the same limit
        now_s = self.now_s()
        return self._state.refusal(now_s, self._state.turn_s(now_s), 0)

    def _left_locked(self) -> None:
        self._plan = None

    def _dispose_locked(self, answer: Answer | None) -> None:
        if isinstance(answer, GivenPermit):
            self._give_back_locked(answer)

    def _changed_locked(self) -> None:
        """Foresee anew after something that changes everybody's turn, and serve the line."""
        self._plan = None
        if self._seats:
            self._foresee_locked(self.now_s())

    # --- what becomes of a permit -----------------------------------------------------------------------------------

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        with self._lock:
            if permit in self._out:
                now_s = self.now_s()
                self._state.depart(now_s)
                del self._out[permit]
                self.horizon.departed(now_s - permit.stamp_s)

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        with self._lock:
            self._give_back_locked(permit)

    def _give_back_locked(self, permit: Permit) -> None:
        assert isinstance(permit, GivenPermit)  # noqa: S101  # there are no others here
        if permit in self._out:
            self._state.put_back()
            del self._out[permit]
            permit.is_over = True
            self._plan = None
        elif permit.leaving and not permit.is_over:
            self._state.finish()  # it has departed, so it counts
            permit.is_over = True
        self._ring_leader_locked()

    def finished(self, permit: Permit) -> None:
        """End the flight that a permit began; one that has not departed counts from now."""
        with self._lock:
            state = self._state
            if permit in self._out:
                state.depart(self.now_s())
                del self._out[permit]
                permit.leaving = True
            if permit.is_over:  # type: ignore[attr-defined]
                pass
            elif permit.leaving:  # type: ignore[attr-defined]
                state.finish()
                permit.is_over = True  # type: ignore[attr-defined]
            else:
                permit.is_over = True  # type: ignore[attr-defined]
                state.add_used([self.now_s()])  # taken back when it lapsed
            if self._seats and state.is_bounded:
                self._ring_leader_locked()

    def ended(self) -> None:
        """End one of the flights that it was made with."""
        with self._lock:
            self._state.finish()
            self._ring_leader_locked()

    # --- steering -------------------------------------------------------------------------------------------------

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:  # noqa: ARG002  # memory answers at once
        """Let an answer steer the limit for all callers; return the pause now in force."""
        with self._lock:
            before_s = self._state.paused_until_s
            pause_s = self._state.observe(hint, self.now_s())
            self._plan = None
            if self._state.paused_until_s != before_s:
                self._changed_locked()
            return pause_s

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand."""
        with self._lock:
            now_s = self.now_s()
            self._state.pause_until(now_s + seconds, now_s)
            self._changed_locked()

    def hold(self, count: int) -> None:
        """Hold room for so many that have leave from elsewhere; they are in flight already."""
        with self._lock:
            self._state.hold(count)

    def count(self, at_s: float) -> None:
        """Count one of those, which departed at `at_s`."""
        with self._lock:
            self._state.depart(at_s)

    def release(self) -> None:
        """Free the room of one of those, which never departed."""
        with self._lock:
            self._state.hold(-1)
            self._ring_leader_locked()

    def fill(self, window_s: float, count: int, at_s: float) -> None:
        """Count so many more in the window of this length, as departed at `at_s`."""
        with self._lock:
            self._state.fill(window_s, count, at_s)

    def resume(self) -> None:
        """Clear a pause."""
        with self._lock:
            self._state.resume(self.now_s())
            self._changed_locked()

    def snapshot(self) -> LimiterSnapshot:
        """Return the limiter as it is now."""
        with self._lock:
            self._reclaimed_locked()
            return self._state.snapshot(self.now_s(), len(self._seats))
