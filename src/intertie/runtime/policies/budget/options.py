"""What calls cost and what a month may cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import Struct

STAGE: Final = "budget"
SETTLE: Final = "settle"


class PriceTier(Struct, frozen=True):
    """Up to a cumulative monthly quantity of `limit` units (None: no end), one unit costs `cost`."""

    name: str
    limit: Decimal | None
    cost: Decimal


class PricingOptions(Struct, frozen=True):
    """A price and a budget. Quantities are in units of the model: requests, gigabytes (10^9 bytes), minutes.

    Attributes:
        model: `per_request`, `per_gb`, `per_minute` or `subscription`.
        tiers: Graduated: each part of the month's quantity has the price of its own tier.
        monthly_fee: Fixed part of the month (subscription).
        monthly_limit: None where there is no budget.
        alert_ratio: Share of the budget from which everybody is warned.
        time_zone: IANA zone whose calendar months count.
    """

    model: str
    currency: str
    tiers: tuple[PriceTier, ...] = ()
    monthly_fee: Decimal = Decimal(0)
    monthly_limit: Decimal | None = None
    alert_ratio: float | None = None
    hard_stop: bool = False
    time_zone: str = "UTC"
