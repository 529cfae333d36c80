"""The limit of a key as it stands in the file: read, commanded and written back within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from intertie.adapters.stores.sqlite.database import BUSY_S, Database
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.runtime.policies.limiter.commands import Command, Member, Place, Reply, SharedLimit, run
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.state import LimiterSnapshot
from intertie.runtime.state_key import StateKey

_ALIVE_EVERY_S = 0.25
_SELECT = f"SELECT options, state FROM limiter WHERE {HERE} AND scope = ?"  # noqa: S608
_PUT = (
    f"INSERT OR REPLACE INTO limiter ({COLUMNS}, scope, at_s, options, state) "  # noqa: S608
    f"VALUES ({MARKS}, ?, ?, ?, ?)"
)


class LimiterStore:
    """Transactions on one limit."""

    key = "limit"

    def __init__(
        self,
        key: StateKey,
        scope: str,
        plans: PlanRows[LimiterOptions],
        database: Database,
        owner: Owner,
        timeline: Timeline,
    ) -> None:
        self._here = (*values_of(key), scope)
        self._plans = plans
        self.set_own, self.in_force = plans.set_own, plans.in_force
        self._fingerprints: tuple[tuple[LimiterOptions, ...], str] = ((), "")
        self._database = database
        self._owner = owner
        self._timeline = timeline
        self._looked_s = float("-inf")

    def owner(self) -> str:
        """Return the name of this process.

        Raises:
            StoreUnavailable: Its lock file can't be made.
        """
        return self._owner.id

    def run(
        self, gather: Callable[[float], Sequence[Command]], *, patience_s: float = BUSY_S
    ) -> tuple[list[Reply], float]:
        """Run what `gather(now_s)` returns once the file is held; return the replies, and the store's time.

        Raises:
            StoreUnavailable: Nothing is stored.
        """
        self._owner.id  # noqa: B018  # made before the transaction, where it is made at all
        with self._database.write(patience_s=patience_s) as connection:
            # The time is read inside the transaction, so that it never goes back from one to the next.
            now_s = self._timeline.now_s()
            plans = self._plans.read(connection)
            shared = self._restored(connection.execute(_SELECT, self._here).fetchone(), now_s, plans)
            shared.tidy(now_s)
            self._forget_dead(shared, now_s)
            commands = gather(now_s)
            replies = [run({self.key: shared}, command, now_s) for command in commands]
            if commands:  # what only time has changed, time changes again for the next one
                connection.execute(_PUT, (*self._here, now_s, self._fingerprint(plans), _packed(shared)))
        return replies, now_s

    def look(self) -> LimiterSnapshot:
        """Return the limit as last stored; nothing is changed.

        Raises:
            StoreUnavailable: The file can't be read.
        """
        now_s = self._timeline.now_s()
        rows = self._database.read(_SELECT, self._here)
        shared = self._restored(rows[0] if rows else None, now_s, self.in_force())
        return shared.limit.snapshot(now_s, shared.waiting())

    def _forget_dead(self, shared: SharedLimit, now_s: float) -> None:
        if 0 <= now_s - self._looked_s < _ALIVE_EVERY_S:
            return
        self._looked_s = now_s
        owners = {*shared.members, *(place.owner for place in shared.line)}
        dead = [owner for owner in owners if not self._owner.is_alive(owner)]
        if dead:
            shared.leave(dead, now_s)

    def _fingerprint(self, plans: tuple[LimiterOptions, ...]) -> str:
        if self._fingerprints[0] != plans:
            # In one order for all processes, so that none takes another's state for one of other plans.
            self._fingerprints = plans, f"[{','.join(sorted(msgspec.json.encode(plan).decode() for plan in plans))}]"
        return self._fingerprints[1]

    def _restored(self, row: tuple[str, bytes] | None, now_s: float, plans: tuple[LimiterOptions, ...]) -> SharedLimit:
        if row is None:
            return SharedLimit(self._limit(plans), {}, [])
        kept = msgspec.msgpack.decode(row[1], type=_Packed)
        if row[0] == self._fingerprint(plans):
            state = self._limit(plans)
            state.load(kept.limit, now_s)
        else:
            # The plans in force changed: what left under the old ones counts under the new ones.
            before = self._limit(msgspec.json.decode(row[0], type=tuple[LimiterOptions, ...]))
            before.load(kept.limit, now_s)
            state = before.replanned(plans, now_s)
        members = {**{owner: Member(places=places) for owner, places in kept.flights.items()}, **kept.members}
        shared = SharedLimit(state, members, kept.line)
        shared.count()
        return shared

    def _limit(self, plans: tuple[LimiterOptions, ...]) -> LimiterState:
        return LimiterState(plans[0], self._timeline.utc_ahead_s, beside=plans[1:])


class _Packed(msgspec.Struct):
    """A row's state, of this version or of one that knew the places of owners alone, as `flights`."""

    limit: dict[str, object]
    members: dict[str, Member] = {}
    line: list[Place] = []
    flights: dict[str, int] = {}


def _packed(shared: SharedLimit) -> bytes:
    return msgspec.msgpack.encode({"limit": shared.limit.dump(), "members": shared.members, "line": shared.line})
