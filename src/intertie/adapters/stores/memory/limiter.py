"""The limit of one process, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState, Ticket
from intertie.runtime.state import LimiterSnapshot, LimitRefusal, Permit, ServerHint


class MemoryLimiter:
    """What the handles on one limit share, for the threads and tasks of this process; its clock is monotonic."""

    def __init__(self, options: LimiterOptions, clock: Clock, *beside: LimiterOptions) -> None:
        self._clock = clock
        self._now_s = self.now_s = clock.monotonic_s
        self._state = LimiterState(options, lambda: clock.utc_s() - clock.monotonic_s(), beside=beside)
        self._lock = threading.Lock()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; waiters were threads and tasks of the parent."""
        self._lock = threading.Lock()
        self._state.leave_all([""])
        self._state.in_flight = 0

    def replan(self, plans: Sequence[LimiterOptions]) -> None:
        """Go on under these plans: what left before counts, and those in line keep their places."""
        with self._lock:
            if plans:
                self._state = self._state.replanned(plans, self._now_s())

    def acquire_nowait(self) -> Permit | None:
        """Take a permit if one is free now and nobody waits before us, else None."""
        with self._lock:
            now_s = self._now_s()
            return Permit(self, now_s) if self._state.take(now_s) else None

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:  # noqa: ARG002  # no permit of ours lapses
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic)."""
        began_s = self._now_s()
        with self._lock:
            now_s = self._now_s()
            answer = self._state.ask(now_s, deadline_s)
        if not isinstance(answer, Ticket):
            return Permit(self, now_s) if answer is True else _refused(answer)
        number = answer.number
        try:
            while isinstance(answer, Ticket):
                await self._clock.sleep_until(answer.turn_s)
                with self._lock:
                    now_s = self._now_s()
                    answer = self._state.look(number, now_s)
            return Permit(self, now_s, waited_s=now_s - began_s) if answer is True else _refused(answer)
        finally:
            # Cancelled while waiting: the place in line is free again. Otherwise it is gone already.
            if isinstance(answer, Ticket):
                with self._lock:
                    self._state.leave(number)

    def give_back(self, permit: Permit) -> None:
        """Undo a permit whose request was not sent."""
        with self._lock:
            self._state.undo(permit.stamp_s)

    def departed(self, permit: Permit) -> None:
        """Count it as before: since it was given."""

    def finished(self, permit: Permit) -> None:  # noqa: ARG002  # one flight is like another
        """End the flight that a permit began."""
        with self._lock:
            self._state.finish()

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:  # noqa: ARG002  # memory answers at once
        """Let an answer steer the limit for all callers; return the pause now in force."""
        with self._lock:
            return self._state.observe(hint, self._now_s())

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand."""
        with self._lock:
            now_s = self._now_s()
            self._state.pause_until(now_s + seconds, now_s)

    def begin_at_pace(self, paused_s: float) -> None:
        """Begin as one part of a limit of which only a pause is known: after it, at the limit's pace for one window."""
        with self._lock:
            now_s = self._now_s()
            if paused_s > 0:
                self._state.pause_until(now_s + paused_s, now_s)
            else:
                self._state.begin_at_pace(now_s)

    def resume(self) -> None:
        """Clear a pause."""
        with self._lock:
            self._state.resume(self._now_s())

    def snapshot(self) -> LimiterSnapshot:
        """Return the limiter as it is now."""
        with self._lock:
            return self._state.snapshot(self._now_s())


def _refused(answer: bool | LimitRefusal) -> LimitRefusal:
    if isinstance(answer, LimitRefusal):
        return answer
    msg = f"the limiter answered {answer!r} to one who asked for a turn; please report this"
    raise TypeError(msg)
