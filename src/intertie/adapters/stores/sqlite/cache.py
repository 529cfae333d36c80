"""Last good answers that all processes on the file share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from math import inf

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.memory.cache import MOST_BYTES, MOST_ENTRIES
from intertie.adapters.stores.sqlite.background import Background
from intertie.adapters.stores.sqlite.database import Database, patience
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork
from intertie.runtime.state import CachedAnswer, Offload
from intertie.runtime.state_key import StateKey

_GROUP_S = 0.02
_FIND_LEAST_S = 0.25
"""How long an answer is looked for at least: a call whose time is over has nothing else left."""


class SharedCache:
    """A `CacheHandle`: answers are stored in groups, in the background; what has ended is really deleted."""

    def __init__(
        self, key: StateKey, *, database: Database, clock: Clock, offload: Offload, background: Background
    ) -> None:
        self._name = f"cache {key!r}"
        self._here = values_of(key)
        self._database = database
        self._clock = clock
        self._offload = offload
        self._background = background
        self._begin()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; what is not stored yet is stored by the parent."""
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._unstored: OrderedDict[str, tuple[bytes, int, float, float]] = OrderedDict()
        self._unstored_bytes = 0

    def keep(self, key: str, data: bytes, status: int, *, ttl_s: float) -> None:
        """Keep an answer for at most `ttl_s`; one that alone is bigger than the cache is not kept."""
        if len(data) > MOST_BYTES:
            return
        now_s = self._clock.utc_s()
        with self._lock:
            self._forget_locked(key)
            self._unstored[key] = (data, status, now_s, now_s + ttl_s)
            self._unstored_bytes += len(data)
            # A store that is down for long must not eat the memory: the oldest would be deleted there anyway.
            while len(self._unstored) > MOST_ENTRIES or self._unstored_bytes > MOST_BYTES:
                self._forget_locked(next(iter(self._unstored)))
        self._background.ask(self._name, self.store, in_s=_GROUP_S)

    def _forget_locked(self, key: str) -> None:
        known = self._unstored.pop(key, None)
        if known is not None:
            self._unstored_bytes -= len(known[0])

    def store(self) -> None:
        """Store what is not stored yet, and delete what has ended or is too much.

        Raises:
            StoreUnavailable: It stays to be stored.
        """
        with self._lock:
            group = dict(self._unstored)
        now_s = self._clock.utc_s()
        with self._database.write() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO answer ({COLUMNS}, digest, data, status, kept_s, ends_s) "  # noqa: S608
                f"VALUES ({MARKS}, ?, ?, ?, ?, ?)",
                [(*self._here, key, *values) for key, values in group.items()],
            )
            connection.execute("DELETE FROM answer WHERE ends_s < ?", (now_s,))
            connection.execute(
                f"DELETE FROM answer WHERE {HERE} AND digest IN (SELECT digest FROM (SELECT digest, "  # noqa: S608
                "row_number() OVER newest AS place, sum(length(data)) OVER newest AS bytes FROM answer "
                f"WHERE {HERE} WINDOW newest AS (ORDER BY kept_s DESC, digest)) "
                "WHERE place > ? OR bytes > ?)",
                (*self._here, *self._here, MOST_ENTRIES, MOST_BYTES),
            )
        with self._lock:
            for key, values in group.items():
                if self._unstored.get(key) is values:
                    self._forget_locked(key)

    async def find(self, key: str, *, ttl_s: float, deadline_s: float = inf) -> CachedAnswer | None:
        """Return the answer kept under `key` if it is at most `ttl_s` old.

        None too where the store can't be read, or not by `deadline_s` (monotonic), or a moment after it where that is
        past.
        """
        with self._lock:
            known = self._unstored.get(key)
        if known is None:
            within_s = max(_FIND_LEAST_S, patience(deadline_s - self._clock.monotonic_s()))
            with suppress(TimeoutError):
                known = await self._offload(partial(self._stored, key), within_s=within_s)
        if known is None:
            return None
        data, status, kept_s, ends_s = known
        now_s = self._clock.utc_s()
        age_s = max(0.0, now_s - kept_s)
        return CachedAnswer(data, status, age_s) if age_s <= ttl_s and now_s <= ends_s else None

    def _stored(self, key: str) -> tuple[bytes, int, float, float] | None:
        try:
            rows = self._database.read(
                f"SELECT data, status, kept_s, ends_s FROM answer WHERE {HERE} AND digest = ?",  # noqa: S608
                (*self._here, key),
            )
        except StoreUnavailable:
            return None  # nothing is lost but a fallback; the limiter and breaker on the same store tell of the trouble
        return tuple(rows[0]) if rows else None
