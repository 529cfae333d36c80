"""The books in the file: months, and the shares of them that owners hold; for use inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import Decimal

import msgspec

from intertie.adapters.stores.sqlite.keys import COLUMNS, HERE, MARKS, chosen, values_of
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import EXACT, marginal_cost, tier_cost
from intertie.runtime.state import LedgerMonth
from intertie.runtime.state_key import StateKey

_ZERO = Decimal(0)
_SETTLED = f"SELECT quantity FROM month WHERE {HERE} AND month = ?"  # noqa: S608
_DELETE_SHARE = f"DELETE FROM share WHERE {HERE} AND month = ? AND owner = ?"  # noqa: S608


class HeldShare(msgspec.Struct, frozen=True):
    """One owner's share of a month: `quantity` counts as spent; `unspent` of it was not reserved when last told."""

    owner: str
    calls: int
    quantity: Decimal
    unspent: Decimal


def settled(connection: sqlite3.Connection, key: StateKey, month: str) -> Decimal:
    """Return the quantity that is settled."""
    row = connection.execute(_SETTLED, (*values_of(key), month)).fetchone()
    return Decimal(row[0]) if row else _ZERO


def shares(connection: sqlite3.Connection, key: StateKey, month: str) -> list[HeldShare]:
    """Return all owners' shares."""
    rows = connection.execute(
        f"SELECT owner, calls, quantity, unspent FROM share WHERE {HERE} AND month = ?",  # noqa: S608
        (*values_of(key), month),
    )
    return [HeldShare(row[0], row[1], Decimal(row[2]), Decimal(row[3])) for row in rows]


def total(quantities: list[Decimal]) -> Decimal:
    """Return an exact sum."""
    added = _ZERO
    for quantity in quantities:
        added = EXACT.add(added, quantity)
    return added


def add_settled(
    connection: sqlite3.Connection, key: StateKey, month: str, pricing: PricingOptions, calls: int, quantity: Decimal
) -> None:
    """Add to what is settled; the month begins with its first entry."""
    quantity = EXACT.add(settled(connection, key, month), quantity)
    connection.execute(
        f"INSERT INTO month ({COLUMNS}, month, currency, calls, quantity, pricing) "  # noqa: S608
        f"VALUES ({MARKS}, ?, ?, ?, ?, ?) "
        f"ON CONFLICT ({COLUMNS}, month) DO UPDATE SET calls = calls + excluded.calls, quantity = excluded.quantity, "
        "currency = excluded.currency, pricing = excluded.pricing",
        (*values_of(key), month, pricing.currency, calls, str(quantity), msgspec.json.encode(pricing)),
    )


def put_share(
    connection: sqlite3.Connection,
    key: StateKey,
    month: str,
    owner: str,
    *,
    calls: int,
    quantity: Decimal,
    unspent: Decimal,
) -> None:
    """Say what an owner holds; a share of nothing is no share. A recall is answered by it."""
    if calls <= 0 and quantity <= 0:
        connection.execute(_DELETE_SHARE, (*values_of(key), month, owner))
        return
    connection.execute(
        f"INSERT OR REPLACE INTO share ({COLUMNS}, month, owner, calls, quantity, unspent, recalled) "  # noqa: S608
        f"VALUES ({MARKS}, ?, ?, ?, ?, ?, 0)",
        (*values_of(key), month, owner, calls, str(quantity), str(unspent)),
    )


def recall(connection: sqlite3.Connection, key: StateKey, month: str, owners: list[str]) -> None:
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
        left = total([share.quantity for share in held if not is_alive(share.owner)])
        reserved = total([EXACT.subtract(s.quantity, s.unspent) for s in held if is_alive(s.owner)])
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
                        str(EXACT.add(settled(connection, of_key, of_month), share.quantity)),
                        *values_of(of_key),
                        of_month,
                    ),
                )
            connection.execute(_DELETE_SHARE, (*values_of(of_key), of_month, share.owner))
            touched.add((of_key, of_month))
    return touched
