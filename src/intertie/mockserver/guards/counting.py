"""How a service counts requests against one bound: by their arrival, exactly.

A request is seen at `now_s`, and came at most `lag_s` before: so long may it have waited for the server to run. Each
count takes the two in favour of the client, so that what it refuses has broken the bound whenever exactly it came:

| count | a request counts | one more is refused when |
|---|---|---|
| sliding window | from when it can have come at the earliest | `limit` still count when it is seen |
| fixed window | in the oldest window with room in which it can have come | all of those windows are full |
| token bucket | from when it can have come at the earliest | no token is there when it is seen |
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

ROUNDING_S = 1e-6
"""Sums of floating-point instants may differ by this much at the edge of a window."""
_EXACT_LIMIT = 4096


class Count(Protocol):
    """One bound. Instants: monotonic for spans, UTC for windows of the clock; both of when a request is seen."""

    def free(self, now_s: float, utc_s: float, lag_s: float) -> bool:
        """Return whether one more may come that is seen now."""

    def add(self, now_s: float, utc_s: float, lag_s: float) -> None:
        """Count one."""

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more than now are left, 0.0 where nothing is used."""


class SlidingCount:
    """No span of the window's length holds more than `limit`.

    Limits above 4096 are counted in grains of a 4096th of the window, each of which leaves with its first request.
    """

    def __init__(self, window_s: float, limit: int) -> None:
        self._limit = limit
        self._span_s = window_s - ROUNDING_S
        self._grain_s = window_s / _EXACT_LIMIT if limit > _EXACT_LIMIT else 0.0
        self._grains: deque[list[float]] = deque()
        self._used = 0

    def _forget(self, now_s: float) -> None:
        grains, gone_s = self._grains, now_s - self._span_s
        while grains and grains[0][0] <= gone_s:
            self._used -= int(grains.popleft()[1])

    def free(self, now_s: float, utc_s: float, lag_s: float) -> bool:
        """Return whether one more may come that is seen now."""
        del utc_s, lag_s
        self._forget(now_s)
        return self._used < self._limit

    def add(self, now_s: float, utc_s: float, lag_s: float) -> None:
        """Count one."""
        del utc_s
        self._used += 1
        grains, came_s = self._grains, now_s - lag_s
        later: list[list[float]] = []
        while grains and grains[-1][0] > came_s:  # a new connection may have waited longer than an old one
            later.append(grains.pop())
        if grains and self._grain_s and came_s - grains[-1][0] < self._grain_s:
            grains[-1][1] += 1
        else:
            grains.append([came_s, 1])
        grains.extend(reversed(later))

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

    def __init__(self, window_s: float, limit: int) -> None:
        self._window_s = window_s
        self._limit = limit
        self._used: dict[int, int] = {}

    def _windows(self, utc_s: float, lag_s: float) -> range:
        """Return the windows in which a request can have come, oldest first."""
        first = int((utc_s - lag_s - ROUNDING_S) // self._window_s)
        return range(first, int((utc_s + ROUNDING_S) // self._window_s) + 1)

    def _roomy(self, utc_s: float, lag_s: float) -> int | None:
        return next((n for n in self._windows(utc_s, lag_s) if self._used.get(n, 0) < self._limit), None)

    def free(self, now_s: float, utc_s: float, lag_s: float) -> bool:
        """Return whether one more may come that is seen now."""
        del now_s
        return self._roomy(utc_s, lag_s) is not None

    def add(self, now_s: float, utc_s: float, lag_s: float) -> None:
        """Count one."""
        del now_s
        windows = self._windows(utc_s, lag_s)
        window = self._roomy(utc_s, lag_s)
        if window is None:
            window = windows[-1]
        if window not in self._used:
            self._used = {n: used for n, used in self._used.items() if n >= windows[0] - 2}
        self._used[window] = self._used.get(window, 0) + 1

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""
        del now_s
        return sum(self._limit - self._used.get(n, 0) for n in self._windows(utc_s, 0.0)[-1:])

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more are left."""
        del now_s
        return self._window_s - utc_s % self._window_s


class BucketCount:
    """A bucket of `burst` tokens, refilled at `rate` a second; each request takes one.

    With `full_s`, when it is full again, it holds `burst - (full_s - now) * rate`.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._full_s = float("-inf")

    def _tokens(self, now_s: float) -> float:
        return self._burst - max(0.0, self._full_s - now_s) * self._rate

    def free(self, now_s: float, utc_s: float, lag_s: float) -> bool:
        """Return whether one more may come that is seen now."""
        del utc_s, lag_s
        return self._tokens(now_s) >= 1 - ROUNDING_S * (1 + self._rate)

    def add(self, now_s: float, utc_s: float, lag_s: float) -> None:
        """Count one."""
        del utc_s
        self._full_s = max(self._full_s, now_s - lag_s) + 1 / self._rate

    def left(self, now_s: float, utc_s: float) -> int:
        """Return how many more may arrive now."""
        del utc_s
        return int(self._tokens(now_s) + ROUNDING_S)

    def renews_in_s(self, now_s: float, utc_s: float) -> float:
        """Return after how long more are left."""
        del utc_s
        tokens = self._tokens(now_s)
        return 0.0 if tokens >= self._burst else (1 - tokens % 1) / self._rate
