"""One timer for many waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

from intertie.core.clock import Clock

_EARLY_S = 0.0005
"""Loops may wake a timer a clock resolution early: closer than this counts as due."""


class LazyTimer:
    """Calls `on_due` at or after the instant last set.

    The loop's timer stays where it is while the instant only moves later, and looks again when it fires: an exchange
    whose timeouts are those of the one before costs no timer at all.
    """

    __slots__ = ("_armed_s", "_clock", "_handle", "_loop", "_on_due", "due_s")

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, on_due: Callable[[], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._on_due = on_due
        self._handle: asyncio.TimerHandle | None = None
        self._armed_s = inf
        self.due_s = inf
        """The instant set; infinite where nothing is due. Assign to move it later, `set` to move it anywhere."""

    def set(self, due_s: float) -> None:
        """Be due at `due_s`."""
        self.due_s = due_s
        if due_s < self._armed_s:
            self.cancel()
            self.due_s = due_s
            self._arm(due_s)

    def cancel(self) -> None:
        """Never be due."""
        self.due_s = self._armed_s = inf
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _arm(self, at_s: float) -> None:
        self._armed_s = at_s
        if at_s < inf:
            self._handle = self._loop.call_later(max(at_s - self._clock.monotonic_s(), 0.0), self._fire)

    def _fire(self) -> None:
        self._handle = None
        self._armed_s = inf
        if self._clock.monotonic_s() < self.due_s - _EARLY_S:
            self._arm(self.due_s)
        else:
            self.due_s = inf
            self._on_due()
