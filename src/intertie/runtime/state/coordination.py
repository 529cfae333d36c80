"""What callers share while they run: limits, breakers and last good answers."""

from __future__ import annotations

from math import inf
from typing import Protocol

import msgspec

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state.breakers import BreakerHandle
from intertie.runtime.state.limits import LimiterHandle
from intertie.runtime.state_key import StateKey


class CachedAnswer(msgspec.Struct, frozen=True):
    """A last good answer: mapped data as JSON bytes, its status and its age."""

    data: bytes
    status: int
    age_s: float


class CacheHandle(Protocol):
    """Last good answers of one integration and environment."""

    def keep(self, key: str, data: bytes, status: int, *, ttl_s: float) -> None:
        """Keep an answer; `key` is a digest, so no request data is stored in it. Told later."""

    async def find(self, key: str, *, ttl_s: float, deadline_s: float = inf) -> CachedAnswer | None:
        """Return the answer kept under `key` if it is at most `ttl_s` old. Awaited.

        None too where the store does not answer by `deadline_s` (monotonic), or a moment after it where that is past.
        """


class Coordination(Protocol):
    """What callers share while they run."""

    url: str

    def limiter(self, key: StateKey, options: LimiterOptions, scope: str = "") -> LimiterHandle:
        """Return a handle on the limiter of `key`: the one for all its operations, or a further one of `scope`.

        The strictest options of all open handles hold. Memory.
        """

    def breaker(self, key: StateKey, options: BreakerOptions, scope: str = "") -> BreakerHandle:
        """Return a handle on the breaker of `key`: the one for all its operations, or that of the operation `scope`.

        The strictest options of all open handles hold. Memory.
        """

    def cache(self, key: StateKey) -> CacheHandle:
        """Return the cache of `key`, whose origin is filled. Memory."""

    def keys(self) -> list[StateKey]:
        """Return whose limits are on record, the one that was used last first. Blocks.

        Raises:
            StoreUnavailable: The store can't be read.
        """

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the store now, as sentences for people; empty where all is well. Memory."""

    def close(self) -> None:
        """Return what is leased and close. Blocks."""
