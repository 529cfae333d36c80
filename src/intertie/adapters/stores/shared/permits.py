"""Permits that are out, and how long they stay good."""

from __future__ import annotations

from typing import Final, Protocol

from intertie.runtime.state import Departures, Permit, PermitLapsed

SHORTEST_S: Final = 0.025
"""So long a permit is good for, at least, where nothing ends it earlier."""
LONGEST_S: Final = 1.0
_SHRINKS: Final = 0.995


class Horizon:
    """How long a permit is good for: a few times what lately passed between giving one and its departure.

    A permit that lapses doubles it, so that even the slowest process comes to send; it shrinks slowly.
    """

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = SHORTEST_S

    def lapsed(self) -> None:
        """Learn that a permit was too old when its request was ready."""
        self.seconds = min(LONGEST_S, 2 * self.seconds)

    def departed(self, lag_s: float) -> None:
        """Learn how long a request took to leave."""
        wanted_s = 3 * lag_s
        if wanted_s > self.seconds:
            self.seconds = min(LONGEST_S, wanted_s)
        elif self.seconds > SHORTEST_S:
            self.seconds = max(SHORTEST_S, self.seconds * _SHRINKS)


class Giver(Departures, Protocol):
    """Who gives permits, and learns what becomes of them."""

    horizon: Horizon

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""

    def finished(self, permit: Permit) -> None:
        """End a permit's flight."""


class GivenPermit(Permit):
    """A permit that says when it is about to leave.

    Attributes:
        leaving: Whether its request had leave to begin. One that had not by `not_after_s` never will: the flag is set
            before the clock is read, so whoever finds it unset later than that may give its room to another.
        is_over: Whether it was given back or its flight has ended; to end it once more does nothing.
    """

    __slots__ = ("is_over", "leaving")

    limit: Giver

    def __init__(self, limit: Giver, stamp_s: float, not_after_s: float) -> None:
        self.limit = limit
        self.stamp_s = stamp_s
        self.not_after_s = not_after_s
        self.waited_s = 0.0
        self.leaving = False
        self.is_over = False

    def has_lapsed(self, now_s: float) -> bool:
        """Return whether its request can depart no more, and has not begun to."""
        return not self.leaving and self.not_after_s <= now_s

    def departing(self) -> None:
        """Let its request leave now.

        Raises:
            PermitLapsed: It is later than `not_after_s`.
        """
        self.leaving = True
        late_s = self.limit.now_s() - self.not_after_s
        if late_s > 0:
            self.leaving = False
            self.limit.horizon.lapsed()
            raise PermitLapsed(late_s)
