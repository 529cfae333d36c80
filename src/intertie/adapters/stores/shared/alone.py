"""What a process does about a shared limit while its store is down."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

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
        self._out: dict[Permit, None] = {}
        self.horizon = Horizon()
        self.limiter: MemoryLimiter | None = None
        self.stamps: list[float] = []
        """When requests departed without the store's leave."""

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

    def told(self, count: int) -> None:
        """Forget departures that the store knows now."""
        del self.stamps[:count]

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
            permit = _LonePermit(self, now_s, inf, None)
            self._out[permit] = None
            return permit
        answer = await self.own(plans, sharers, paused_until_s, flying).acquire(deadline_s=deadline_s)
        if not isinstance(answer, GivenPermit):
            return answer
        permit = _LonePermit(self, answer.stamp_s + self._offset_s, answer.not_after_s + self._offset_s, answer)
        permit.waited_s = answer.waited_s
        self._out[permit] = None
        return permit

    def ended(self) -> None:
        """Free the place of a flight that began with the store's leave."""
        if self.limiter is not None:
            self.limiter.ended()

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on."""
        inner = _inner(permit)
        if inner is not None:
            inner.departed()
        self._count(permit)

    def _count(self, permit: Permit) -> None:
        if self._out.pop(permit, self) is None:
            self.stamps.append(self.now_s())

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        inner = _inner(permit)
        self._out.pop(permit, None)
        if inner is not None:
            inner.limit.give_back(inner)

    def finished(self, permit: Permit) -> None:
        """End a permit's flight; one that has not departed counts from now."""
        inner = _inner(permit)
        self._count(permit)
        if inner is not None:
            inner.limit.finished(inner)


class _LonePermit(GivenPermit):
    """A permit of this process alone; `inner` is what its own limiter gave for it, None where there is no limit."""

    __slots__ = ("inner",)

    def __init__(self, limit: Alone, stamp_s: float, not_after_s: float, inner: GivenPermit | None) -> None:
        super().__init__(limit, stamp_s, not_after_s)
        self.inner = inner

    def departing(self) -> None:
        if self.inner is not None:
            self.inner.departing()
        super().departing()


def _inner(permit: Permit) -> GivenPermit | None:
    return permit.inner if isinstance(permit, _LonePermit) else None


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
