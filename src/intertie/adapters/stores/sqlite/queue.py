"""Writes that wait for their service, in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, chosen, values_of
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.core.clock import Clock
from intertie.runtime.state import QueueItem
from intertie.runtime.state_key import StateKey

MOST_ENDED = 1000
"""Items done or dropped that are kept, without their payload, so that a receipt can still be asked for."""

_COLUMNS = (
    f"receipt, {COLUMNS}, operation, payload, idempotency_key, version, caller, "
    "enqueued_s, not_after_s, state, attempts, reason"
)
UNKNOWN = "unknown: its process died while sending, and without an idempotency key it may not be sent again blindly"
FORGOTTEN = "the service has forgotten its idempotency key by now"


class SharedQueue:
    """The queue's verbs, each one transaction."""

    def __init__(self, database: Database, owner: Owner, clock: Clock) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock

    def enqueue(self, item: QueueItem, *, patience_s: float) -> None:
        """Store an item; a receipt that is known already is not taken twice."""
        values = (
            item.receipt, *values_of(item.key), item.operation, item.payload, item.idempotency_key, item.version,
            item.caller, item.enqueued_s, item.not_after_s, item.state, item.attempts, item.reason,
        )  # fmt: skip
        with self._database.write(patience_s=patience_s) as connection:
            connection.execute(
                f"INSERT OR IGNORE INTO queued ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
                values,
            )

    def unpark(self, receipt: str, key: StateKey) -> bool:
        """Let a parked item of `key` go on as pending."""
        with self._database.write() as connection:
            changed = connection.execute(
                f"UPDATE queued SET state = 'pending', reason = NULL WHERE receipt = ? AND state = 'parked' AND {HERE}",  # noqa: S608
                (receipt, *values_of(key)),
            ).rowcount
        return changed > 0

    def claim(self, key: StateKey | None, receipt: str | None) -> QueueItem | None:
        """Take the oldest pending item, or that of `receipt`."""
        condition, values = chosen(key)
        with self._database.write() as connection:
            self._take_from_dead(connection)
            connection.execute(
                "UPDATE queued SET state = 'parked', reason = ? WHERE state = 'pending' AND not_after_s < ?",
                (FORGOTTEN, self._clock.utc_s()),
            )
            row = connection.execute(
                f"SELECT receipt FROM queued WHERE state = 'pending' AND {condition} "  # noqa: S608
                "AND receipt = ifnull(?, receipt) "
                "ORDER BY enqueued_s, number LIMIT 1",
                (*values, receipt),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE queued SET state = 'sending', owner = ?, attempts = attempts + 1, reason = NULL "
                "WHERE receipt = ?",
                (self._owner.id, row[0]),
            )
            return self._items(connection, "receipt = ?", (row[0],))[0]

    def _take_from_dead(self, connection: sqlite3.Connection) -> None:
        owners = connection.execute("SELECT DISTINCT owner FROM queued WHERE state = 'sending'").fetchall()
        for (owner,) in owners:
            if self._owner.is_alive(owner):
                continue
            connection.execute(
                "UPDATE queued SET owner = NULL, state = iif(idempotency_key IS NULL, 'parked', 'pending'), "
                "reason = iif(idempotency_key IS NULL, ?, NULL) WHERE state = 'sending' AND owner = ?",
                (UNKNOWN, owner),
            )

    def complete(self, receipt: str, state: str, reason: str | None) -> None:
        """End a claim of this process, or let a parked item go on; another's claim is left alone."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE queued SET state = ?, reason = ?, owner = NULL, payload = iif(? = 'done', x'', payload) "
                "WHERE receipt = ? AND ((state = 'sending' AND owner = ?) OR state = 'parked')",
                (state, reason, state, receipt, self._owner.id),
            )
            self._forget_ended(connection)

    def drop(self, receipt: str) -> bool:
        """Mark a pending or parked item dropped."""
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE queued SET state = 'dropped', payload = x'' "
                "WHERE receipt = ? AND state IN ('pending', 'parked')",
                (receipt,),
            ).rowcount
            self._forget_ended(connection)
        return changed > 0

    def _forget_ended(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "DELETE FROM queued WHERE number IN (SELECT number FROM queued WHERE state IN ('done', 'dropped') "
            "ORDER BY number DESC LIMIT -1 OFFSET ?)",
            (MOST_ENDED,),
        )

    def items(self, key: StateKey | None, states: Sequence[str]) -> list[QueueItem]:
        """Return items, oldest first."""
        marks = ", ".join("?" * len(states))
        condition, values = chosen(key)
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM queued WHERE state IN ({marks}) AND {condition} "  # noqa: S608
            "ORDER BY enqueued_s, number",
            (*states, *values),
        )
        return [QueueItem(row[0], StateKey(*row[1:5]), *row[5:]) for row in rows]

    def _items(self, connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[QueueItem]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM queued WHERE {where}", values)  # noqa: S608
        return [QueueItem(row[0], StateKey(*row[1:5]), *row[5:]) for row in rows]
