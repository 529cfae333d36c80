"""What one process holds of a month's budget, and how much a share of it should be: pure, under its ledger's lock."""

from __future__ import annotations

from math import inf

from intertie.core.money import Trillionths
from intertie.runtime.state import Reservation

SHARE_S = 1.0
"""How long a share may be spent from before it is renewed or given back."""
_LEAST_CALLS = 100
_LEAST_S = 0.1
_DEMAND_S = 1.0


class Books:
    """One month in this process.

    Attributes:
        calls, quantity: All that the store must count as spent for this process: reserved, or left in its share.
        left_calls, left: The part of it that may still be handed out.
        settled_calls, settled: What attempts used and the store was not told yet; `told_calls`, `told` of it are under
            way there.
        settled_before: What all processes have settled, as last known.
    """

    __slots__ = (
        "calls",
        "left",
        "left_calls",
        "name",
        "quantity",
        "settled",
        "settled_before",
        "settled_calls",
        "told",
        "told_calls",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = self.left_calls = self.settled_calls = self.told_calls = 0
        self.quantity: Trillionths = 0
        self.left: Trillionths = 0
        self.settled: Trillionths = 0
        self.told: Trillionths = 0
        self.settled_before: Trillionths = 0

    def hand_out(self, quantity: Trillionths) -> Reservation:
        """Reserve from what is left."""
        reservation = Reservation(quantity, self.settled_before + self.settled + self.quantity - self.left, self)
        self.left -= quantity
        self.left_calls -= 1
        return reservation

    def take_back(self, reserved: Trillionths) -> None:
        """Have what was reserved left again: it reached nobody."""
        self.left += reserved
        self.left_calls += 1

    def settle(self, reserved: Trillionths, used: Trillionths) -> None:
        """Turn what was reserved into what was used."""
        self.settled += used
        self.settled_calls += 1
        self.calls -= 1
        self.quantity -= reserved

    def add(self, calls: int, quantity: Trillionths) -> None:
        """Have more left: the store counts it as spent by now."""
        self.calls += calls
        self.quantity += quantity
        self.left_calls += calls
        self.left += quantity

    def keep(self, calls: int, quantity: Trillionths) -> None:
        """Give up what is left beyond this; the store must be told before anybody else can have it."""
        calls, quantity = min(calls, self.left_calls), min(quantity, self.left)
        self.calls -= self.left_calls - calls
        self.quantity -= self.left - quantity
        self.left_calls, self.left = calls, quantity

    def tell(self) -> tuple[int, Trillionths]:
        """Return what was settled: (calls, quantity); it counts as told once `told_all` says so."""
        self.told_calls, self.told = self.settled_calls, self.settled
        return self.told_calls, self.told

    def told_all(self) -> None:
        """Forget what the store knows by now."""
        self.settled_calls -= self.told_calls
        self.settled -= self.told
        self.settled_before += self.told
        self.told_calls, self.told = 0, 0

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is open, left or untold."""
        return not self.calls and not self.settled_calls


class Demand:
    """How many calls a share should hold.

    What the last second needed, at most 100 calls; for those who need more than a thousand a second, a tenth of it: a
    killed process leaves no more than that unspent.
    """

    __slots__ = ("_last", "_since_calls", "_since_s")

    def __init__(self) -> None:
        self._since_s = -inf
        self._since_calls = 0
        self._last = 0

    def wanted(self, calls: int, now_s: float) -> int:
        """Return how many calls a share should hold, where `calls` were handed out in all.

        >>> demand = Demand()
        >>> demand.wanted(0, 10.0), demand.wanted(40, 10.5), demand.wanted(80, 11.0), demand.wanted(8000, 11.9)
        (0, 40, 80, 792)
        """
        elapsed_s = now_s - self._since_s
        if elapsed_s >= _DEMAND_S:
            self._last = int((calls - self._since_calls) / elapsed_s)
            self._since_s, self._since_calls = now_s, calls
        needed = max(self._last, calls - self._since_calls)
        return max(min(needed, _LEAST_CALLS), int(needed * _LEAST_S))
