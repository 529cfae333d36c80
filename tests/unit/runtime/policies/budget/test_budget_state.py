from __future__ import annotations

import doctest
from datetime import UTC, datetime
from decimal import Decimal

from msgspec.structs import replace

from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.budget import state
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.budget.state import (
    affordable_quantity,
    alert_quantity,
    alert_sentence,
    forecast,
    has_reached_mark,
    marginal_cost,
    month_bounds,
    tier_cost,
)

TIERS = (PriceTier("first", Decimal(100), Decimal("0.10")), PriceTier("rest", None, Decimal("0.05")))


def test_the_examples_are_true():
    """What the docstrings show is what the functions return."""
    assert doctest.testmod(state).failed == 0


def test_a_last_tier_with_an_end_goes_on_without_end():
    """Units beyond the last written limit cost what the last tier costs."""
    pricing = PricingOptions("per_request", "EUR", (PriceTier("only", Decimal(10), Decimal(1)),))
    assert tier_cost(pricing, Decimal(25)) == 25


def test_the_fee_is_part_of_the_budget():
    """What the month's fee takes is not there for calls."""
    pricing = PricingOptions(
        "per_request", "EUR", TIERS, monthly_fee=Decimal(5), monthly_limit=Decimal(16), hard_stop=True
    )
    assert affordable_quantity(pricing) == 120


def test_no_hard_stop_or_no_price_bounds_nothing():
    """Without a hard stop, or where units cost nothing, any quantity may be used."""
    assert affordable_quantity(PricingOptions("per_request", "EUR", TIERS, monthly_limit=Decimal(1))) is None
    free = (PriceTier("free", None, Decimal(0)),)
    assert (
        affordable_quantity(PricingOptions("per_request", "EUR", free, monthly_limit=Decimal(1), hard_stop=True))
        is None
    )


def test_a_budget_is_spent_to_its_last_unit():
    """In the tier where it ends, at a tier's very end, and on through what costs nothing."""

    def affords(limit, *tiers, **more):
        limit = None if limit is None else Decimal(limit)
        return affordable_quantity(
            PricingOptions("per_request", "EUR", tiers, monthly_limit=limit, hard_stop=True, **more)
        )

    assert affords("5", *TIERS) == 50
    assert affords("10", *TIERS) == 100
    assert affords("10.10", *TIERS) == 102
    assert affords("10", TIERS[0], PriceTier("free", None, Decimal(0))) is None
    assert affords("9", TIERS[0], PriceTier("free", None, Decimal(0))) == 90
    assert affords(None, *TIERS) is None
    assert affords("4", *TIERS, monthly_fee=Decimal(5)) == 0


def test_what_more_units_cost_depends_on_those_before_them():
    """Within a tier, across its end, from its very end."""
    pricing = PricingOptions("per_request", "EUR", TIERS)
    before_and_cost = {0: "0.20", 98: "0.20", 99: "0.15", 100: "0.10", 500: "0.10"}
    for before, cost in before_and_cost.items():
        assert marginal_cost(pricing, Decimal(before), Decimal(2)) == Decimal(cost), before


def test_a_month_has_reached_its_mark_with_its_fee():
    """From the mark on, its fee counted; without a mark never."""
    pricing = PricingOptions("per_request", "EUR", TIERS, monthly_limit=Decimal(10), alert_ratio=0.8)
    assert [has_reached_mark(pricing, Decimal(gone)) for gone in ("0", "7.99", "8", "9")] == [False, False, True, True]
    with_fee = replace(pricing, monthly_fee=Decimal(3))
    assert [has_reached_mark(with_fee, Decimal(gone)) for gone in ("4.99", "5")] == [False, True]
    assert not has_reached_mark(replace(pricing, alert_ratio=None), Decimal(100))
    assert not has_reached_mark(replace(pricing, monthly_limit=None), Decimal(100))
    assert alert_sentence(pricing) == "80 % or more of this month's budget of 10.00 EUR is used"


def test_months_follow_the_zone_and_its_summer_time():
    """March in Berlin is an hour shorter than its days say."""
    begin_s, end_s = month_bounds(datetime(2026, 3, 10, tzinfo=UTC), "Europe/Berlin")
    assert end_s - begin_s == 31 * 86400 - 3600
    begin_s, end_s = month_bounds(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "UTC")
    assert datetime.fromtimestamp(end_s, tz=UTC) == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_forecast_goes_on_at_the_rate_so_far():
    """Half the month with 60 units makes 120 in the end, priced by the tiers; its first hour says nothing."""
    pricing = PricingOptions("per_request", "EUR", TIERS, monthly_fee=Decimal(3))
    expected = forecast(pricing, Decimal(60), datetime(2026, 11, 16, tzinfo=UTC))
    assert (expected.quantity, expected.amount) == (120, Decimal("14.00"))
    assert forecast(pricing, Decimal(60), datetime(2026, 11, 1, 0, 30, tzinfo=UTC)) is None


def test_the_mark_of_a_budget_is_a_quantity():
    """The mark is where the cost reaches its share of the limit: over tiers, fees and prices of nothing."""
    one = (PriceTier("all", None, Decimal("0.01")),)
    two = (PriceTier("free", Decimal(100), Decimal(0)), PriceTier("rest", None, Decimal("0.5")))

    def mark(tiers, **more):
        return alert_quantity(PricingOptions("per_request", "EUR", tiers, **{"alert_ratio": 0.8, **more}))

    assert mark(one, monthly_limit=Decimal(5)) == 400 * ONE_UNIT
    assert mark(one, monthly_limit=Decimal(5), hard_stop=True) == 400 * ONE_UNIT
    assert mark(two, monthly_limit=Decimal(10)) == 116 * ONE_UNIT
    assert mark(one, monthly_limit=Decimal(5), monthly_fee=Decimal(3)) == 100 * ONE_UNIT
    assert mark(one, monthly_limit=Decimal(5), monthly_fee=Decimal(4)) == 0
    assert mark((), monthly_limit=Decimal(5), monthly_fee=Decimal(4)) == 0
    assert mark((), monthly_limit=Decimal(5)) is None
    assert mark(one) is None
    assert mark(one, monthly_limit=Decimal(5), alert_ratio=None) is None
