"""What a month costs and how much of a budget is left, as pure arithmetic on exact decimals.

A price depends on nothing but the month's cumulative quantity, so a budget is a quantity too: the largest one whose
cost is still within the limit. Shares of a budget are then shares of that quantity, and no order of settling can pass
it. Here quantities are decimals, in units; `tariff` prices those of calls, which are whole trillionths of a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_DOWN, Decimal, localcontext

import msgspec
from msgspec.structs import replace

from intertie.core.money import EXACT, Money, Trillionths, trillionths
from intertie.runtime.policies.budget.options import PricingOptions

_STEP = Decimal("1e-12")
_ZERO = Decimal(0)


def tier_cost(pricing: PricingOptions, total: Decimal) -> Decimal:
    """Return what the first `total` units of a month cost: each part at the price of its own tier.

    >>> from intertie.runtime.policies.budget.options import PriceTier
    >>> tiers = (PriceTier("first", Decimal(1000), Decimal("0.01")), PriceTier("rest", None, Decimal("0.005")))
    >>> tier_cost(PricingOptions("per_request", "EUR", tiers), Decimal(1500))
    Decimal('12.500')
    """
    with localcontext(EXACT):
        cost, begin = _ZERO, _ZERO
        for tier in pricing.tiers:
            end = total if tier.limit is None else min(total, tier.limit)
            if end > begin:
                cost += (end - begin) * tier.cost
                begin = end
            if begin >= total:
                return cost
        if pricing.tiers and total > begin:
            # The last tier is written with an end: what lies beyond has no other price than its.
            cost += (total - begin) * pricing.tiers[-1].cost
        return cost


def marginal_cost(pricing: PricingOptions, before: Decimal, quantity: Decimal) -> Decimal:
    """Return what `quantity` more units cost when `before` units have been used this month.

    >>> from intertie.runtime.policies.budget.options import PriceTier
    >>> tiers = (PriceTier("free", Decimal(10), Decimal(0)), PriceTier("rest", None, Decimal("0.5")))
    >>> marginal_cost(PricingOptions("per_request", "EUR", tiers), Decimal(9), Decimal(2))
    Decimal('0.5')
    """
    with localcontext(EXACT):
        return tier_cost(pricing, before + quantity) - tier_cost(pricing, before)


def affordable_quantity(pricing: PricingOptions) -> Decimal | None:
    """Return the largest quantity of a month that a hard stop allows, None where nothing bounds it.

    The monthly fee is part of the budget. Units that cost nothing pass no limit.

    >>> from intertie.runtime.policies.budget.options import PriceTier
    >>> tiers = (PriceTier("all", None, Decimal("0.01")),)
    >>> affordable_quantity(PricingOptions("per_request", "EUR", tiers, monthly_limit=Decimal(5), hard_stop=True))
    Decimal('500')
    """
    if not pricing.hard_stop or pricing.monthly_limit is None or not pricing.tiers:
        return None
    with localcontext(EXACT):
        left = max(_ZERO, pricing.monthly_limit - pricing.monthly_fee)
        begin = _ZERO
        # The last tier goes on without end even where it is written with one, as in `tier_cost`.
        for tier in (*pricing.tiers[:-1], replace(pricing.tiers[-1], limit=None)):
            if tier.limit is None:
                if tier.cost <= 0:
                    return None
                return begin + _whole_steps(left / tier.cost)
            span_cost = (tier.limit - begin) * tier.cost
            if span_cost > left:
                return begin + _whole_steps(left / tier.cost)
            left -= span_cost
            begin = tier.limit
    return None


def strictest_budget(plans: Sequence[PricingOptions]) -> tuple[PricingOptions, Trillionths | None]:
    """Return the plan that allows the smallest quantity of a month, and that quantity; None where nothing bounds it.

    Plans are compared by quantity, since prices and currencies may differ. Without a hard stop the lowest limit counts.
    """
    allowed = [(affordable_quantity(pricing), pricing) for pricing in plans]
    bounded = [(quantity, pricing) for quantity, pricing in allowed if quantity is not None]
    if bounded:
        quantity, pricing = min(bounded, key=lambda known: known[0])
        return pricing, trillionths(quantity)
    limited = [pricing for pricing in reversed(plans) if pricing.monthly_limit is not None]
    return min(limited, key=lambda pricing: pricing.monthly_limit or _ZERO, default=plans[-1]), None


def alert_quantity(pricing: PricingOptions) -> Trillionths | None:
    """Return the quantity of a month whose cost reaches the budget's mark, None where there is no mark to reach.

    >>> from intertie.runtime.policies.budget.options import PriceTier
    >>> tiers = (PriceTier("all", None, Decimal("0.01")),)
    >>> alert_quantity(PricingOptions("per_request", "EUR", tiers, monthly_limit=Decimal(5), alert_ratio=0.8))
    400000000000000
    """
    if pricing.alert_ratio is None or pricing.monthly_limit is None:
        return None
    mark = EXACT.multiply(pricing.monthly_limit, Decimal(str(pricing.alert_ratio)))
    if pricing.monthly_fee >= mark:
        return 0
    quantity = affordable_quantity(replace(pricing, monthly_limit=mark, hard_stop=True))
    return None if quantity is None else trillionths(quantity)


def has_reached_mark(pricing: PricingOptions, gone: Decimal) -> bool:
    """Return whether an amount, the monthly fee left out, has brought the month to the budget's mark."""
    if pricing.alert_ratio is None or pricing.monthly_limit is None:
        return False
    mark = EXACT.multiply(pricing.monthly_limit, Decimal(str(pricing.alert_ratio)))
    return EXACT.add(gone, pricing.monthly_fee) >= mark


def alert_sentence(pricing: PricingOptions) -> str:
    """Return what is said once the mark is reached."""
    limit = Money(pricing.monthly_limit or _ZERO, pricing.currency)
    return f"{(pricing.alert_ratio or 0.0) * 100:g} % or more of this month's budget of {limit} is used"


def _whole_steps(quantity: Decimal) -> Decimal:
    # Down to a trillionth of a unit, so that its cost never rounds above the limit; a whole number reads as one.
    stepped = quantity.quantize(_STEP, rounding=ROUND_DOWN)
    whole = stepped.to_integral_value(rounding=ROUND_DOWN)
    return whole if stepped == whole else stepped


def month_name(now: datetime, time_zone: str) -> str:
    """Return the calendar month of an instant as `YYYY-MM`.

    >>> from datetime import UTC
    >>> month_name(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/Berlin")
    '2026-11'
    """
    return f"{now.astimezone(_zone(time_zone)):%Y-%m}"


def month_bounds(now: datetime, time_zone: str) -> tuple[float, float]:
    """Return when the month of `now` began and when the next one begins, as seconds since 1970.

    >>> from datetime import UTC
    >>> begin_s, end_s = month_bounds(datetime(2026, 2, 10, tzinfo=UTC), "UTC")
    >>> (end_s - begin_s) / 86400
    28.0
    """
    zone = _zone(time_zone)
    local = now.astimezone(zone)
    begin = datetime(local.year, local.month, 1, tzinfo=zone)
    following = (begin.replace(day=15) + timedelta(days=25)).replace(day=1)
    end = datetime(following.year, following.month, 1, tzinfo=zone)
    return begin.timestamp(), end.timestamp()


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # most specs bill in UTC

    return ZoneInfo(name)


class Forecast(msgspec.Struct, frozen=True):
    """Where the month ends if it goes on as it went: `quantity` units for `amount`."""

    quantity: Decimal
    amount: Decimal


def forecast(pricing: PricingOptions, quantity: Decimal, now: datetime) -> Forecast | None:
    """Return the month's end at the rate so far, None in its first hour, when a rate says nothing yet.

    The amount is the tiers' price of the forecast quantity plus the monthly fee.
    """
    begin_s, end_s = month_bounds(now, pricing.time_zone)
    elapsed_s = now.timestamp() - begin_s
    if elapsed_s < 3600:
        return None
    with localcontext(EXACT):
        expected = (quantity * Decimal(end_s - begin_s) / Decimal(elapsed_s)).quantize(Decimal("0.000001"))
        expected = max(expected, quantity)
        return Forecast(expected, tier_cost(pricing, expected) + pricing.monthly_fee)
