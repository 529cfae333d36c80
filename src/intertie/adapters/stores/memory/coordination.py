"""`memory://`: what the callers of one process share."""

from __future__ import annotations

import threading

from intertie.adapters.stores.forking import renew_after_fork
from intertie.adapters.stores.memory.breaker import MemoryBreaker
from intertie.adapters.stores.memory.cache import MemoryCache
from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.core.clock import Clock
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions


class MemoryCoordination:
    """A `Coordination` that ends with its process and is seen by nobody else."""

    def __init__(self, clock: Clock, url: str = "memory://") -> None:
        self.url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._limiters: dict[str, MemoryLimiter] = {}
        self._breakers: dict[str, MemoryBreaker] = {}
        self._caches: dict[str, MemoryCache] = {}
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def limiter(self, key: str, options: LimiterOptions) -> MemoryLimiter:
        """Return the limiter of `key`; the options of whoever came first hold."""
        with self._lock:
            if key not in self._limiters:
                self._limiters[key] = MemoryLimiter(options, self._clock)
            return self._limiters[key]

    def breaker(self, key: str, options: BreakerOptions) -> MemoryBreaker:
        """Return the breaker of `key`; the options of whoever came first hold."""
        with self._lock:
            if key not in self._breakers:
                self._breakers[key] = MemoryBreaker(options, self._clock)
            return self._breakers[key]

    def cache(self, key: str) -> MemoryCache:
        """Return the cache of `key`."""
        with self._lock:
            if key not in self._caches:
                self._caches[key] = MemoryCache(self._clock)
            return self._caches[key]

    def problems(self) -> tuple[str, ...]:
        """Return nothing: memory is always there."""
        return ()

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._limiters.clear()
            self._breakers.clear()
            self._caches.clear()
