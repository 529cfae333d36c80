"""The limit of a key as it stands in the file: read, asked and written back within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.database import BUSY_S, Database
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.adapters.stores.sqlite.plan_rows import PlanRows
from intertie.adapters.stores.sqlite.timeline import Timeline
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.state_key import StateKey

SHARE_GRACE_S = 0.2
"""How long after its end a share is waited for before it counts as wholly used at its end."""
_ACTIVE_S = 1.0
_POLL_S = 0.01
_ALIVE_EVERY_S = 0.25
_SELECT = f"SELECT options, state FROM limiter WHERE {HERE} AND scope = ?"  # noqa: S608


class SharedState(msgspec.Struct):
    """What all processes know of one limit.

    Attributes:
        limit: The state machine.
        flights: Owner -> places in flight that it holds, used or ready for use.
        askers: Owner -> when it last asked; those of the last second share what is free.
        looked_s: When it was last checked who of them is alive.
    """

    limit: LimiterState
    flights: dict[str, int]
    askers: dict[str, float]
    looked_s: float = 0.0

    def forget_dead(self, now_s: float, is_alive: Callable[[str], bool]) -> None:
        """Free the places and tickets of owners that are gone; at most every quarter of a second."""
        if 0 <= now_s - self.looked_s < _ALIVE_EVERY_S:
            return
        self.looked_s = now_s
        owners = {*self.flights, *self.askers, *(ticket.owner for ticket in self.limit.line)}
        dead = [owner for owner in owners if not is_alive(owner)]
        for owner in dead:
            self.flights.pop(owner, None)
            self.askers.pop(owner, None)
        self.limit.leave_all(dead)
        self.count_flights()

    def hold_places(self, owner: str, places: int) -> None:
        """Say how many places in flight an owner holds."""
        if places > 0:
            self.flights[owner] = places
        else:
            self.flights.pop(owner, None)
        self.count_flights()

    def count_flights(self) -> None:
        """Add up the places that all owners hold."""
        self.limit.in_flight = sum(self.flights.values())

    def active(self, owner: str, now_s: float) -> int:
        """Note that an owner asks; return how many owners asked within the last second."""
        self.askers = {known: asked_s for known, asked_s in self.askers.items() if now_s - asked_s < _ACTIVE_S}
        self.askers[owner] = now_s
        return len(self.askers)


class LimiterStore:
    """Transactions on one limit."""

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
        self.plans = plans
        self._fingerprints: tuple[tuple[LimiterOptions, ...], str] = ((), "")
        self._database = database
        self._owner = owner
        self._timeline = timeline

    @contextmanager
    def change(self, *, patience_s: float = BUSY_S) -> Iterator[tuple[SharedState, float]]:
        """Give the state and the store's time now; what the block changes is stored when it ends.

        Raises:
            StoreUnavailable: Nothing is stored.
        """
        with self._database.write(patience_s=patience_s) as connection:
            # The time is read inside the transaction, so that it never goes back from one to the next.
            now_s = self._timeline.now_s()
            plans = self.plans.read(connection)
            row = connection.execute(_SELECT, self._here).fetchone()
            state = self._restored(row, now_s, plans)
            state.limit.expire(now_s, SHARE_GRACE_S)
            state.forget_dead(now_s, self._owner.is_alive)
            yield state, now_s
            connection.execute(
                f"INSERT OR REPLACE INTO limiter ({COLUMNS}, scope, at_s, options, state) "  # noqa: S608
                f"VALUES ({MARKS}, ?, ?, ?, ?)",
                (*self._here, now_s, self._fingerprint(plans), _packed(state)),
            )

    def busy(self, patience_s: float) -> StoreUnavailable:
        """Return what to raise where others did not let go of the file for so long."""
        return self._database.busy(patience_s)

    def look(self) -> tuple[SharedState, float]:
        """Return the state as last stored, and the store's time; nothing is changed."""
        now_s = self._timeline.now_s()
        rows = self._database.read(_SELECT, self._here)
        return self._restored(rows[0] if rows else None, now_s, self.plans.in_force()), now_s

    def _fingerprint(self, plans: tuple[LimiterOptions, ...]) -> str:
        if self._fingerprints[0] != plans:
            # In one order for all processes, so that none takes another's state for one of other plans.
            self._fingerprints = plans, f"[{','.join(sorted(msgspec.json.encode(plan).decode() for plan in plans))}]"
        return self._fingerprints[1]

    def _restored(self, row: tuple[str, bytes] | None, now_s: float, plans: tuple[LimiterOptions, ...]) -> SharedState:
        if row is None:
            return SharedState(self._limit(plans), {}, {})
        kept = msgspec.msgpack.decode(row[1], type=_Packed)
        if row[0] == self._fingerprint(plans):
            state = self._limit(plans)
            state.load(kept.limit, now_s)
        else:
            # The plans in force changed: what left under the old ones counts under the new ones.
            before = self._limit(msgspec.json.decode(row[0], type=tuple[LimiterOptions, ...]))
            before.load(kept.limit, now_s)
            state = before.replanned(plans, now_s)
        shared = SharedState(state, kept.flights, kept.askers, kept.looked_s)
        shared.count_flights()
        return shared

    def _limit(self, plans: tuple[LimiterOptions, ...]) -> LimiterState:
        return LimiterState(plans[0], self._timeline.utc_ahead_s, poll_s=_POLL_S, beside=plans[1:])


class _Packed(msgspec.Struct):
    limit: dict[str, object]
    flights: dict[str, int]
    askers: dict[str, float]
    looked_s: float


def _packed(state: SharedState) -> bytes:
    return msgspec.msgpack.encode(_Packed(state.limit.dump(), state.flights, state.askers, state.looked_s))
