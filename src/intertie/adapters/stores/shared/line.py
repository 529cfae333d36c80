"""The line in which the callers of a process wait for their turns at one limit: tasks and threads together.

First come, first served. The first in line *leads*: it has a timer, and serves the line when that is due; all others
sleep on their bells. Whoever brings permits, a leader, another thread or the store, hands them out from the head, and
rings for each. So there is one timer and one question to the store at a time, however many wait.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from math import inf
from typing import TypeAlias

from intertie.core.bells import Bell
from intertie.core.clock import Clock
from intertie.runtime.state import LimitRefusal, Permit

Answer: TypeAlias = Permit | LimitRefusal


class Seat:
    """A caller in line; guarded by its line's lock.

    Attributes:
        deadline_s: Until when it waits for its turn (monotonic).
        patient_until_s: Until when it waits to hear of its turn at all, from a store that others may hold.
        again: Whether its turn had come before, so that it stands before all whose has not.
        is_known: Whether it has heard of its turn.
        looks_s: When it looks again by itself.
        answer: What came of it, None while it waits.
    """

    __slots__ = ("again", "answer", "began_s", "bell", "deadline_s", "is_known", "looks_s", "patient_until_s")

    def __init__(self, bell: Bell, began_s: float, deadline_s: float, patience_s: float, *, again: bool) -> None:
        self.bell = bell
        self.again = again
        self.began_s = began_s
        self.deadline_s = deadline_s
        self.patient_until_s = began_s + patience_s
        self.is_known = not patience_s
        self.looks_s = deadline_s
        self.answer: Answer | None = None

    @property
    def ends_s(self) -> float:
        """When it leaves, at the latest."""
        return self.deadline_s if self.is_known else self.patient_until_s


class Line(ABC):
    """A limit's callers. Subclasses say what there is to hand out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._lock = threading.Lock()
        self._seats: deque[Seat] = deque()

    # --- what there is to hand out ------------------------------------------------------------------------------------

    @abstractmethod
    def _take_locked(self) -> Permit | None:
        """Return a permit where there is one now."""

    @abstractmethod
    def _refusal_locked(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        """Return a refusal where the turn of a seat with so many ahead of it can't come by its deadline."""

    @abstractmethod
    def _serve_locked(self) -> float:
        """Hand out what there is to those at the head; return when to serve the line again (monotonic)."""

    async def _work(self, seat: Seat) -> bool:  # noqa: ARG002  # nothing is to be done where all is in memory
        """Do what is due outside of the lock, for a seat that leads; return whether it is done already."""
        return False

    @abstractmethod
    def _dispose_locked(self, answer: Answer | None) -> None:
        """Undo what was given to a caller who left before it could take it."""

    # --- waiting ------------------------------------------------------------------------------------------------------

    async def _wait(self, began_s: float, deadline_s: float, *, again: bool = False, patience_s: float = 0.0) -> Answer:
        """Stand in line until a turn comes, or can't come in time.

        Args:
            began_s: When the caller came (monotonic).
            deadline_s: Until when it waits (monotonic).
            again: The caller's turn had come before: it stands at the head, behind others of whom that is true.
            patience_s: How long it waits to hear of its turn; 0.0 where all is in memory.
        """
        seat = Seat(self._clock.bell(), began_s, deadline_s, patience_s, again=again)
        try:
            with self._lock:
                if self._seats:
                    self._serve_locked()
                ahead = sum(1 for other in self._seats if other.again) if again else len(self._seats)
                refusal = self._refusal_locked(seat, ahead)
                if refusal is not None:
                    return refusal
                self._seats.insert(ahead, seat)
            while True:
                with self._lock:
                    is_over = self._attend_locked(seat)
                    leads = not is_over and self._seats[0] is seat
                if seat.answer is not None:
                    return seat.answer
                if leads and await self._work(seat):
                    continue
                await seat.bell.wait_until(seat.looks_s, working=leads and self._is_at_work())
        except BaseException:
            with self._lock:
                self._leave_locked(seat)
                self._dispose_locked(seat.answer)
                self._ring_leader_locked()  # where it was interrupted before it did
            raise

    def _is_at_work(self) -> bool:
        """Return whether another thread is at work for this line right now, and will ring for whoever leads it."""
        return False

    def _attend_locked(self, seat: Seat) -> bool:
        """Serve the line where the seat leads, and see whether its time is over; return whether it has its answer."""
        if seat.answer is not None:
            return True
        due_s = self._serve_locked() if self._seats and self._seats[0] is seat else inf
        if seat.answer is None and self._monotonic_s() >= seat.ends_s:
            self._leave_locked(seat)
            seat.answer = self._too_late_locked(seat)
        seat.looks_s = min(due_s, seat.ends_s)
        return seat.answer is not None

    @abstractmethod
    def _too_late_locked(self, seat: Seat) -> LimitRefusal:
        """Return the refusal of a seat whose deadline has come."""

    def _leave_locked(self, seat: Seat) -> None:
        """Take a seat out of the line; whoever leads now looks after the rest."""
        seats = self._seats
        if seats and seats[0] is seat:
            seats.popleft()
            self._ring_leader_locked()
        elif seat.answer is None:
            try:
                seats.remove(seat)
            except ValueError:
                return  # it never stood there
        self._left_locked()

    @abstractmethod
    def _left_locked(self) -> None:
        """Note that somebody left the line unserved."""

    def _answer_locked(self, seat: Seat, answer: Answer) -> None:
        """Give the seat, which is out of the line, its answer."""
        seat.answer = answer
        self._wake(seat)

    def _wake(self, seat: Seat) -> None:
        """Ring for a seat that has its answer, also where this caller is interrupted at that."""
        try:
            seat.bell.ring()
        except BaseException:
            seat.bell.ring()
            raise

    def _ring_leader_locked(self) -> None:
        if self._seats:
            self._seats[0].bell.ring()

    def _refuse_locked(self, which: Callable[[Seat, int], LimitRefusal | None]) -> None:
        """Refuse those in line for whom there is a reason; the others keep their places."""
        kept: deque[Seat] = deque()
        for seat in self._seats:
            refusal = which(seat, len(kept))
            if refusal is None:
                kept.append(seat)
            else:
                self._answer_locked(seat, refusal)
        self._seats = kept
        self._ring_leader_locked()
