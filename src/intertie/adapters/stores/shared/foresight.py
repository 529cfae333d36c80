"""When the turns of those in line will come, as the store last said, and why one comes too late."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Final

from intertie.adapters.stores.shared.line import Seat
from intertie.adapters.stores.shared.measures import GATHER_S, Measures
from intertie.core.clock import Clock
from intertie.runtime.policies.limiter.commands import Taken
from intertie.runtime.policies.limiter.state import comes_late
from intertie.runtime.state import LimitRefusal

_POLL_S, _LONGEST_POLL_S = 0.01, 0.1
"""How soon the store is asked again for a place in flight that another process may have freed."""
_LATER_S: Final = 1e-7


class Foresight:
    """What a process knows of the limit beyond its own shares. Its limiter's lock guards it.

    Attributes:
        turns: When those in line have their turns, the first of them first (store time).
        asks_s: When to ask the store again (monotonic).
        seen, seen_s: What it last granted, and when (store time).
        heard_s: When it last answered anything (store time).
        paused_until_s: Until when the limit is paused (store time).
        in_row: Whether answers were throttled in a row, so that the next that is not ends it.
    """

    __slots__ = (
        "_clock", "_offset_s", "_poll_s", "asks_s", "heard_s", "in_row", "measures", "paused_until_s", "seen", "seen_s",
        "turns",
    )  # fmt: skip

    def __init__(self, measures: Measures, clock: Clock, offset_s: float) -> None:
        self.measures = measures
        self._clock = clock
        self._offset_s = offset_s
        self._poll_s = _POLL_S
        self.turns: deque[float] = deque()
        self.asks_s = -inf
        self.seen: Taken | None = None
        self.seen_s = self.heard_s = -inf
        self.paused_until_s = 0.0
        self.in_row = False

    @property
    def sharers(self) -> int:
        """How many processes used the limit within a minute, as last known."""
        return 1 if self.seen is None else self.seen.sharers

    def forget(self) -> None:
        """Know of no turns any more: the store is asked at once."""
        self.turns = deque()
        self.asks_s = -inf

    def served(self) -> None:
        """Have the first of the turns be over: whoever was first has left with a permit."""
        if self.turns:
            self.turns.popleft()

    def saw(self, taken: Taken, now_s: float) -> None:
        """Learn from what the store granted."""
        self.seen, self.seen_s, self.in_row = taken, now_s, taken.throttled_in_row > 0
        self.paused_until_s = taken.paused_until_s
        self.turns = deque()

    def turn_s(self, ahead: int) -> float:
        """Return when one with so many ahead can have its turn, at the earliest (store time)."""
        turns = self.turns
        if ahead < len(turns):
            return turns[ahead]
        beyond = ahead - len(turns) + 1
        windows = self.measures.windows
        return turns[-1] + max((beyond // max(1, known.limit) * known.window_s for known in windows), default=0.0)

    def refusal(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        """Return why a seat's turn can't come in time, None where it can."""
        turn_s, seat.is_known = self.turn_s(ahead), True
        return self.refused(turn_s) if self._is_late(seat, turn_s) else None

    def _is_late(self, seat: Seat, turn_s: float) -> bool:
        now_s = self._clock.monotonic_s()
        return comes_late(turn_s - self._offset_s, now_s, seat.deadline_s) or now_s >= seat.deadline_s

    def refused(self, turn_s: float) -> LimitRefusal:
        """Return why one whose turn comes at `turn_s` does not go before."""
        seen, now_s = self.seen, self._clock.monotonic_s() + self._offset_s
        wait_s = max(0.0, turn_s - now_s)
        if wait_s == inf:
            wait_s = max((window.window_s for window in self.measures.windows), default=1.0)
        if seen is not None:
            if max(seen.paused_until_s, self.paused_until_s) > now_s:
                return LimitRefusal(wait_s, "pause")
            if seen.spent_until_s > now_s:
                return LimitRefusal(wait_s, "quota")
            if seen.places_full and wait_s <= 0:
                return LimitRefusal(1.0, "concurrency")
        return LimitRefusal(wait_s, "window")

    def pace_questions(self, taken: Taken) -> None:
        """Look for a place in flight less and less often, while there is none."""
        self._poll_s = min(_LONGEST_POLL_S, 2 * self._poll_s) if taken.places_full else _POLL_S

    def plan_question(self, taken: Taken, now_s: float) -> None:
        """Say when to ask again for those whose turns are known."""
        next_s = self.turns[0]
        if taken.places_full and next_s <= now_s:
            next_s = now_s + self._poll_s
        elif self.measures.gathers:
            next_s = max(next_s, now_s + GATHER_S)
        self.asks_s = next_s - self._offset_s + _LATER_S

    def departed_late(self, began_s: float, now_s: float) -> None:
        """Ask later where the first of a share's requests left `now_s`, and not as soon as the share was granted."""
        if self.turns and self.turns[0] >= began_s + self.measures.shortest_s:
            # The next turn was foreseen as if it had departed then.
            self.asks_s += now_s - began_s
