# ruff: noqa: D102, ARG002  # one surface, documented once on `Rule`; not every rule needs every argument
"""The rules a limit is made of, as small pure objects: each says when one more may go, and is told when one went.

All share one surface. `earliest_s(t, held)` changes nothing and returns the first instant at or after `t` at which one
more may be given leave, where `held` have leave and have not departed yet: those take their room until they are told,
and are foreseen as leaving at `t`. `add(t, count)` counts departures at `t`; `lease`/`settle` count a share whose
departures are not known yet as if all of them came at the share's end, until the real ones are told; `copy()` is for
planning ahead. Instants are seconds on one clock that never goes back.

Why departures may be counted when they come, and room be held until then: of those that depart within one span `(y -
window_s, y]`, take the one that was given leave last, at `g <= y`. Every other one had left by `g`, later than `g -
window_s`, or was still held at `g`. So it was counted when that last leave was given, and with it there were at most
`limit`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Protocol

import msgspec

EXACT_LIMIT = 512
"""Up to this limit a window keeps every stamp; above, those within 1/512 of it share the latest one."""

_LATE_S = 1e-6
"""A fixed window ends this much late, so that rounding of large UTC numbers never ends it early."""


class Rule(Protocol):
    """One bound on how often."""

    def earliest_s(self, t: float, held: int = 0) -> float:
        """Return the first instant at or after `t`, which may lie ahead, at which one more may be given leave."""

    def add(self, t: float, count: int = 1) -> None:
        """Count departures at `t`."""

    def room(self, t: float, held: int = 0) -> int:
        """Return how many may be given leave at `t`, which is now, at once."""

    def lease(self, count: int, end_s: float) -> None:
        """Count a share of `count`, to depart at unknown instants up to `end_s`."""

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        """Replace a leased share by the instants at which its requests really departed."""

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

    __slots__ = ("_counts", "_forgot_s", "_grain_s", "_most_together", "_stamps", "_used", "limit", "window_s")

    def __init__(self, window_s: float, limit: int) -> None:
        self.window_s = window_s
        self.limit = limit
        self._stamps: deque[float] = deque()
        self._counts: deque[int] | None = deque() if limit > EXACT_LIMIT else None
        self._grain_s = window_s / EXACT_LIMIT
        self._most_together = limit / EXACT_LIMIT
        self._used = 0
        self._forgot_s = -inf

    def used(self, t: float) -> int:
        """Return how many count at `t`."""
        self._forget(t)
        return self._used

    def _forget(self, t: float) -> None:
        stamps, window_s = self._stamps, self.window_s
        while stamps and stamps[0] + window_s <= t:
            count = 1
            if self._counts is not None:
                count = self._counts[0]
                del self._counts[0]
            del stamps[0]  # no call, so that no interrupt comes between the three
            self._used -= count
            self._forgot_s = t

    def earliest_s(self, t: float, held: int = 0) -> float:
        over = self._used + held - self.limit
        if over < 0:
            return t
        if over >= self._used:
            # Those held fill it alone: the first of them is foreseen as gone a window from now.
            return t + self.window_s if self.limit > 0 else inf
        if self._counts is None:
            free_s = self._stamps[over] + self.window_s
            return free_s if free_s > t else t  # noqa: FURB136  # in the hot path, half the time of max()
        for stamp_s, count in zip(self._stamps, self._counts, strict=True):
            over -= count
            if over < 0:
                return max(t, stamp_s + self.window_s)
        return inf

    def room(self, t: float, held: int = 0) -> int:
        self._forget(t)
        return max(0, self.limit - self._used - held)

    def add(self, t: float, count: int = 1) -> None:
        stamps, counts = self._stamps, self._counts
        if stamps:
            if stamps[0] + self.window_s <= t:
                self._forget(t)
            elif counts is not None and 0 <= t - stamps[-1] < self._grain_s and counts[-1] < self._most_together:
                stamps[-1] = t
                counts[-1] += count
                self._used += count
                return
        self._used += count
        if stamps and stamps[-1] > t:
            self._insert([(t, count)])
        elif counts is None:
            if count == 1:
                stamps.append(t)
            else:
                stamps.extend([t] * count)
        elif stamps and t - stamps[-1] < self._grain_s and counts[-1] < self._most_together:
            stamps[-1] = t
            counts[-1] += count
        else:
            stamps.append(t)
            counts.append(count)

    def add_row(self, row: Sequence[float]) -> None:
        """Count one departure at each of these instants, of which none is earlier than the one before it."""
        stamps, counts, count, last_s = self._stamps, self._counts, len(row), row[-1]
        if not stamps or stamps[0] + self.window_s <= last_s or row[0] < stamps[-1]:
            for at_s in row:
                self.add(at_s)
        elif counts is None:
            stamps.extend(row)
            self._used += count
        elif last_s - stamps[-1] < self._grain_s and counts[-1] + count <= self._most_together:
            stamps[-1] = last_s
            counts[-1] += count
            self._used += count
        else:
            for at_s in row:
                self.add(at_s)

    def _pairs(self) -> list[tuple[float, int]]:
        counts = self._counts
        if counts is None:
            return [(stamp_s, 1) for stamp_s in self._stamps]
        return list(zip(self._stamps, counts, strict=True))

    def _insert(self, pairs: Iterable[tuple[float, int]]) -> None:
        merged = self._pairs()
        merged.extend(pairs)
        merged.sort()
        self._replace(merged)

    def _replace(self, pairs: list[tuple[float, int]]) -> None:
        if self._counts is None:
            self._stamps = deque(stamp_s for stamp_s, count in pairs for _ in range(count))
            return
        # Huge limits: equal or neighbouring stamps share the later one, so memory stays bounded and nothing counts too
        # short.
        stamps: list[float] = []
        counts: list[int] = []
        first_s = -inf
        for stamp_s, count in pairs:
            if stamp_s - first_s < self._grain_s:
                stamps[-1] = stamp_s
                counts[-1] += count
            else:
                first_s = stamp_s
                stamps.append(stamp_s)
                counts.append(count)
        self._stamps, self._counts = deque(stamps), deque(counts)

    def lease(self, count: int, end_s: float) -> None:
        self._used += count
        self._insert([(end_s, count)])

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        if end_s + self.window_s <= self._forgot_s:
            return  # told so late that the whole share lies outside: what stands there now is of others
        left = count
        kept: list[tuple[float, int]] = []
        for stamp_s, held in self._pairs():
            # A share still counted at its end; in a huge limit it may stand under a slightly later stamp.
            taken = min(left, held) if left and stamp_s >= end_s else 0
            left -= taken
            if held > taken:
                kept.append((stamp_s, held - taken))
        counted = count - left
        told = stamps[:counted] if left else stamps
        self._used += len(told) - counted
        kept.extend((stamp_s, 1) for stamp_s in told)
        kept.sort()
        self._replace(kept)

    def stamps(self, t: float) -> list[float]:
        self._forget(t)
        return [stamp_s for stamp_s, count in self._pairs() for _ in range(count)]

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
        if counts is None and self._counts is None:
            self._stamps, self._used = deque(stamps), len(stamps)
        elif counts is not None and self._counts is not None and len(counts) <= 2 * EXACT_LIMIT:
            self._stamps, self._counts, self._used = deque(stamps), deque(counts), sum(counts)
        else:
            counts = counts or [1] * len(stamps)
            self._used = sum(counts)
            self._replace(list(zip(stamps, counts, strict=True)))


class FixedWindow:
    """At most `limit` per window, the windows aligned to multiples of `window_s` in UTC.

    Nobody is given leave within `margin_s` before the end of a window, or after its beginning: the service's clock may
    be that far from ours. A window runs to its own end on the clock that never goes back, so a step of UTC never opens
    one early; the next one is aligned anew. `utc_minus_clock_s()` says how far UTC is ahead of that clock now.
    """

    __slots__ = ("_began_s", "_ends_s", "_used", "_utc_minus_clock_s", "limit", "margin_s", "window_s")

    def __init__(
        self, window_s: float, limit: int, utc_minus_clock_s: Callable[[], float], margin_s: float = 0.0
    ) -> None:
        self.window_s = window_s
        self.limit = limit
        self.margin_s = min(margin_s, window_s / 4)
        self._utc_minus_clock_s = utc_minus_clock_s
        self._began_s = -inf
        self._ends_s = -inf
        self._used = 0

    @property
    def ends_s(self) -> float:
        """When the current window ends; past where none is current."""
        return self._ends_s

    def last_s(self, t: float) -> float:
        """Return the last instant at which one that is given leave at `t` may depart."""
        self._roll(t)
        return self._ends_s - self.margin_s

    def used(self, t: float) -> int:
        """Return how many count at `t`."""
        self._roll(t)
        return self._used

    def _end_after(self, t: float) -> float:
        utc_s = t + self._utc_minus_clock_s()
        return t + (self.window_s - utc_s % self.window_s) + _LATE_S

    def _roll(self, t: float) -> None:
        if t >= self._ends_s:
            # One that begins right where the last one ended began there; after a quiet time, a window before its end.
            ends_s = self._end_after(t)
            self._began_s = min(t, max(self._ends_s, ends_s - self.window_s - _LATE_S))  # not later, by rounding
            self._ends_s = ends_s
            self._used = 0

    def earliest_s(self, t: float, held: int = 0) -> float:
        if self.limit <= 0:
            return inf
        if t < self._ends_s:
            begins_s, ends_s, used = self._began_s, self._ends_s, self._used
        else:
            ends_s, used = self._end_after(t), 0
            begins_s = max(self._ends_s, ends_s - self.window_s - _LATE_S)
        if used + held >= self.limit or t >= ends_s - self.margin_s:
            return ends_s + self.margin_s
        return max(t, begins_s + self.margin_s) if self.margin_s else t

    def room(self, t: float, held: int = 0) -> int:
        self._roll(t)
        return max(0, self.limit - self._used - held) if self.earliest_s(t, held) <= t else 0

    def add(self, t: float, count: int = 1) -> None:
        self._roll(t)
        if t >= self._began_s:  # else told so late that its window is over
            self._used += count

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
        twin = FixedWindow(self.window_s, self.limit, self._utc_minus_clock_s, self.margin_s)
        twin._began_s, twin._ends_s, twin._used = self._began_s, self._ends_s, self._used
        return twin

    def dump(self) -> list[object]:
        return [self._began_s, self._ends_s, self._used] if self._ends_s > -inf else []

    def load(self, dumped: list[object]) -> None:
        if dumped:
            self._began_s, self._ends_s, self._used = dumped  # type: ignore[assignment]
