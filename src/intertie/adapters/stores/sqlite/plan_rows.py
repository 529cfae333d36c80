"""Whose options hold in all processes: a row for each owner that lives, read within each transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from intertie.adapters.stores.plans import distinct
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, values_of
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.runtime.state_key import StateKey

Options = TypeVar("Options")

_ALIVE_EVERY_S = 0.25
_SELECT = f"SELECT owner, options FROM plan WHERE kind = ? AND {HERE} AND scope = ?"  # noqa: S608
_PUT = f"INSERT OR REPLACE INTO plan (kind, {COLUMNS}, scope, owner, options) VALUES (?, {MARKS}, ?, ?, ?)"  # noqa: S608
_DELETE = f"DELETE FROM plan WHERE kind = ? AND {HERE} AND scope = ? AND owner = ?"  # noqa: S608


class PlanRows(Generic[Options]):
    """The plans of this process and of all others that live, for one limit, breaker or ledger.

    The row of a dead owner ends within a quarter of a second of being looked at.
    """

    def __init__(
        self,
        kind: str,
        key: StateKey,
        scope: str,
        first: Options,
        *,
        owner: Owner,
        monotonic_s: Callable[[], float],
    ) -> None:
        self._here = (kind, *values_of(key), scope)
        self._type = list[type(first)]  # type: ignore[misc]  # decoded as what it was encoded from
        self._owner = owner
        self._monotonic_s = monotonic_s
        self._own: tuple[Options, ...] = (first,)
        self._own_text: str | None = None
        self._others: dict[str, str] = {}
        self._others_plans: tuple[Options, ...] = ()
        self._looked_s = float("-inf")
        self._seen: tuple[sqlite3.Connection, int, str | None] | None = None

    def set_own(self, plans: Sequence[Options]) -> None:
        """Let these plans of this process hold; none where it has no handle open any more, and the last one stays."""
        self._own = tuple(plans) or self._own[-1:]
        self._own_text = msgspec.json.encode(list(plans)).decode() if plans else None

    def in_force(self) -> tuple[Options, ...]:
        """Return the plans that hold, as last known, the newest of this process last."""
        return distinct((*self._others_plans, *self._own)) if self._others_plans else self._own

    def read(self, connection: sqlite3.Connection) -> tuple[Options, ...]:
        """Write this process's row where it is not right, read the others', and return the plans that hold."""
        text = self._own_text
        # While nobody else writes to the file, nothing of it has to be read again.
        seen = connection, connection.execute("PRAGMA data_version").fetchone()[0], text
        if seen == self._seen and not self._others:
            return self._own
        rows = dict(connection.execute(_SELECT, self._here).fetchall())
        owner = self._owner.id
        # A row that is written now may yet be rolled back: it counts as seen once it is read.
        self._seen = None
        if rows.pop(owner, None) == text:
            self._seen = seen
        elif text is None:
            connection.execute(_DELETE, (*self._here, owner))
        else:
            connection.execute(_PUT, (*self._here, owner, text))
        if rows:
            self._forget_dead(connection, rows)
        if rows != self._others:
            decoded = (msgspec.json.decode(rows[other], type=self._type) for other in sorted(rows))
            self._others_plans = distinct(plan for plans in decoded for plan in plans)
            self._others = rows
        return self.in_force()

    def _forget_dead(self, connection: sqlite3.Connection, rows: dict[str, str]) -> None:
        now_s = self._monotonic_s()
        if rows.keys() == self._others.keys() and now_s - self._looked_s < _ALIVE_EVERY_S:
            return
        self._looked_s = now_s
        for other in [other for other in rows if not self._owner.is_alive(other)]:
            connection.execute(_DELETE, (*self._here, other))
            del rows[other]


def forget_owner(connection: sqlite3.Connection, owner: str) -> None:
    """Delete all rows of an owner that ends."""
    connection.execute("DELETE FROM plan WHERE owner = ?", (owner,))
