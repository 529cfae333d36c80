"""Since when what a server reads now may have been waiting for it.

A server counts a request when it sees it, and sees it when its loop gets to run. On a busy machine that is later than
it came, and by another time for each. The server measures that itself: a tick notes, again and again, that the loop
goes round. In each round the loop looks what there is to read, and reads it. So what it reads now was not there when
it looked in the round of the tick before last: it came after the instant that the tick before that noted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

TICK_S = 0.005
"""How often an idle loop notes that it goes round: an arrival is known to between one and two of these, at best."""


class Arrivals:
    """The ticks of one loop. Not locked: it belongs to the loop's thread."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._ticks: deque[float] = deque([now_s()] * 3, 3)
        self._timer: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tick on a loop from now on; nothing has come before."""
        self._ticks.extend([self._now_s()] * 3)
        self._timer = loop.call_later(TICK_S, self._go_round, loop)

    def stop(self) -> None:
        """Tick no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _go_round(self, loop: asyncio.AbstractEventLoop) -> None:
        self.tick()
        self._timer = loop.call_later(TICK_S, self._go_round, loop)

    def tick(self) -> None:
        """Note that the loop goes round."""
        self._ticks.append(self._now_s())

    @property
    def since_s(self) -> float:
        """When what is read in this round can have come at the earliest."""
        return self._ticks[1]

    @property
    def accepted_since_s(self) -> float:
        """When what stands on a connection that was accepted in the round before can have come at the earliest."""
        return self._ticks[0]
