"""What is set aside and settled of a month's budget. Quantities are trillionths of a unit of the price."""

from __future__ import annotations

from decimal import Decimal
from math import inf
from typing import Any, Protocol

import msgspec

from intertie.core.errors import Reach
from intertie.core.money import Money, Trillionths
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.state_key import StateKey


class Reservation(msgspec.Struct, eq=False, gc=False):
    """A quantity set aside for one attempt, after `before` of the month; it is settled once.

    `before` is settled or set aside, as far as this process knows; what others use is known as of the last look.
    `books` is the ledger's own: where the quantity is set aside, None once it is settled.
    """

    quantity: Trillionths
    before: Trillionths
    books: Any


class BudgetRefusal(msgspec.Struct, frozen=True):
    """The attempt would pass the month's limit; `retry_after_s` is the time to the next month."""

    retry_after_s: float
    limit: Decimal
    spent: Decimal


class LedgerMonth(msgspec.Struct, frozen=True):
    """One month of one integration: settled and still reserved.

    `calls` counts attempts that reached (or may have reached) the service. `amount` is what they cost; `reserved` what
    is set aside by attempts under way; `unreconciled` what dead owners left behind, which counts as spent.
    """

    key: StateKey
    month: str
    currency: str
    calls: int
    quantity: Decimal
    amount: Decimal
    reserved: Decimal
    unreconciled: Decimal
    monthly_limit: Decimal | None


class LedgerVerbs(Protocol):
    """The ledger of one integration and environment."""

    def reserve_nowait(self, quantity: Trillionths) -> Reservation | None:
        """Set aside `quantity` from this process's share; None where the store must be asked. Memory."""

    async def reserve(self, quantity: Trillionths, *, deadline_s: float = inf) -> Reservation | BudgetRefusal:
        """Set it aside; refused only where the limit, all shares clawed back, would be passed. Awaited.

        Raises:
            StoreUnavailable: It can't be written down, or not by `deadline_s` (monotonic); nothing may be sent.
        """

    def expected_cost(self, reservation: Reservation) -> Money:
        """Return what a reservation is expected to cost. Memory."""

    def settle(self, reservation: Reservation, *, quantity: Trillionths, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that. Told later.

        Nothing is lost meanwhile: until it is told, the store counts the whole reservation as spent.

        Raises:
            ValueError: The reservation was settled before.
        """

    def month(self) -> LedgerMonth:
        """Return the current month. Blocks."""


class LedgerHandle(LedgerVerbs, Protocol):
    """A ledger, held with a price and a budget of one's own."""

    def reconfigure(self, pricing: PricingOptions) -> None:
        """Go on under another price and budget; what was spent this month stays spent. Told later."""

    def close(self) -> None:
        """End this handle: its budget holds no longer. What was reserved through it may still be settled.

        Told later.
        """
