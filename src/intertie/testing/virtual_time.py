"""Time that jumps: an hour of waits in a millisecond, in order, the same in every run.

On an event loop the loop's selector moves the clock to the next timer when nothing else can run. Without a loop
(synchronous callers, one thread) sleeping moves the clock at once. Real sockets know nothing of it: with bytes in
flight use real time.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
import weakref
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, TypeVar

from intertie.core.bells import Bell, ThreadBell, wake

T = TypeVar("T")

EPOCH = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_WORK_S = 60.0
_THREADS_S = 0.5
_LOOK_S = 0.05


class VirtualClock:
    """A `Clock` whose time moves only by sleeping or `advance`. Starts at `start_s` monotonic and `epoch` UTC."""

    def __init__(self, *, start_s: float = 1000.0, epoch: datetime = EPOCH) -> None:
        self.now_s = start_s
        self._start_s = start_s
        self._epoch = epoch
        self._beside = _Beside()

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
        timer = loop.call_at(instant_s, wake, woken)
        try:
            await woken
        finally:
            timer.cancel()

    def bell(self) -> Bell:
        """Return a bell that rings in virtual time."""
        self._beside.threads.add(threading.current_thread())
        return _VirtualBell(self, self._beside)


class _Beside:
    """Threads that go on in real time beside a virtual clock.

    Attributes:
        threads: Those that made bells.
        works: How many tasks wait for work in others; meanwhile time stands still.
    """

    def __init__(self) -> None:
        self.threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self.works = 0

    def are_several(self) -> bool:
        """Return whether bells were made in several threads that are still there."""
        return sum(1 for thread in list(self.threads) if thread.is_alive()) > 1


class _VirtualBell:
    """Suspends on a loop in virtual time; elsewhere nobody else is there to ring, so waiting moves the clock at once.

    Another thread that is `working` takes no virtual time: it is waited for in real time, at most `_WORK_S`. Where
    several threads have made bells, each is given a moment to ring before time jumps.
    """

    __slots__ = ("_beside", "_clock", "_loop", "_thread", "_waiting")

    def __init__(self, clock: VirtualClock, beside: _Beside) -> None:
        self._clock = clock
        self._beside = beside
        self._thread = ThreadBell()
        self._waiting: asyncio.Future[None] | None = None
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def ring(self) -> None:
        self._thread.ring()
        waiting, loop = self._waiting, self._loop
        if waiting is not None and loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the task has left
                loop.call_soon_threadsafe(wake, waiting)

    async def wait_until(self, instant_s: float, *, working: bool = False) -> None:
        clock, loop = self._clock, self._loop
        if loop is None:
            real_s = _WORK_S if working else _THREADS_S if self._beside.are_several() else 0.0
            if not self._thread.block_until(time.monotonic() + real_s):
                if instant_s == inf:
                    msg = "in virtual time nobody is left who could end this wait; give it a deadline"
                    raise RuntimeError(msg)
                clock.now_s = max(clock.now_s, instant_s)
            return
        waiting = self._waiting = loop.create_future()
        timer = None
        try:
            if not self._thread.block_until(0.0) and instant_s > clock.now_s:
                timer = None if instant_s == inf else loop.call_at(instant_s, wake, waiting)
                self._beside.works += working
                try:
                    await waiting
                finally:
                    self._beside.works -= working
        finally:
            self._waiting = None
            self._thread.block_until(0.0)  # what woke it is heard
            if timer is not None:
                timer.cancel()


class _JumpingSelector(selectors.DefaultSelector):
    """Where a selector would sleep for a timer, moves the clock there instead."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._beside = clock._beside  # noqa: SLF001  # of one piece

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._beside.works and timeout:
            return super().select(_LOOK_S)
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
