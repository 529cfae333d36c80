"""What the plans in force come to, for a process that spends shares of their limit."""

from __future__ import annotations

from math import inf
from typing import Final

from intertie.runtime.policies.limiter.options import LimiterOptions

SHARE_S: Final = 0.1
"""How long a share lives: so long, at most, a pause stays unknown to another process."""
GATHER_S: Final = 0.004
"""How long turns are gathered where they follow each other faster than that."""
_PLACES_SHARED = 100


class Measures:
    """Numbers of one set of plans.

    Attributes:
        windows: All windows of all plans.
        most_ahead: How many permits a share holds at most, beyond those that are waited for.
        gathers: Whether turns follow each other so fast that they are gathered.
        shortest_s: The length of the shortest window.
        settles_s: How soon after its end a share is told.
        smallest, largest: The lowest limit of a window, and the highest.
        is_counted: Whether any window counts departures.
        is_bounded: Whether the number of calls in flight is.
    """

    __slots__ = (
        "gathers", "is_bounded", "is_counted", "largest", "most_ahead", "plans", "settles_s", "shortest_s", "smallest",
        "windows",
    )  # fmt: skip

    def __init__(self, plans: tuple[LimiterOptions, ...]) -> None:
        self.plans = plans
        self.windows = [window for plan in plans for window in plan.windows]
        rate = min((window.limit / window.window_s for window in self.windows), default=None)
        self.most_ahead = _PLACES_SHARED if rate is None else int(rate * SHARE_S)
        self.gathers = rate is not None and rate * GATHER_S > 1
        self.shortest_s = min((window.window_s for window in self.windows), default=inf)
        self.settles_s = min(SHARE_S, self.shortest_s / 4)
        self.smallest = min((window.limit for window in self.windows), default=1 << 30)
        self.largest = max((window.limit for window in self.windows), default=0)
        self.is_counted = bool(self.windows)
        self.is_bounded = any(plan.concurrent is not None for plan in plans)
