"""The books in the file: months, and the shares of them that owners hold; for use inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import Decimal

import msgspec

from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import EXACT, marginal_cost, tier_cost
from intertie.runtime.state import LedgerMonth

_ZERO = Decimal(0)


class HeldShare(msgspec.Struct, frozen=True):
    """One owner's share of a month: `quantity` counts as spent; `unspent` of it was not reserved when last told."""

    owner: str
    calls: int
    quantity: Decimal
    unspent: Decimal
    recalled: bool


def settled(connection: sqlite3.Connection, key: str, month: str) -> Decimal:
    """Return the quantity that is settled."""
    row = connection.execute("SELECT quantity FROM month WHERE key = ? AND month = ?", (key, month)).fetchone()
    return Decimal(row[0]) if row else _ZERO


def shares(connection: sqlite3.Connection, key: str, month: str) -> list[HeldShare]:
    """Return all owners' shares."""
    rows = connection.execute(
        "SELECT owner, calls, quantity, unspent, recalled FROM share WHERE key = ? AND month = ?", (key, month)
    )
    return [HeldShare(row[0], row[1], Decimal(row[2]), Decimal(row[3]), bool(row[4])) for row in rows]


def total(quantities: list[Decimal]) -> Decimal:
    """Return an exact sum."""
    added = _ZERO
    for quantity in quantities:
        added = EXACT.add(added, quantity)
    return added


def add_settled(
    connection: sqlite3.Connection, key: str, month: str, pricing: PricingOptions, calls: int, quantity: Decimal
) -> None:
    """Add to what is settled; the month begins with its first entry."""
    quantity = EXACT.add(settled(connection, key, month), quantity)
    connection.execute(
        "INSERT INTO month (key, month, currency, calls, quantity, pricing) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key, month) DO UPDATE SET calls = calls + excluded.calls, quantity = excluded.quantity, "
        "currency = excluded.currency, pricing = excluded.pricing",
        (key, month, pricing.currency, calls, str(quantity), msgspec.json.encode(pricing)),
    )


def put_share(
    connection: sqlite3.Connection, key: str, month: str, owner: str, *, calls: int, quantity: Decimal, unspent: Decimal
) -> None:
    """Say what an owner holds; a share of nothing is no share. A recall is answered by it."""
    if calls <= 0 and quantity <= 0:
        connection.execute("DELETE FROM share WHERE key = ? AND month = ? AND owner = ?", (key, month, owner))
        return
    connection.execute(
        "INSERT OR REPLACE INTO share (key, month, owner, calls, quantity, unspent, recalled) "
        "VALUES (?, ?, ?, ?, ?, ?, 0)",
        (key, month, owner, calls, str(quantity), str(unspent)),
    )


def recall(connection: sqlite3.Connection, key: str, month: str, owners: list[str]) -> None:
    """Ask owners to return what they have not reserved."""
    connection.executemany(
        "UPDATE share SET recalled = 1 WHERE key = ? AND month = ? AND owner = ?",
        [(key, month, owner) for owner in owners],
    )


def told_months(
    connection: sqlite3.Connection, is_alive: Callable[[str], bool], key: str | None = None, month: str | None = None
) -> list[LedgerMonth]:
    """Return months as people read them, by key and month."""
    rows = connection.execute(
        "SELECT key, month, calls, quantity, pricing FROM month "
        "WHERE key = ifnull(?, key) AND month = ifnull(?, month) "
        "ORDER BY key, month",
        (key, month),
    ).fetchall()
    told = []
    for of_key, of_month, calls, text, packed in rows:
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
    connection: sqlite3.Connection, is_alive: Callable[[str], bool], key: str | None, *, give_back: bool
) -> set[tuple[str, str]]:
    """Settle the shares of dead owners, as spent or given back; return the (key, month) touched."""
    rows = connection.execute("SELECT DISTINCT key, month FROM share WHERE key = ifnull(?, key)", (key,)).fetchall()
    touched = set()
    for of_key, of_month in rows:
        for share in shares(connection, of_key, of_month):
            if is_alive(share.owner):
                continue
            if not give_back:
                connection.execute(
                    "UPDATE month SET calls = calls + ?, quantity = ? WHERE key = ? AND month = ?",
                    (
                        share.calls,
                        str(EXACT.add(settled(connection, of_key, of_month), share.quantity)),
                        of_key,
                        of_month,
                    ),
                )
            connection.execute(
                "DELETE FROM share WHERE key = ? AND month = ? AND owner = ?", (of_key, of_month, share.owner)
            )
            touched.add((of_key, of_month))
    return touched
