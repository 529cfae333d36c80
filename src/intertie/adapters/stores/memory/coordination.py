"""`memory://`: what the callers of one process share."""

from __future__ import annotations

import threading

from intertie.adapters.stores.handles import OpenBreaker, OpenLimiter
from intertie.adapters.stores.memory.breaker import MemoryBreaker
from intertie.adapters.stores.memory.cache import MemoryCache
from intertie.adapters.stores.memory.limiter import MemoryLimiter
from intertie.adapters.stores.plans import Sharing
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state_key import StateKey


class MemoryCoordination:
    """A `Coordination` that ends with its process and is seen by nobody else."""

    def __init__(self, clock: Clock, url: str = "memory://") -> None:
        self.url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._limiters: dict[tuple[StateKey, str], tuple[MemoryLimiter, Sharing[LimiterOptions]]] = {}
        self._breakers: dict[tuple[StateKey, str], tuple[MemoryBreaker, Sharing[BreakerOptions]]] = {}
        self._caches: dict[StateKey, MemoryCache] = {}
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def limiter(self, key: StateKey, options: LimiterOptions, scope: str = "") -> OpenLimiter:
        """Return a handle on the limiter of `key`, or on that of its operation `scope`."""
        with self._lock:
            if (key, scope) not in self._limiters:
                core = MemoryLimiter(options, self._clock)
                self._limiters[key, scope] = core, Sharing(core)
            return OpenLimiter(*self._limiters[key, scope], options, self._clock.monotonic_s)

    def breaker(self, key: StateKey, options: BreakerOptions, scope: str = "") -> OpenBreaker:
        """Return a handle on the breaker of `key`, or of its operation `scope`."""
        with self._lock:
            if (key, scope) not in self._breakers:
                core = MemoryBreaker(options, self._clock)
                self._breakers[key, scope] = core, Sharing(core)
            return OpenBreaker(*self._breakers[key, scope], options)

    def cache(self, key: StateKey) -> MemoryCache:
        """Return the cache of `key`."""
        with self._lock:
            if key not in self._caches:
                self._caches[key] = MemoryCache(self._clock)
            return self._caches[key]

    def keys(self) -> list[StateKey]:
        """Return whose limiters are here, the newest first."""
        with self._lock:
            return [key for key, scope in reversed(self._limiters) if not scope]

    def problems(self) -> tuple[str, ...]:
        """Return nothing: memory is always there."""
        return ()

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._limiters.clear()
            self._breakers.clear()
            self._caches.clear()
