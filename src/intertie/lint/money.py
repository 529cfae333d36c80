"""What calls cost, as far as a month's budget is judged by it."""

from __future__ import annotations

from decimal import Decimal

from intertie.runtime.plan import Plan
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions


def dearest_call(plan: Plan) -> Decimal:
    """Return the price of one attempt of the dearest operation, 0 where nothing is paid per call."""
    return max(_prices(plan), default=Decimal(0))


def cheapest_call(plan: Plan) -> Decimal:
    """Return the price of one attempt of the cheapest operation, 0 where nothing is paid per call."""
    return min(_prices(plan), default=Decimal(0))


def units_of(plan: Plan) -> Decimal:
    """Return the units of the price (requests, gigabytes, minutes) that the dearest call uses."""
    first = plan.pricing.tiers[0].cost if plan.pricing and plan.pricing.tiers else Decimal(0)
    return dearest_call(plan) / first if first > 0 else Decimal(1)


def pays_nothing(plan: Plan) -> bool:
    """Return whether the month's budget is below what has to be paid before the first call is over."""
    pricing = plan.pricing
    if pricing is None or pricing.monthly_limit is None:
        return False
    return pricing.monthly_limit < pricing.monthly_fee + cheapest_call(plan)


def unpaid_tier(pricing: PricingOptions) -> PriceTier | None:
    """Return the step after a free one of which the budget does not pay a single call; None where it does."""
    if (
        pricing.monthly_limit is None
        or pricing.model != "per_request"
        or not pricing.tiers
        or pricing.tiers[0].cost > 0
    ):
        return None
    paid = next((tier for tier in pricing.tiers if tier.cost > 0), None)
    left = pricing.monthly_limit - pricing.monthly_fee
    return paid if paid is not None and 0 <= left < paid.cost else None


def _prices(plan: Plan) -> list[Decimal]:
    return [operation.cost_per_call.amount for operation in plan.operations.values() if operation.cost_per_call]
