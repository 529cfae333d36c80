"""Time that jumps: an hour of waits in a millisecond, in order, the same in every run.

On an event loop the loop's selector moves the clock to the next timer when nothing else can run. Without a loop
(synchronous callers, one thread) sleeping moves the clock at once. Real sockets know nothing of it: with bytes in
flight use real time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

EPOCH = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class VirtualClock:
    """A `Clock` whose time moves only by sleeping or `advance`. Starts at `start_s` monotonic and `epoch` UTC."""

    def __init__(self, *, start_s: float = 1000.0, epoch: datetime = EPOCH) -> None:
        self.now_s = start_s
        self._start_s = start_s
        self._epoch = epoch

    def monotonic_s(self) -> float:
        """Return the virtual instant."""
        return self.now_s

    def utc_now(self) -> datetime:
        """Return the virtual date."""
        return self._epoch + timedelta(seconds=self.now_s - self._start_s)

    def utc_s(self) -> float:
        """Return the virtual date as seconds since 1970."""
        return self._epoch.timestamp() + self.now_s - self._start_s

    def advance(self, seconds: float) -> None:
        """Move time by hand."""
        self.now_s += seconds

    async def sleep_until(self, instant_s: float) -> None:
        """Return at `instant_s`: suspended on a loop in virtual time, at once with time moved elsewhere."""
        if instant_s <= self.now_s:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.now_s = instant_s
            return
        woken = loop.create_future()
        timer = loop.call_at(instant_s, _wake, woken)
        try:
            await woken
        finally:
            timer.cancel()


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _JumpingSelector(selectors.DefaultSelector):
    """Where a selector would sleep for a timer, moves the clock there instead."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self._clock.now_s += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on a `VirtualClock`."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_JumpingSelector(clock))
        self._virtual_clock = clock

    def time(self) -> float:
        """Return the virtual instant."""
        return self._virtual_clock.now_s


def run_virtual(work: Coroutine[Any, Any, T], clock: VirtualClock) -> T:
    """Run `work` on a loop in virtual time and return its result."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(clock)) as runner:
        return runner.run(work)
