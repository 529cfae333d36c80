# ruff: noqa: D102, ARG002  # one surface, documented once on `Rule`; not every rule needs every argument
"""The rules a limit is made of, as small pure objects: each says when one more may go, and is told when one went.

All share one surface: `earliest_s(t)` changes nothing and returns the first instant at or after `t` at which one more
may go; `add(t)` counts one that goes at `t`; `undo(stamp_s)` forgets one that was never sent; `lease`/`settle` count a
share whose stamps are not known yet as if all of them came at the share's end, until the real ones are told; `copy()`
is for planning ahead. Instants are seconds on one clock that never goes back.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Protocol

import msgspec

EXACT_LIMIT = 4096
"""Up to this limit a window keeps every stamp; above, those within 1/4096 of it share the latest one."""

_LATE_S = 1e-6
"""A fixed window ends this much late, so that rounding of large UTC numbers never ends it early."""


class Rule(Protocol):
    """One bound on how often."""

    def earliest_s(self, t: float) -> float:
        """Return the first instant at or after `t`, which may lie ahead, at which one more may go."""

    def add(self, t: float) -> None:
        """Count one that goes at `t`."""

    def undo(self, stamp_s: float) -> None:
        """Forget one that was counted at `stamp_s` and never sent."""

    def room(self, t: float) -> int:
        """Return how many may go at `t`, which is now, at once."""

    def lease(self, count: int, end_s: float) -> None:
        """Count a share of `count`, to be used at unknown instants up to `end_s`."""

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        """Replace a leased share by the instants at which it was really used."""

    def stamps(self, t: float) -> list[float]:
        """Return when those went that count at `t`, as late as they may have."""

    def copy(self) -> Rule:
        """Return an independent copy."""

    def dump(self) -> list[object]:
        """Return what `load` restores, as plain values."""

    def load(self, dumped: list[object]) -> None:
        """Restore what `dump` returned."""


class SlidingWindow:
    """No span `(t - window_s, t]` holds more than `limit`.

    Why a share may be counted at its end: let `y >= now` be a use of the last share that adds to a span ending at `s >=
    y`. Every other use `x` in that span is later than `s - window_s >= now - window_s`, and is counted here at or after
    `x`, so it was seen when the share was given. Hence the span holds at most what was counted then, which is at most
    `limit`.
    """

    __slots__ = ("_counts", "_forgot_s", "_grain_s", "_stamps", "_used", "limit", "window_s")

    def __init__(self, window_s: float, limit: int) -> None:
        self.window_s = window_s
        self.limit = limit
        self._stamps: deque[float] = deque()
        self._counts: deque[int] | None = deque() if limit > EXACT_LIMIT else None
        self._grain_s = window_s / EXACT_LIMIT
        self._used = 0
        self._forgot_s = -inf

    def used(self, t: float) -> int:
        """Return how many count at `t`."""
        self._forget(t)
        return self._used

    def _forget(self, t: float) -> None:
        stamps, window_s = self._stamps, self.window_s
        while stamps and stamps[0] + window_s <= t:
            stamps.popleft()
            self._used -= self._counts.popleft() if self._counts is not None else 1
            self._forgot_s = t

    def earliest_s(self, t: float) -> float:
        over = self._used - self.limit
        if over < 0:
            return t
        if over >= self._used:
            return inf  # a limit of nothing
        if self._counts is None:
            free_s = self._stamps[over] + self.window_s
            return free_s if free_s > t else t  # noqa: FURB136  # in the hot path, half the time of max()
        for stamp_s, count in zip(self._stamps, self._counts, strict=True):
            over -= count
            if over < 0:
                return max(t, stamp_s + self.window_s)
        return inf

    def room(self, t: float) -> int:
        self._forget(t)
        return max(0, self.limit - self._used)

    def add(self, t: float) -> None:
        stamps, counts = self._stamps, self._counts
        if stamps and stamps[0] + self.window_s <= t:
            self._forget(t)
        self._used += 1
        if not stamps or stamps[-1] <= t:
            if counts is None:
                stamps.append(t)
            elif stamps and t - stamps[-1] < self._grain_s and counts[-1] * EXACT_LIMIT < self.limit:
                stamps[-1] = t
                counts[-1] += 1
            else:
                stamps.append(t)
                counts.append(1)
        else:
            self._insert([(t, 1)])

    def _insert(self, pairs: Iterable[tuple[float, int]]) -> None:
        merged = list(zip(self._stamps, self._counts or [1] * len(self._stamps), strict=True))
        for pair in pairs:
            insort(merged, pair)
        self._replace(merged)

    def _replace(self, pairs: list[tuple[float, int]]) -> None:
        if self._counts is None:
            self._stamps = deque(stamp_s for stamp_s, count in pairs for _ in range(count))
            return
        # Huge limits: equal or neighbouring stamps share the later one, so memory stays bounded and nothing counts too
        # short.
        self._stamps, self._counts = deque(), deque()
        first_s = -inf
        for stamp_s, count in pairs:
            if self._stamps and stamp_s - first_s < self._grain_s:
                self._stamps[-1] = stamp_s
                self._counts[-1] += count
            else:
                first_s = stamp_s
                self._stamps.append(stamp_s)
                self._counts.append(count)

    def undo(self, stamp_s: float) -> None:
        if self._counts is None:
            try:
                self._stamps.remove(stamp_s)
            except ValueError:
                return  # already outside the window
            self._used -= 1
            return
        for index, kept_s in enumerate(self._stamps):
            if kept_s >= stamp_s:
                self._counts[index] -= 1
                self._used -= 1
                if not self._counts[index]:
                    del self._stamps[index], self._counts[index]
                return

    def lease(self, count: int, end_s: float) -> None:
        self._used += count
        self._insert([(end_s, count)])

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        if end_s + self.window_s <= self._forgot_s:
            return  # told so late that the whole share lies outside: what stands there now is of others
        pairs = list(zip(self._stamps, self._counts or [1] * len(self._stamps), strict=True))
        left = count
        kept: list[tuple[float, int]] = []
        for stamp_s, held in pairs:
            # A share still counted at its end; in a huge limit it may stand under a slightly later stamp.
            taken = min(left, held) if stamp_s >= end_s else 0
            left -= taken
            if held > taken:
                kept.append((stamp_s, held - taken))
        counted = count - left
        self._used -= counted
        for stamp_s in stamps[:counted] if left else stamps:
            insort(kept, (stamp_s, 1))
            self._used += 1
        self._replace(kept)

    def stamps(self, t: float) -> list[float]:
        self._forget(t)
        counts = self._counts or [1] * len(self._stamps)
        return [stamp_s for stamp_s, count in zip(self._stamps, counts, strict=True) for _ in range(count)]

    def copy(self) -> SlidingWindow:
        twin = SlidingWindow(self.window_s, self.limit)
        twin._stamps = self._stamps.copy()
        twin._counts = None if self._counts is None else self._counts.copy()
        twin._used, twin._forgot_s = self._used, self._forgot_s
        return twin

    def dump(self) -> list[object]:
        return [list(self._stamps), None if self._counts is None else list(self._counts), self._forgot_s]

    def load(self, dumped: list[object]) -> None:
        stamps, counts, self._forgot_s = msgspec.convert(dumped, tuple[list[float], list[int] | None, float])
        counts = counts or [1] * len(stamps)
        self._used = sum(counts)
        self._replace(list(zip(stamps, counts, strict=True)))


class FixedWindow:
    """At most `limit` per window, the windows aligned to multiples of `window_s` in UTC.

    A window runs to its own end on the clock that never goes back, so a step of UTC never opens one early; the next one
    is aligned anew. `utc_minus_clock_s()` says how far UTC is ahead of that clock now.
    """

    __slots__ = ("_began_s", "_ends_s", "_used", "_utc_minus_clock_s", "limit", "window_s")

    def __init__(self, window_s: float, limit: int, utc_minus_clock_s: Callable[[], float]) -> None:
        self.window_s = window_s
        self.limit = limit
        self._utc_minus_clock_s = utc_minus_clock_s
        self._began_s = -inf
        self._ends_s = -inf
        self._used = 0

    @property
    def ends_s(self) -> float:
        """When the current window ends; past where none is current."""
        return self._ends_s

    def used(self, t: float) -> int:
        """Return how many count at `t`."""
        self._roll(t)
        return self._used

    def _roll(self, t: float) -> None:
        if t >= self._ends_s:
            utc_s = t + self._utc_minus_clock_s()
            self._began_s = t
            self._ends_s = t + (self.window_s - utc_s % self.window_s) + _LATE_S
            self._used = 0

    def earliest_s(self, t: float) -> float:
        if self.limit <= 0:
            return inf
        return t if self._used < self.limit or t >= self._ends_s else self._ends_s

    def room(self, t: float) -> int:
        self._roll(t)
        return max(0, self.limit - self._used)

    def add(self, t: float) -> None:
        self._roll(t)
        self._used += 1

    def undo(self, stamp_s: float) -> None:
        if self._began_s <= stamp_s < self._ends_s:
            self._used -= 1

    def lease(self, count: int, end_s: float) -> None:
        # The caller ends shares with the window, so all of it belongs to this one.
        self._used += count

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        # A share ends after it was given and not after its window, so a later window never mistakes it for its own.
        if self._began_s < end_s <= self._ends_s:
            self._used -= count - len(stamps)

    def stamps(self, t: float) -> list[float]:
        return [t] * self.used(t)

    def copy(self) -> FixedWindow:
        twin = FixedWindow(self.window_s, self.limit, self._utc_minus_clock_s)
        twin._began_s, twin._ends_s, twin._used = self._began_s, self._ends_s, self._used
        return twin

    def dump(self) -> list[object]:
        return [self._began_s, self._ends_s, self._used] if self._ends_s > -inf else []

    def load(self, dumped: list[object]) -> None:
        if dumped:
            self._began_s, self._ends_s, self._used = dumped  # type: ignore[assignment]
