"""Work that waits until somebody stops typing, and is done one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from intertie.core.clock import Clock

K = TypeVar("K", bound=Hashable)


class Debouncer(Generic[K]):
    """Runs `work(key)` once no other request for that key came for a while; never two at once.

    It belongs to one event loop; whoever asks does not wait.

    Args:
        work: What is done; it may ask again.
        delay_s: The shortest while. Where the work itself takes longer it is as long as the work last took, so that
            half of the time is left for answering.
        most_s: The longest while.
        clock: Tells the time.
    """

    def __init__(self, work: Callable[[K], Awaitable[None]], *, delay_s: float, most_s: float, clock: Clock) -> None:
        self._work = work
        self._delay_s = delay_s
        self._most_s = most_s
        self._clock = clock
        self._latest: dict[K, int] = {}
        self._took_s: dict[K, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._requests = 0

    def ask(self, key: K, *, at_once: bool = False) -> None:
        """Ask for work on `key`; an older request that still waits is forgotten."""
        self._requests += 1
        self._latest[key] = self._requests
        delay_s = 0.0 if at_once else min(max(self._delay_s, self._took_s.get(key, 0.0)), self._most_s)
        task = asyncio.get_running_loop().create_task(self._later(key, self._requests, delay_s))
        # The loop keeps no reference of its own to a task.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self, key: K) -> None:
        """Let nothing that waits for `key` be done."""
        self._latest.pop(key, None)
        self._took_s.pop(key, None)

    async def _later(self, key: K, request: int, delay_s: float) -> None:
        if delay_s:
            await self._clock.sleep_until(self._clock.monotonic_s() + delay_s)
        if self._latest.get(key) != request:
            return
        async with self._turn:
            if self._latest.get(key) != request:
                # While another was worked on a newer request came, which is behind in the queue.
                return
            del self._latest[key]
            began_s = self._clock.monotonic_s()
            await self._work(key)
            self._took_s[key] = self._clock.monotonic_s() - began_s
