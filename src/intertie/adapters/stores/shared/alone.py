"""What a process does about a shared limit while its store is down."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from math import inf
from typing import Final, NamedTuple

from msgspec.structs import replace

from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.adapters.stores.shared.line import Answer, Seat
from intertie.adapters.stores.shared.measures import SHARE_S
from intertie.adapters.stores.shared.permits import GivenPermit, Horizon
from intertie.core.clock import Clock
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit

DOWN_S = 1.0
"""How long a store that did not answer is left alone."""
UP: Final = LimitRefusal(0.0, "up")
"""Never seen by a caller: the store is asked again, and the caller waits in its line."""
_SHORT_S = 60.0
"""A window up to this long is taken for full when the store goes down, where others share it."""
_SAYS = {
    "fair_share": "this process keeps to its part of the limit as last known",
    "refuse": "calls are refused (store_down = refuse)",
    "allow": "calls are not limited (store_down = allow)",
}


class Lone(NamedTuple):
    """What became of requests that left without the store's leave, to be told.

    Attributes:
        used: When they departed (store time).
        held: How many are on their way.
        departed: When those departed that were told as on their way; `released` of them never did.
    """

    used: tuple[float, ...]
    held: int
    departed: tuple[float, ...]
    released: int


class Known(NamedTuple):
    """What a process on its own goes by.

    Attributes:
        plans, sharers: What holds, and how many processes share it, as last known.
        paused_until_s: Until when it is paused (store time).
        flying: How many flights this process has; `held` of their requests may still depart.
        used, until_s: How many counted in each window when the store last said so, and until when they departed at the
            latest (store time).
    """

    plans: Sequence[LimiterOptions]
    sharers: int
    paused_until_s: float
    flying: int
    held: int
    used: tuple[tuple[float, int], ...]
    until_s: float


class Alone:
    """A process without its store: its part of the limit, no limit or no calls, and what departed, to be told later.

    It gives the permits of that time, whose clock is monotonic.
    """

    def __init__(self, clock: Clock, offset_s: float, store_down: str) -> None:
        self._clock = clock
        self.now_s = clock.monotonic_s
        self._offset_s = offset_s
        self._store_down = store_down
        self._retry_at_s = -inf
        self._lock = threading.Lock()
        self._out: dict[_LonePermit, None] = {}
        self._used: deque[float] = deque(maxlen=0)
        self._departed: list[float] = []
        self._released = 0
        self.horizon = Horizon()
        self.limiter: PartLimiter | None = None

    @property
    def is_down(self) -> bool:
        """Whether the store is not worth asking now."""
        return self.now_s() < self._retry_at_s

    @property
    def says(self) -> str:
        """What holds meanwhile, in words."""
        return _SAYS[self._store_down]

    def go_down(self) -> None:
        """Leave the store alone for a second."""
        self._retry_at_s = self.now_s() + DOWN_S

    def rest(self) -> None:
        """Give nothing while the store is asked: whoever waits here goes back to the store's line."""
        if self.limiter is not None:
            self.limiter.rest()

    def go_on(self) -> None:
        """Give again: the store did not answer."""
        if self.limiter is not None:
            self.limiter.rests = False

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
            ahead_s = self._offset_s
            used, departed = ([at_s + ahead_s for at_s in stamps] for stamps in (self._used, self._departed))
            lone = Lone(tuple(used), len(untold), tuple(departed), self._released)
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

    def count(self, at_s: float) -> None:
        """Count in this process's part one with leave from before that departed at `at_s` (store time)."""
        if self.limiter is not None:
            self.limiter.count(at_s - self._offset_s)

    def release(self) -> None:
        """Free the room of one with leave from before that never departed."""
        if self.limiter is not None:
            self.limiter.release()

    def own(self, known: Known) -> PartLimiter:
        """Return the limiter of this process alone: its part of the limit as last known.

        Those that are in flight already have their places of it, and what left before counts.
        """
        if self.limiter is None:
            parts = [fair_part(plan, known.sharers) for plan in known.plans]
            made = PartLimiter(self, parts[0], self._clock, *parts[1:], in_flight=known.flying)
            made.hold(known.held + len(self._out))
            for plan in known.plans:
                for window, own in zip(plan.windows, fair_windows(plan, known.sharers), strict=True):
                    self._fill(made, window, own, known)
            paused_s = known.paused_until_s - self._offset_s - self.now_s()
            if paused_s > 0:
                made.pause(paused_s)
            self.limiter = made
        return self.limiter

    def _fill(self, made: PartLimiter, window: Window, own: Window, known: Known) -> None:
        """Count in this process's window what may have left with the store's leave.

        Others may have taken all of it before the store went down. A short window is taken for full since then. Of a
        long one, what was free when the store was last heard of is shared by all; in a process that was the only one,
        that is exactly what is left.
        """
        used = dict(known.used).get(window.window_s, 0)
        if known.sharers > 1 and window.window_s <= _SHORT_S:
            made.fill(own.window_s, own.limit, self.now_s() + SHARE_S)
        else:
            free = max(0, window.limit - used) // known.sharers
            made.fill(own.window_s, max(0, own.limit - free), known.until_s - self._offset_s)

    async def acquire(self, deadline_s: float, known: Known) -> Permit | LimitRefusal:
        """Return a permit for a request that leaves without the store's leave, or a refusal."""
        if self._store_down == "refuse":
            return LimitRefusal(DOWN_S, "store")
        if self._store_down == "allow":
            return self.given(_LonePermit(self, self.now_s(), inf, None))
        return await self.own(known).acquire(deadline_s=deadline_s)

    def given(self, permit: _LonePermit) -> _LonePermit:
        """Book a permit as out."""
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
            if permit not in self._out:
                return
            now_s = self.now_s()
            (self._departed if permit.told else self._used).append(now_s)
            del self._out[permit]
        if permit.is_from_before(self.limiter):
            self.count(now_s + self._offset_s)

    def take_back(self, permit: _LonePermit) -> None:
        """Book a permit as never used."""
        with self._lock:
            if permit not in self._out:
                return
            self._released += permit.told
            del self._out[permit]
        if permit.is_from_before(self.limiter):
            self.release()

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left."""
        lone = _lone(permit)
        if lone.is_over:
            return
        self.take_back(lone)
        if lone.inner is not None:
            lone.inner.limit.give_back(lone.inner)
            self._landed(lone.inner)

    def finished(self, permit: Permit) -> None:
        """End a permit's flight; one that has not departed counts from now."""
        lone = _lone(permit)
        if lone.is_over:
            return
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

    def is_from_before(self, limiter: PartLimiter | None) -> bool:
        """Return whether another limiter than this one gave it."""
        return self.inner is not None and self.inner.limit is not limiter

    def departing(self) -> None:
        if self.inner is not None:
            self.inner.departing()
        super().departing()


class PartLimiter(MemoryLimiter):
    """The part of a limit that a process keeps to on its own; its permits are its `Alone`'s."""

    def __init__(
        self, alone: Alone, options: LimiterOptions, clock: Clock, *beside: LimiterOptions, in_flight: int
    ) -> None:
        super().__init__(options, clock, *beside, in_flight=in_flight)
        self._alone = alone
        self.rests = False

    def _take_locked(self) -> GivenPermit | None:
        inner = None if self.rests else super()._take_locked()
        if inner is None:
            return None
        return self._alone.given(_LonePermit(self._alone, inner.stamp_s, inner.not_after_s, inner))

    def _dispose_locked(self, answer: Answer | None) -> None:
        if isinstance(answer, _LonePermit):
            self._alone.take_back(answer)
            answer = answer.inner
        super()._dispose_locked(answer)

    def _refusal_locked(self, seat: Seat, ahead: int) -> LimitRefusal | None:
        return UP if self.rests else super()._refusal_locked(seat, ahead)

    def rest(self) -> None:
        """Give nothing, and send away who waits."""
        with self._lock:
            self.rests = True
            self._refuse_locked(lambda *_: UP)


def _lone(permit: Permit) -> _LonePermit:
    if not isinstance(permit, _LonePermit):
        msg = "a permit of another limit came back; please report this"
        raise TypeError(msg)
    return permit


def fair_windows(options: LimiterOptions, sharers: int) -> list[Window]:
    """Return one of `sharers` equal parts of each window, in their order."""
    windows = []
    for window in options.windows:
        part = window.limit // sharers
        windows.append(Window(window.window_s, part) if part else Window(window.window_s * sharers / window.limit, 1))
    return windows


def fair_part(options: LimiterOptions, sharers: int) -> LimiterOptions:
    """Return one of `sharers` equal parts of a limit; where less than one is left, one in a longer window.

    Of places in flight that are fewer than sharers, nobody has one.

    >>> fair_part(LimiterOptions((Window(1.0, 2), Window(60.0, 90))), 4).windows
    (Window(window_s=2.0, limit=1), Window(window_s=60.0, limit=22))
    """
    windows = fair_windows(options, sharers)
    concurrent = None if options.concurrent is None else options.concurrent // sharers
    return replace(options, windows=tuple(sorted(windows)), concurrent=concurrent)
