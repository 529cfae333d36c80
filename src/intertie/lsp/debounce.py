"""Work that waits until somebody stops typing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from intertie.core.clock import Clock

K = TypeVar("K", bound=Hashable)


class Debouncer(Generic[K]):
    """Runs `work(key)` once `delay_s` have gone by without another request for that key.

    It belongs to one event loop; whoever asks does not wait.
    """

    def __init__(self, work: Callable[[K], Awaitable[None]], *, delay_s: float, clock: Clock) -> None:
        self._work = work
        self._delay_s = delay_s
        self._clock = clock
        self._latest: dict[K, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests = 0

    def ask(self, key: K, *, at_once: bool = False) -> None:
        """Ask for work on `key`; an older request that still waits is forgotten."""
        self._requests += 1
        self._latest[key] = self._requests
        task = asyncio.get_running_loop().create_task(
            self._later(key, self._requests, 0.0 if at_once else self._delay_s)
        )
        # The loop keeps no reference of its own to a task.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self, key: K) -> None:
        """Let nothing that waits for `key` be done."""
        self._latest.pop(key, None)

    async def _later(self, key: K, request: int, delay_s: float) -> None:
        if delay_s:
            await self._clock.sleep_until(self._clock.monotonic_s() + delay_s)
        if self._latest.get(key) == request:
            del self._latest[key]
            await self._work(key)
