from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf

from intertie.adapters.http1.lazy_timer import LazyTimer
from intertie.testing.virtual_time import VirtualClock, run_virtual


class Counting:
    """A loop's `call_later`, counted."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.made = 0
        self._loop = loop

    def call_later(self, delay_s: float, work: Callable[[], None]) -> asyncio.TimerHandle:
        self.made += 1
        return self._loop.call_later(delay_s, work)


def run(work: Callable[[LazyTimer, VirtualClock, list[float], Counting], Awaitable[None]]) -> None:
    clock = VirtualClock(start_s=0.0)

    async def whole() -> None:
        fired: list[float] = []
        counting = Counting(asyncio.get_running_loop())
        timer = LazyTimer(counting, clock, lambda: fired.append(round(clock.monotonic_s(), 6)))  # type: ignore[arg-type]
        await work(timer, clock, fired, counting)

    run_virtual(whole(), clock)


def test_it_fires_at_the_instant_last_set() -> None:
    """Moved later or earlier, it fires once, at the instant that was set last."""

    async def work(timer: LazyTimer, clock: VirtualClock, fired: list[float], counting: Counting) -> None:
        timer.set(5.0)
        timer.set(9.0)
        await clock.sleep_until(8.0)
        assert fired == []
        timer.set(8.5)
        await clock.sleep_until(20.0)
        assert fired == [8.5]

    run(work)


def test_moving_it_later_costs_no_timer() -> None:
    """A thousand exchanges with the same timeout share a handful of the loop's timers."""

    async def work(timer: LazyTimer, clock: VirtualClock, fired: list[float], counting: Counting) -> None:
        for turn in range(1000):
            timer.set(clock.monotonic_s() + 5.0)
            await clock.sleep_until((turn + 1) * 0.01)
        assert fired == []
        assert counting.made <= 3
        await clock.sleep_until(100.0)
        assert fired == [14.99]

    run(work)


def test_cancelled_or_never_due_it_is_silent() -> None:
    """Cancelled, or set to infinity, it doesn't fire."""

    async def work(timer: LazyTimer, clock: VirtualClock, fired: list[float], counting: Counting) -> None:
        timer.set(inf)
        assert counting.made == 0
        timer.set(1.0)
        timer.due_s = inf
        await clock.sleep_until(2.0)
        timer.set(3.0)
        timer.cancel()
        await clock.sleep_until(4.0)
        assert fired == []
        timer.set(5.0)
        await clock.sleep_until(6.0)
        assert fired == [5.0]

    run(work)
