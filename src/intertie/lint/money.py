"""What calls cost, as far as a month's budget is judged by it."""

from __future__ import annotations

from decimal import Decimal

from intertie.runtime.plan import Plan


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


def _prices(plan: Plan) -> list[Decimal]:
    return [operation.cost_per_call.amount for operation in plan.operations.values() if operation.cost_per_call]
