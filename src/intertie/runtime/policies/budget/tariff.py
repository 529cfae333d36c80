"""What quantities cost under one price, made ready for many calls."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from intertie.core.money import EXACT, ONE_UNIT, Money, Trillionths, trillionths, units
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import marginal_cost

_WITHOUT_END: Trillionths = 10**60
_WHOLE = Decimal(1)
_MOST_KNOWN = 256


class _Tier:
    """One price, from a month's quantity of `begin` to one of `end`."""

    __slots__ = ("begin", "cost", "end", "known", "per_trillionth")

    def __init__(self, begin: Trillionths, end: Trillionths, cost: Decimal) -> None:
        self.begin = begin
        self.end = end
        self.cost = cost
        self.per_trillionth = EXACT.scaleb(cost, -12)
        self.known: dict[Trillionths, Money] = {}

    def amount(self, quantity: Trillionths) -> Decimal:
        """Return what `quantity` costs, exactly, and without an exponent."""
        if quantity % ONE_UNIT == 0:
            return EXACT.multiply(Decimal(quantity // ONE_UNIT), self.cost)
        amount = EXACT.normalize(EXACT.multiply(Decimal(quantity), self.per_trillionth))
        return EXACT.quantize(amount, _WHOLE) if amount == amount.to_integral_value() else amount


class Tariff:
    """A price, made once for a plan. Nearly all calls use as much as one before them: what that costs is known.

    Tiers whose limits are no whole trillionths of a unit are left to decimals.
    """

    __slots__ = ("_at", "_tiers", "currency", "nothing", "pricing")

    def __init__(self, pricing: PricingOptions) -> None:
        self.pricing = pricing
        self.currency = pricing.currency
        self.nothing = Money(Decimal(0), pricing.currency)
        self._tiers = _tiers(pricing)
        self._at = self._tiers[0] if self._tiers else _Tier(_WITHOUT_END, 0, Decimal(0))  # one that nothing lies in

    def cost(self, before: Trillionths, quantity: Trillionths) -> Money:
        """Return what `quantity` more costs when `before` has been used this month."""
        at = self._at
        if before < at.begin or before + quantity > at.end:
            found = next((tier for tier in self._tiers if tier.begin <= before and before + quantity <= tier.end), None)
            if found is None:
                return Money(marginal_cost(self.pricing, units(before), units(quantity)), self.currency)
            at = self._at = found
        known = at.known.get(quantity)
        if known is None:
            if len(at.known) >= _MOST_KNOWN:
                at.known.clear()
            known = at.known[quantity] = Money(at.amount(quantity), self.currency)
        return known


def _tiers(pricing: PricingOptions) -> tuple[_Tier, ...]:
    """Return the tiers that have a price, none where decimals have to do. The last one goes on without end."""
    made: list[_Tier] = []
    begin = 0
    for tier in (*pricing.tiers[:-1], *(replace(last, limit=None) for last in pricing.tiers[-1:])):
        end = _WITHOUT_END if tier.limit is None else trillionths(tier.limit)
        if tier.limit is not None and units(end) != tier.limit:
            return ()
        if end > begin:
            made.append(_Tier(begin, end, tier.cost))
            begin = end
    return tuple(made)
