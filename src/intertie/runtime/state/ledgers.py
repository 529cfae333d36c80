"""What is set aside and settled of a month's budget."""

from __future__ import annotations

from decimal import Decimal
from math import inf
from typing import Protocol

import msgspec

from intertie.core.errors import Reach
from intertie.core.money import Money
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.state_key import StateKey


class Reservation(msgspec.Struct, frozen=True):
    """Cost set aside for one attempt: `quantity` units at an expected price, after `before` units of the month.

    `before` is settled or set aside, as far as this process knows; what others use is known as of the last look.
    """

    id: int
    quantity: Decimal
    amount: Decimal
    before: Decimal


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

    def reserve_nowait(self, quantity: Decimal) -> Reservation | None:
        """Set aside the cost of `quantity` units from this process's share; None where the store must be asked.

        Memory.
        """

    async def reserve(self, quantity: Decimal, *, deadline_s: float = inf) -> Reservation | BudgetRefusal:
        """Set aside the cost; refused only where the limit, all shares clawed back, would be passed. Awaited.

        Raises:
            StoreUnavailable: It can't be written down, or not by `deadline_s` (monotonic); nothing may be sent.
        """

    def settle(self, reservation: Reservation, *, quantity: Decimal, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that. Told later.

        Nothing is lost meanwhile: until it is told, the store counts the whole reservation as spent.
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
