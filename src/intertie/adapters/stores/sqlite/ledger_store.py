"""The books in the file: months, and the shares of them that owners hold; for use inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from decimal import Decimal

import msgspec

from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, chosen, values_of
from intertie.core.money import EXACT, Trillionths, trillionths, units
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import marginal_cost, tier_cost
from intertie.runtime.state import LedgerMonth
from intertie.runtime.state_key import StateKey

_SETTLED = f"SELECT quantity FROM month WHERE {HERE} AND month = ?"  # noqa: S608
_PUT_MONTH = (
    f"INSERT INTO month ({COLUMNS}, month, currency, calls, quantity, pricing) "  # noqa: S608
    f"VALUES ({MARKS}, ?, ?, ?, ?, ?) "
    f"ON CONFLICT ({COLUMNS}, month) DO UPDATE SET calls = calls + excluded.calls, quantity = excluded.quantity, "
    "currency = excluded.currency, pricing = excluded.pricing"
)
_SHARES = f"SELECT owner, calls, quantity, unspent, recalled FROM share WHERE {HERE} AND month = ?"  # noqa: S608
_PUT_SHARE = (
    f"INSERT OR REPLACE INTO share ({COLUMNS}, month, owner, calls, quantity, unspent, recalled) "  # noqa: S608
    f"VALUES ({MARKS}, ?, ?, ?, ?, ?, 0)"
)
_DELETE_SHARE = f"DELETE FROM share WHERE {HERE} AND month = ? AND owner = ?"  # noqa: S608
_RECALLED = f"SELECT recalled FROM share WHERE {HERE} AND month = ? AND owner = ?"  # noqa: S608


class HeldShare(msgspec.Struct, frozen=True):
    """One owner's share of a month: `quantity` counts as spent; `unspent` of it was not reserved when last told."""

    owner: str
    calls: int
    quantity: Trillionths
    unspent: Trillionths
    is_recalled: bool = False


def settled(connection: sqlite3.Connection, key: StateKey, month: str) -> Trillionths:
    """Return the quantity that is settled."""
    row = connection.execute(_SETTLED, (*values_of(key), month)).fetchone()
    return trillionths(Decimal(row[0])) if row else 0


def shares(connection: sqlite3.Connection, key: StateKey, month: str) -> list[HeldShare]:
    """Return all owners' shares."""
    rows = connection.execute(_SHARES, (*values_of(key), month))
    return [
        HeldShare(owner, calls, trillionths(Decimal(quantity)), trillionths(Decimal(unspent)), bool(recalled))
        for owner, calls, quantity, unspent, recalled in rows
    ]


def put_month(
    connection: sqlite3.Connection,
    key: StateKey,
    month: str,
    pricing: PricingOptions,
    more_calls: int,
    quantity: Trillionths,
) -> None:
    """Say how much is settled in all, in how many calls more; the month begins with its first entry."""
    packed = msgspec.json.encode(pricing)
    connection.execute(_PUT_MONTH, (*values_of(key), month, pricing.currency, more_calls, str(units(quantity)), packed))


def put_share(connection: sqlite3.Connection, key: StateKey, month: str, share: HeldShare) -> None:
    """Say what an owner holds; a share of nothing is no share. A recall counts as answered."""
    if share.calls <= 0 and share.quantity <= 0:
        connection.execute(_DELETE_SHARE, (*values_of(key), month, share.owner))
        return
    held = share.calls, str(units(share.quantity)), str(units(share.unspent))
    connection.execute(_PUT_SHARE, (*values_of(key), month, share.owner, *held))


def is_recalled(database: Database, key: StateKey, month: str, owner: str) -> bool:
    """Return whether others need what an owner holds unspent; outside of a transaction."""
    rows = database.read(_RECALLED, (*values_of(key), month, owner))
    return bool(rows and rows[0][0])


def recall(connection: sqlite3.Connection, key: StateKey, month: str, owners: Iterable[str]) -> None:
    """Ask owners to return what they have not reserved."""
    connection.executemany(
        f"UPDATE share SET recalled = 1 WHERE {HERE} AND month = ? AND owner = ?",  # noqa: S608
        [(*values_of(key), month, owner) for owner in owners],
    )


def told_months(
    connection: sqlite3.Connection,
    is_alive: Callable[[str], bool],
    key: StateKey | None = None,
    month: str | None = None,
) -> list[LedgerMonth]:
    """Return months as people read them, by key and month."""
    condition, values = chosen(key)
    rows = connection.execute(
        f"SELECT {COLUMNS}, month, calls, quantity, pricing FROM month "  # noqa: S608
        f"WHERE {condition} AND month = ifnull(?, month) "
        f"ORDER BY {COLUMNS}, month",
        (*values, month),
    ).fetchall()
    told = []
    for *columns, of_month, calls, text, packed in rows:
        of_key = StateKey(*columns)
        pricing = msgspec.json.decode(packed, type=PricingOptions)
        spent = Decimal(text)
        held = shares(connection, of_key, of_month)
        living = {share.owner for share in held if is_alive(share.owner)}
        left = units(sum(share.quantity for share in held if share.owner not in living))
        reserved = units(sum(share.quantity - share.unspent for share in held if share.owner in living))
        told.append(
            LedgerMonth(
                key=of_key,
                month=of_month,
                currency=pricing.currency,
                calls=calls,
                quantity=spent,
                amount=tier_cost(pricing, spent),
                reserved=marginal_cost(pricing, EXACT.add(spent, left), reserved),
                unreconciled=marginal_cost(pricing, spent, left),
                monthly_limit=pricing.monthly_limit,
            )
        )
    return told


def reconcile(
    connection: sqlite3.Connection, is_alive: Callable[[str], bool], key: StateKey | None, *, give_back: bool
) -> set[tuple[StateKey, str]]:
    """Settle the shares of dead owners, as spent or given back; return the (key, month) touched."""
    condition, values = chosen(key)
    rows = connection.execute(
        f"SELECT DISTINCT {COLUMNS}, month FROM share WHERE {condition}",  # noqa: S608
        values,
    ).fetchall()
    touched = set()
    for *columns, of_month in rows:
        of_key = StateKey(*columns)
        for share in shares(connection, of_key, of_month):
            if is_alive(share.owner):
                continue
            if not give_back:
                connection.execute(
                    f"UPDATE month SET calls = calls + ?, quantity = ? WHERE {HERE} AND month = ?",  # noqa: S608
                    (
                        share.calls,
                        str(units(settled(connection, of_key, of_month) + share.quantity)),
                        *values_of(of_key),
                        of_month,
                    ),
                )
            connection.execute(_DELETE_SHARE, (*values_of(of_key), of_month, share.owner))
            touched.add((of_key, of_month))
    return touched
