"""The only place that reads time. Everything else takes a `Clock`.

Three ways to run one core: `AsyncioClock` suspends, `BlockingClock` blocks the calling thread and never suspends, and
`intertie.testing.VirtualClock` jumps.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from intertie.core.bells import Bell, LoopBell, ThreadBell


class Clock(Protocol):
    """Durations by a monotonic instant; UTC for dates, token expiry and calendar months alone."""

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary fixed point; never goes back."""

    def utc_now(self) -> datetime:
        """Return the current instant as an aware datetime in UTC."""

    def utc_s(self) -> float:
        """Return the current instant as seconds since 1970-01-01T00:00:00Z."""

    async def sleep_until(self, instant_s: float) -> None:
        """Return at or after `instant_s` (monotonic); at once where it is past."""

    def bell(self) -> Bell:
        """Return a bell for the caller, who will wait on this clock until it rings or an instant has come."""


class _SystemTime:
    """What both real clocks share: the machine's own time."""

    __slots__ = ()

    monotonic_s = staticmethod(time.monotonic)
    utc_s = staticmethod(time.time)

    def utc_now(self) -> datetime:
        return datetime.now(UTC)


class AsyncioClock(_SystemTime):
    """Real time on a running event loop; sleeping suspends the task."""

    __slots__ = ()
    bell = LoopBell

    async def sleep_until(self, instant_s: float) -> None:
        """Suspend the task until `instant_s`."""
        from asyncio import sleep  # noqa: PLC0415  # whoever is here has it; whoever only checks a spec need not load it

        # Loops may wake a timer a clock resolution early: look again, so that nobody leaves before the turn.
        while (left_s := instant_s - time.monotonic()) > 0:  # noqa: ASYNC110
            await sleep(left_s)


class BlockingClock(_SystemTime):
    """Real time for synchronous callers; sleeping blocks the thread and never suspends the coroutine."""

    __slots__ = ()
    bell = ThreadBell

    async def sleep_until(self, instant_s: float) -> None:
        """Block the thread until `instant_s`."""
        while (left_s := instant_s - time.monotonic()) > 0:
            time.sleep(left_s)  # noqa: ASYNC251  # blocking is this clock's purpose
