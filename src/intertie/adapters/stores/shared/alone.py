"""What a process does about a shared limit while its store is down."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from msgspec.structs import replace

from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.core.clock import Clock
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit

_DOWN_S = 1.0
_SAYS = {
    "fair_share": "this process keeps to its part of the limit as last known",
    "refuse": "calls are refused (store_down = refuse)",
    "allow": "calls are not limited (store_down = allow)",
}


class Lone(NamedTuple):
    """What became of requests that left without the store's leave, to be told.

    Attributes:
        used: When they departed.
        held: How many are on their way.
        departed: When those departed that were told as on their way; `released` of them never did.
    """

    used: tuple[float, ...]
    held: int
    departed: tuple[float, ...]
    released: int


class Alone:
    """A process without its store: its part of the limit, no limit or no calls, and what departed, to be told later.

    It gives the permits of that time. Its own clock is the store's timeline.
    """

    def __init__(self, clock: Clock, offset_s: float, store_down: str) -> None:
        self._clock = clock
        self._monotonic_s = clock.monotonic_s
        self._offset_s = offset_s
        self._store_down = store_down
        self._retry_at_s = -inf
        self._lock = threading.Lock()
        self._out: dict[_LonePermit, None] = {}
        self._used: deque[float] = deque(maxlen=0)
        self._departed: list[float] = []
        self._released = 0
        self.horizon = Horizon()
        self.limiter: MemoryLimiter | None = None

    @property
    def is_down(self) -> bool:
        """Whether the store is not worth asking now."""
        return self._monotonic_s() < self._retry_at_s

    @property
    def says(self) -> str:
        """What holds meanwhile, in words."""
        return _SAYS[self._store_down]

    def now_s(self) -> float:
        """Return the time on the store's timeline."""
        return self._monotonic_s() + self._offset_s

    def go_down(self) -> None:
        """Leave the store alone for a second."""
        self._retry_at_s = self._monotonic_s() + _DOWN_S

    def is_up(self) -> None:
        """Forget this process's own limit: the store answers."""
        self._retry_at_s = -inf
        self.limiter = None

    def measure(self, most: int) -> None:
        """Remember as many of the departures that are to be told: no window can be fuller than `most`."""
        with self._lock:
            self._used = deque(self._used, maxlen=most)

    def report(self) -> Lone:
        """Return what is to be told, and take it as told."""
        with self._lock:
            untold = [permit for permit in self._out if not permit.told and not permit.has_lapsed(self.now_s())]
            for permit in untold:
                permit.told = True
            lone = Lone(tuple(self._used), len(untold), tuple(self._departed), self._released)
            self._used.clear()
            self._departed, self._released = [], 0
            return lone

    def use(self) -> None:
        """Note a departure of now that nobody was asked for."""
        with self._lock:
            self._used.append(self.now_s())

    def replan(self, plans: Sequence[LimiterOptions], sharers: int) -> None:
        """Go on under these plans."""
        if self.limiter is not None:
            self.limiter.replan([fair_part(plan, sharers) for plan in plans])

    def own(self, plans: Sequence[LimiterOptions], sharers: int, paused_until_s: float, flying: int) -> MemoryLimiter:
        """Return the limiter of this process alone: its part of the limit as last known, at the limit's pace.

        Those that are in flight already have their places of it.
        """
        if self.limiter is None:
            parts = [fair_part(plan, sharers) for plan in plans]
            made = MemoryLimiter(parts[0], self._clock, *parts[1:], in_flight=flying)
            made.begin_at_pace(paused_until_s - self.now_s())
            self.limiter = made
        return self.limiter

    async def acquire(
        self, deadline_s: float, plans: Sequence[LimiterOptions], sharers: int, paused_until_s: float, flying: int
    ) -> Permit | LimitRefusal:
        """Return a permit for a request that leaves without the store's leave, or a refusal."""
        if self._store_down == "refuse":
            return LimitRefusal(_DOWN_S, "store")
        now_s = self.now_s()
        if self._store_down == "allow":
            return self._given(_LonePermit(self, now_s, inf, None))
        answer = await self.own(plans, sharers, paused_until_s, flying).acquire(deadline_s=deadline_s)
        if not isinstance(answer, GivenPermit):
            return answer
        permit = _LonePermit(self, answer.stamp_s + self._offset_s, answer.not_after_s + self._offset_s, answer)
        permit.waited_s = answer.waited_s
        return self._given(permit)

    def _given(self, permit: _LonePermit) -> _LonePermit:
        with self._lock:
            self._out[permit] = None
        return permit

    def ended(self) -> None:
        """Free the place of a flight that began with the store's leave."""
        if self.limiter is not None:
            self.limiter.ended()

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        lone = _lone(permit)
        if lone.inner is not None:
            lone.inner.departed()
        self._count(lone)

    def _count(self, permit: _LonePermit) -> None:
        with self._lock:
            if self._out.pop(permit, self) is None:
                (self._departed if permit.told else self._used).append(self.now_s())

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        lone = _lone(permit)
        with self._lock:
            if self._out.pop(lone, self) is None:
                self._released += lone.told
        if lone.inner is not None:
            lone.inner.limit.give_back(lone.inner)
            self._landed(lone.inner)

    def finished(self, permit: Permit) -> None:
        """End a permit's flight; one that has not departed counts from now."""
        lone = _lone(permit)
        self._count(lone)
        if lone.inner is not None:
            lone.inner.limit.finished(lone.inner)
            self._landed(lone.inner)

    def _landed(self, inner: GivenPermit) -> None:
        # In a later outage this process has another limit, which was made with this flight in it.
        if inner.limit is not self.limiter:
            self.ended()


class _LonePermit(GivenPermit):
    """A permit of this process alone.

    Attributes:
        inner: What this process's own limiter gave for it, None where there is no limit.
        told: Whether the store was told that it is on its way.
    """

    __slots__ = ("inner", "told")

    def __init__(self, limit: Alone, stamp_s: float, not_after_s: float, inner: GivenPermit | None) -> None:
        super().__init__(limit, stamp_s, not_after_s)
        self.inner = inner
        self.told = False

    def departing(self) -> None:
        if self.inner is not None:
            self.inner.departing()
        super().departing()


def _lone(permit: Permit) -> _LonePermit:
    if not isinstance(permit, _LonePermit):
        msg = "a permit of another limit came back; please report this"
        raise TypeError(msg)
    return permit


def fair_part(options: LimiterOptions, sharers: int) -> LimiterOptions:
    """Return one of `sharers` equal parts of a limit; where less than one is left, one in a longer window.

    >>> fair_part(LimiterOptions((Window(1.0, 2), Window(60.0, 90))), 4).windows
    (Window(window_s=2.0, limit=1), Window(window_s=60.0, limit=22))
    """
    windows = []
    for window in options.windows:
        part = window.limit // sharers
        windows.append(Window(window.window_s, part) if part else Window(window.window_s * sharers / window.limit, 1))
    concurrent = None if options.concurrent is None else max(1, options.concurrent // sharers)
    return replace(options, windows=tuple(sorted(windows)), concurrent=concurrent)
