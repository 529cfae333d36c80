# ruff: noqa: D102, ARG002  # one surface, documented once on `Rule`; not every rule needs every argument
"""Rules about the distance between departures: a bucket, what the server says is left, and the pace after a pause."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf


class TokenBucket:
    """A bucket of `burst`, refilled one every `interval_s`, kept as the instant at which it will be full.

    With `full_s` that instant, it holds `burst - (full_s - t) / interval_s`. Shares stay held apart until they are
    settled, so that the bucket refills only for what was really used: it always holds at least what shares may still
    take from it.

    Source: the generic cell rate algorithm, ITU-T I.371 (virtual scheduling).
    """

    __slots__ = ("_full_s", "_held", "_held_until_s", "burst", "interval_s")

    def __init__(self, interval_s: float, burst: int) -> None:
        self.interval_s = interval_s
        self.burst = burst
        self._full_s = 0.0
        self._held = 0
        self._held_until_s = 0.0

    def earliest_s(self, t: float, held: int = 0) -> float:
        spare = self.burst - 1 - self._held - held
        if spare >= 0:
            return max(t, self._full_s - spare * self.interval_s)
        if self.burst <= 0:
            return inf
        return max(t, self._held_until_s, max(self._full_s, t) - (spare + self._held) * self.interval_s)

    def room(self, t: float, held: int = 0) -> int:
        missing = max(0.0, self._full_s - t) / self.interval_s
        return max(0, int(self.burst - self._held - held - missing + 1e-9))

    def add(self, t: float, count: int = 1) -> None:
        full_s = self._full_s
        self._full_s = (full_s if full_s > t else t) + self.interval_s * count  # noqa: FURB136  # hot path

    def lease(self, count: int, end_s: float) -> None:
        self._held += count
        self._held_until_s = max(self._held_until_s, end_s)

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        self._held = max(0, self._held - count)
        for stamp_s in stamps:
            self.add(stamp_s)

    def stamps(self, t: float) -> list[float]:
        return []  # what it counts is counted by a window too

    def forgive(self, t: float) -> None:
        """Be no worse than empty at `t`: what left under other options may be more than this bucket ever held."""
        self._full_s = min(self._full_s, t + max(0, self.burst - self._held) * self.interval_s)

    def copy(self) -> TokenBucket:
        twin = TokenBucket(self.interval_s, self.burst)
        twin._full_s, twin._held, twin._held_until_s = self._full_s, self._held, self._held_until_s
        return twin

    def dump(self) -> list[object]:
        return [self._full_s, self._held, self._held_until_s]

    def load(self, dumped: list[object]) -> None:
        # An older version kept the last departure too, second of four.
        self._full_s, self._held, self._held_until_s = (dumped[0], *dumped[-2:])  # type: ignore[assignment]


class Remaining:
    """What the server said is left until it renews: `left` more before `until_s`."""

    __slots__ = ("left", "until_s")

    def __init__(self, left: int, until_s: float) -> None:
        self.left = left
        self.until_s = until_s

    def earliest_s(self, t: float, held: int = 0) -> float:
        return t if self.left > held or t >= self.until_s else self.until_s

    def room(self, t: float, held: int = 0) -> int:
        return max(0, self.left - held) if t < self.until_s else 1 << 30

    def add(self, t: float, count: int = 1) -> None:
        if t < self.until_s:
            self.left -= count

    def lease(self, count: int, end_s: float) -> None:
        self.left -= count

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        # A hint newer than the share may not have known of it: what came back unused is not added again.
        return

    def stamps(self, t: float) -> list[float]:
        return []  # what it counts is counted by a window too

    def copy(self) -> Remaining:
        return Remaining(self.left, self.until_s)

    def dump(self) -> list[object]:
        return [self.left, self.until_s]

    def load(self, dumped: list[object]) -> None:
        self.left, self.until_s = dumped  # type: ignore[assignment]


class Pace:
    """One every `interval_s` from the end of a pause until `until_s`, so that nobody leaves as a herd."""

    __slots__ = ("interval_s", "next_s", "until_s")

    def __init__(self, from_s: float, until_s: float, interval_s: float) -> None:
        self.next_s = from_s
        self.until_s = until_s
        self.interval_s = interval_s

    def earliest_s(self, t: float, held: int = 0) -> float:
        return max(t, self.next_s + held * self.interval_s) if t < self.until_s else t

    def room(self, t: float, held: int = 0) -> int:
        if t >= self.until_s:
            return 1 << 30
        return 1 if t >= self.next_s + held * self.interval_s else 0

    def add(self, t: float, count: int = 1) -> None:
        self.next_s = max(self.next_s, t) + count * self.interval_s

    def lease(self, count: int, end_s: float) -> None:
        self.next_s += count * self.interval_s

    def settle(self, count: int, end_s: float, stamps: Sequence[float]) -> None:
        return  # the pace was already kept for the whole share

    def stamps(self, t: float) -> list[float]:
        return []  # what it counts is counted by a window too

    def copy(self) -> Pace:
        return Pace(self.next_s, self.until_s, self.interval_s)

    def dump(self) -> list[object]:
        return [self.next_s, self.until_s, self.interval_s]

    def load(self, dumped: list[object]) -> None:
        self.next_s, self.until_s, self.interval_s = dumped  # type: ignore[assignment]
