"""Waiting for an instant or for somebody, whichever comes first: what callers in a line do.

A clock makes its own bells, since it knows how its callers wait: `AsyncioClock` suspends a task, `BlockingClock` blocks
a thread, and virtual time jumps.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio


class Bell(Protocol):
    """Wakes one caller, as often as needed."""

    def ring(self) -> None:
        """Wake the caller, from any thread; one that comes to wait later does not wait."""

    async def wait_until(self, instant_s: float, *, working: bool = False) -> None:
        """Return when it rings, or at or after `instant_s` (monotonic); a ring is heard once.

        Args:
            instant_s: Infinite where only a ring ends it.
            working: Another thread is at work right now, and will ring. In virtual time work takes no time.
        """


class ThreadBell:
    """Wakes a thread; waiting blocks it and never suspends the coroutine."""

    __slots__ = ("_silent",)

    def __init__(self) -> None:
        self._silent = threading.Lock()
        self._silent.acquire()  # held while nobody has rung

    def ring(self) -> None:
        """Wake the thread."""
        try:  # noqa: SIM105  # an interrupt may come before what `suppress` surrounds
            self._silent.release()
        except RuntimeError:
            pass  # it rings already

    async def wait_until(self, instant_s: float, *, working: bool = False) -> None:  # noqa: ARG002  # time is real
        """Block until it rings or `instant_s` has come."""
        self.block_until(instant_s)

    def block_until(self, instant_s: float) -> bool:
        """Block until it rings or `instant_s` has come; return whether it rang."""
        return self.block_for(instant_s - time.monotonic())

    def block_for(self, seconds: float) -> bool:
        """Block until it rings, at most for so long; return whether it rang."""
        if seconds > 0:
            return self._silent.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))
        return self._silent.acquire(blocking=False)


class LoopBell:
    """Wakes a task of the loop that it was made on."""

    __slots__ = ("_loop", "_rung", "_waiting")

    def __init__(self) -> None:
        from asyncio import get_running_loop  # noqa: PLC0415  # whoever is here has it

        self._loop = get_running_loop()
        self._rung = False
        self._waiting: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake the task, from any thread."""
        from asyncio import _get_running_loop  # noqa: PLC0415  # costs a tenth of its public sister that raises

        self._rung = True
        waiting = self._waiting
        if waiting is None:
            return
        if _get_running_loop() is self._loop:
            wake(waiting)
        else:
            with suppress(RuntimeError):  # the loop is closed: the task has left
                self._loop.call_soon_threadsafe(wake, waiting)

    async def wait_until(self, instant_s: float, *, working: bool = False) -> None:  # noqa: ARG002  # time is real
        """Suspend the task until it rings or `instant_s` has come."""
        left_s = instant_s - time.monotonic()
        loop = self._loop
        waiting = self._waiting = loop.create_future()
        # Looked at only now: whoever rings before the line above is heard here, and later through the future.
        if not self._rung and left_s > 0:
            timer = None if left_s == inf else loop.call_later(left_s, wake, waiting)
            try:
                await waiting
            finally:
                self._waiting = None
                if timer is not None:
                    timer.cancel()
        self._waiting = None
        self._rung = False


def wake(waiting: asyncio.Future[None]) -> None:
    """End a future that nobody has ended."""
    if not waiting.done():
        waiting.set_result(None)
