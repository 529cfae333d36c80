"""How a service counts requests against one bound: by their arrival, exactly, with a tolerance for the way there.

A client keeps its limit when requests *leave*; they arrive up to some milliseconds later, each by another delay. With
`tolerance_s` at least the difference of those delays, none of these counts refuses a client that keeps the bound:

| count | one more is refused when | why that suffices |
|---|---|---|
| sliding window | `limit` came within `window - tolerance` | what came in a span left within one `tolerance` longer |
| fixed window | all windows in which it can have left are full | it counts in the oldest of them with room |
| token bucket | no token is left, `tolerance` of refill included | a bucket's bound grows by what refills meanwhile |
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

ROUNDING_S = 1e-6
"""Sums of floating-point instants may differ by this much at the edge of a window."""
_EXACT_LIMIT = 4096


class Count(Protocol):
    """One bound. Instants: monotonic for spans, UTC for windows of the clock; both of the same moment."""

    def free(self, now_s: float, utc_s: float) -> bool:
        """Return whether one more may arrive now."""

    def add(self, now_s: float, utc_s: float) -> None:
        """Count one."""

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more than now are left, 0.0 where nothing is used."""


class SlidingCount:
    """No span of the window's length holds more than `limit`.

    Limits above 4096 are counted in grains of a 4096th of the window, each of which leaves with its first request.
    """

    def __init__(self, window_s: float, limit: int, tolerance_s: float) -> None:
        self._limit = limit
        self._span_s = window_s - tolerance_s - ROUNDING_S
        self._grain_s = window_s / _EXACT_LIMIT if limit > _EXACT_LIMIT else 0.0
        self._grains: deque[list[float]] = deque()
        self._used = 0

    def _forget(self, now_s: float) -> None:
        grains, gone_s = self._grains, now_s - self._span_s
        while grains and grains[0][0] <= gone_s:
            self._used -= int(grains.popleft()[1])

    def free(self, now_s: float, utc_s: float) -> bool:
        """Return whether one more may arrive now."""
        del utc_s
        self._forget(now_s)
        return self._used < self._limit

    def add(self, now_s: float, utc_s: float) -> None:
        """Count one."""
        del utc_s
        self._used += 1
        grains = self._grains
        if grains and self._grain_s and now_s - grains[-1][0] < self._grain_s:
            grains[-1][1] += 1
        else:
            grains.append([now_s, 1])

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""
        del utc_s
        self._forget(now_s)
        return self._limit - self._used

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more are left."""
        del utc_s
        self._forget(now_s)
        return self._grains[0][0] + self._span_s - now_s if self._grains else 0.0


class FixedCount:
    """At most `limit` per window, the windows aligned to multiples of their length in UTC."""

    def __init__(self, window_s: float, limit: int, tolerance_s: float) -> None:
        self._window_s = window_s
        self._limit = limit
        self._tolerance_s = tolerance_s + ROUNDING_S
        self._used: dict[int, int] = {}

    def _windows(self, utc_s: float) -> range:
        """Return the windows in which an arrival can have left, oldest first."""
        first = int((utc_s - self._tolerance_s) // self._window_s)
        return range(first, int((utc_s + self._tolerance_s) // self._window_s) + 1)

    def _roomy(self, utc_s: float) -> int | None:
        return next((n for n in self._windows(utc_s) if self._used.get(n, 0) < self._limit), None)

    def free(self, now_s: float, utc_s: float) -> bool:
        """Return whether one more may arrive now."""
        del now_s
        return self._roomy(utc_s) is not None

    def add(self, now_s: float, utc_s: float) -> None:
        """Count one."""
        del now_s
        window = self._roomy(utc_s)
        if window is None:
            window = self._windows(utc_s)[-1]
        if window not in self._used:
            self._used = {n: used for n, used in self._used.items() if n >= window - 2}
        self._used[window] = self._used.get(window, 0) + 1

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""
        del now_s
        return sum(self._limit - self._used.get(n, 0) for n in self._windows(utc_s)[-1:])

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more are left."""
        del now_s
        return self._window_s - utc_s % self._window_s


class BucketCount:
    """A bucket of `burst` tokens, refilled at `rate` a second; each request takes one."""

    def __init__(self, rate: float, burst: int, tolerance_s: float) -> None:
        self._rate = rate
        self._burst = burst
        self._most = burst + rate * tolerance_s
        self._tokens = self._most
        self._at_s = -1.0

    def _refill(self, now_s: float) -> None:
        if self._at_s >= 0:
            self._tokens = min(self._most, self._tokens + (now_s - self._at_s) * self._rate)
        self._at_s = now_s

    def free(self, now_s: float, utc_s: float) -> bool:
        """Return whether one more may arrive now."""
        del utc_s
        self._refill(now_s)
        return self._tokens >= 1 - ROUNDING_S * (1 + self._rate)

    def add(self, now_s: float, utc_s: float) -> None:
        """Count one."""
        del utc_s
        self._refill(now_s)
        self._tokens = max(self._tokens - 1, 0.0)

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""
        del utc_s
        self._refill(now_s)
        return int(min(self._tokens, self._burst) + ROUNDING_S)

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more are left."""
        del utc_s
        self._refill(now_s)
        if self._tokens >= self._most:
            return 0.0
        return (1 - self._tokens % 1) / self._rate
