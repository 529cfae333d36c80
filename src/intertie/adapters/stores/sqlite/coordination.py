"""`sqlite:///path` as `Coordination`: what all processes on the file share while they run."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from intertie.adapters.stores.blocking import blocks
from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.handles import OpenBreaker, OpenLimiter
from intertie.adapters.stores.plans import Sharing
from intertie.adapters.stores.sqlite.background import Background, close_at_exit
from intertie.adapters.stores.sqlite.breaker import SharedBreaker
from intertie.adapters.stores.sqlite.cache import SharedCache
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.keys import COLUMNS
from intertie.adapters.stores.sqlite.limiter import SharedLimiter
from intertie.adapters.stores.sqlite.limiter_store import LimiterStore
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows, forget_owner
from intertie.adapters.stores.sqlite.problems import Problems
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.core.rng import Rng
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import Offload
from intertie.runtime.state_key import StateKey


class SqliteCoordination:
    """A `Coordination` in a SQLite file.

    Raises:
        StoreUnavailable: The file can't be used.
    """

    @blocks
    def __init__(
        self, path: Path, url: str, *, clock: Clock, rng: Rng, offload: Offload, store_down: str = "fair_share"
    ) -> None:
        self.url = url
        self._clock = clock
        self._offload = offload
        self._store_down = store_down
        self._problems = Problems()
        self._database = Database(path, url, tell=partial(self._problems.tell, "file"))
        self._owner = Owner(self._database, rng)
        self._timeline = Timeline(self._database, clock)
        self._background = Background(clock, lambda sentence: self._problems.tell("background", sentence))
        self._lock = threading.Lock()
        self._limiters: dict[tuple[StateKey, str], tuple[SharedLimiter, Sharing[LimiterOptions]]] = {}
        self._breakers: dict[tuple[StateKey, str], tuple[SharedBreaker, Sharing[BreakerOptions]]] = {}
        self._caches: dict[StateKey, SharedCache] = {}
        self._closed = False
        renew_after_fork(self)
        close_at_exit(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def limiter(self, key: StateKey, options: LimiterOptions, scope: str = "") -> OpenLimiter:
        """Return a handle on the limiter of `key`, or on that of its operation `scope`."""
        with self._lock:
            if (key, scope) not in self._limiters:
                monotonic_s = self._clock.monotonic_s
                plans = PlanRows("limiter", key, scope, options, owner=self._owner, monotonic_s=monotonic_s)
                store = LimiterStore(key, scope, plans, self._database, self._owner, self._timeline)
                name = f"limiter {scope} {key!r}"
                core = SharedLimiter(
                    name,
                    store=store,
                    clock=self._clock,
                    offset_s=self._timeline.offset_s,
                    offload=self._offload,
                    background=self._background,
                    tell_problem=partial(self._problems.tell, name),
                    store_down=self._store_down,
                )
                self._limiters[key, scope] = core, Sharing(core)
            return OpenLimiter(*self._limiters[key, scope], options, self._clock.monotonic_s)

    def breaker(self, key: StateKey, options: BreakerOptions, scope: str = "") -> OpenBreaker:
        """Return a handle on the breaker of `key`, or of its operation `scope`."""
        with self._lock:
            if (key, scope) not in self._breakers:
                monotonic_s = self._clock.monotonic_s
                core = SharedBreaker(
                    key,
                    scope,
                    PlanRows("breaker", key, scope, options, owner=self._owner, monotonic_s=monotonic_s),
                    database=self._database,
                    timeline=self._timeline,
                    clock=self._clock,
                    offload=self._offload,
                    background=self._background,
                    problems=self._problems,
                )
                self._breakers[key, scope] = core, Sharing(core)
            return OpenBreaker(*self._breakers[key, scope], options)

    def cache(self, key: StateKey) -> SharedCache:
        """Return the cache of `key`."""
        with self._lock:
            if key not in self._caches:
                self._caches[key] = SharedCache(
                    key,
                    database=self._database,
                    clock=self._clock,
                    offload=self._offload,
                    background=self._background,
                )
            return self._caches[key]

    @blocks
    def keys(self) -> list[StateKey]:
        """Return whose limits are on record, the one that was used last first.

        Raises:
            StoreUnavailable: The file can't be read.
        """
        rows = self._database.read(f"SELECT {COLUMNS} FROM limiter WHERE scope = '' ORDER BY at_s DESC")  # noqa: S608
        return [StateKey(*row) for row in rows]

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the store now, each sentence once."""
        return self._problems.told()

    @blocks
    def close(self) -> None:
        """Return what is leased and close; what can't be returned ends by itself."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            limiters = [core for core, _ in self._limiters.values()]
            breakers = [core for core, _ in self._breakers.values()]
            caches = self._caches.values()
        self._background.stop()
        # A store that is gone now takes nothing back: shares, places and probes in it end with their owner or their
        # time.
        with suppress(StoreUnavailable):
            for limiter in limiters:
                limiter.close()
            for breaker in breakers:
                breaker.tell()
            for cache in caches:
                cache.store()
            if limiters or breakers:
                with self._database.write() as connection:
                    forget_owner(connection, self._owner.id)
        self._owner.close()
        self._database.close()
