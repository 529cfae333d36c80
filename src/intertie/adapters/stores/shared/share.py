"""A share of a limit: permits that a store granted to this process, spent in memory."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.runtime.policies.limiter.commands import Settled
from intertie.runtime.state import Permit

if TYPE_CHECKING:
    from intertie.adapters.stores.shared.holding import Holding


class Share:
    """Gives permits until `end_s`, and knows when their requests departed. Its limiter's lock guards it.

    Attributes:
        left: How many may still be given.
        began_s, end_s: From when and until when it is good (store time).
        gives_until_s: When it stops giving, so that what it gave has time to depart.
        departed: When requests did.
        out: Permits that are given, and neither departed nor back.
        told: Whether it was put into words how it ended; what is out then is told one by one.
    """

    __slots__ = (
        "_limiter", "began_s", "count", "departed_s", "end_s", "gives_until_s", "horizon", "left", "now_s", "number",
        "out", "told",
    )  # fmt: skip

    def __init__(self, limiter: Holding, number: int, count: int, began_s: float, end_s: float) -> None:
        self._limiter = limiter
        self.now_s = limiter.now_s
        self.horizon: Horizon = limiter.horizon
        self.number = number
        self.count = self.left = count
        self.began_s = began_s
        self.end_s = end_s
        self.gives_until_s = end_s - min(self.horizon.seconds / 3, (end_s - began_s) / 4)
        self.departed_s: list[float] = []
        self.out: dict[GivenPermit, None] = {}
        self.told = False

    def give(self, now_s: float, *, counted: bool) -> GivenPermit:
        """Give one of those that are left."""
        permit = GivenPermit(self, now_s, self.end_s if counted else inf)
        self.left -= 1
        self.out[permit] = None
        return permit

    @property
    def is_urgent(self) -> bool:
        """Whether the store can't assume that all of it departed by its end."""
        return self.left > 0 or bool(self.out) or (bool(self.departed_s) and self.departed_s[-1] > self.end_s)

    def is_settled(self, now_s: float) -> bool:
        """Return whether nothing of what it gave may still depart in time, but for what is about to."""
        return not self.out or now_s > self.end_s

    def settle(self, now_s: float) -> tuple[Settled, int]:
        """End it; return what became of it, and how many permits have lapsed that nobody gave back."""
        self.told = True
        # Looked at once: a thread that finds itself late is about to leave for a moment.
        waiting = [permit for permit in self.out if not permit.leaving]
        lapsed = [permit for permit in waiting if permit.not_after_s < now_s]
        held = len(self.out) - sum(1 for permit in waiting if permit.not_after_s < now_s or permit.not_after_s == inf)
        for permit in lapsed:
            del self.out[permit]
        return Settled(self.number, self.end_s, tuple(self.departed_s), held), len(lapsed)

    def revoke(self) -> None:
        """Let nothing more leave: what has leave to counts at the end, the rest lapses when it looks at the clock."""
        self.now_s = _never_s
        for permit in list(self.out):
            del self.out[permit]
            if permit.leaving:
                self.departed_s.append(self.end_s)

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        self._limiter.departed_from(self, permit)

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        self._limiter.give_back_to(self, permit)

    def finished(self, permit: Permit) -> None:
        """End a permit's flight."""
        self._limiter.finished_from(self, permit)


def _never_s() -> float:
    """Return the time by a clock that is past every permit's end."""
    return inf


class Demand:
    """How many permits a share should hold: what one share's time has lately needed."""

    __slots__ = ("_asked_s", "_size", "_taken", "most")

    def __init__(self) -> None:
        self.most = 0
        self._size = 0
        self._taken = 0
        self._asked_s = -inf

    def taken(self) -> None:
        """Note that a permit is used."""
        self._taken += 1

    def ahead(self, waiting: int, now_s: float, share_s: float) -> int:
        """Return how many more than those who wait to ask for; each answer to it is to be noted as granted."""
        elapsed_s = now_s - self._asked_s
        if elapsed_s > 2 * share_s:
            self._size = 0  # nobody asked for so long: begin small again
        else:
            rate_size = int((self._taken + waiting) * share_s / max(elapsed_s, 0.001))
            self._size = min(rate_size, 4 * max(1, self._size, waiting))
        self._asked_s, self._taken = now_s, 0
        return min(self._size, self.most)
