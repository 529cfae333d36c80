"""Last good answers of one process, in memory, bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from math import inf

from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.state import CachedAnswer

MOST_ENTRIES = 1000
MOST_BYTES = 64 * 1024 * 1024


class MemoryCache:
    """A `CacheHandle`: the oldest answers leave first where there are too many or they are too big."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: OrderedDict[str, tuple[bytes, int, float, float]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def keep(self, key: str, data: bytes, status: int, *, ttl_s: float) -> None:
        """Keep an answer for at most `ttl_s`; one that alone is bigger than the cache is not kept."""
        now_s = self._clock.utc_s()
        with self._lock:
            self._forget(key)
            if len(data) > MOST_BYTES or ttl_s <= 0:
                return
            self._answers[key] = (data, status, now_s, now_s + ttl_s)
            self._bytes += len(data)
            while len(self._answers) > MOST_ENTRIES or self._bytes > MOST_BYTES:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: str) -> None:
        known = self._answers.pop(key, None)
        if known is not None:
            self._bytes -= len(known[0])

    async def find(
        self,
        key: str,
        *,
        ttl_s: float,
        deadline_s: float = inf,  # noqa: ARG002  # memory answers at once
    ) -> CachedAnswer | None:
        """Return the answer kept under `key` if it is at most `ttl_s` old."""
        now_s = self._clock.utc_s()
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                return None
            data, status, kept_s, ends_s = known
            if now_s > ends_s:
                self._forget(key)
                return None
            age_s = max(0.0, now_s - kept_s)
            return CachedAnswer(data, status, age_s) if age_s <= ttl_s else None
