"""Prices of whole trillionths, against the same in decimals."""

from __future__ import annotations

import doctest
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from intertie.core import money
from intertie.core.money import EXACT, ONE_UNIT, Money, trillionths, units
from intertie.runtime.policies.budget import quantities
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.budget.state import marginal_cost, tier_cost
from intertie.runtime.policies.budget.tariff import Tariff

amounts = st.decimals(min_value=0, max_value=10**9, places=6) | st.decimals(min_value=0, max_value=1, places=14)
limits = st.decimals(min_value=0, max_value=10**6, places=3) | st.integers(0, 50).map(Decimal)
finer = st.decimals(min_value=0, max_value=1, places=14)
whole = st.integers(0, 200).map(lambda count: count * ONE_UNIT)
sizes = st.integers(0, 10**11).map(quantities.gigabytes)
times = st.floats(0, 7200).map(quantities.minutes)


@st.composite
def prices(draw, limits=limits):
    ends = sorted(draw(st.sets(limits, max_size=4)))
    tiers = [PriceTier(str(end), end, draw(amounts)) for end in ends]
    if not tiers or draw(st.booleans()):
        tiers.append(PriceTier("rest", None, draw(amounts)))
    return PricingOptions("per_gb", "EUR", tuple(tiers))


def test_the_examples_are_true():
    """What the docstrings show is what the functions return."""
    assert doctest.testmod(money).failed == 0
    assert doctest.testmod(quantities).failed == 0


@settings(deadline=None, max_examples=200)
@given(prices() | prices(finer), st.lists(st.lists(whole | sizes | times, max_size=8), min_size=1, max_size=3))
@example(PricingOptions("per_gb", "EUR", (PriceTier("x", None, Decimal("1E-9")),)), [[1, ONE_UNIT * 10**9]])
def test_integers_and_decimals_agree(pricing, months):
    """Each part of a month costs what its decimals say, and the parts add up to the price of the whole."""
    tariff = Tariff(pricing)
    for parts in months:
        before, added = 0, Decimal(0)
        for part in parts:
            cost = tariff.cost(before, part)
            assert cost == Money(marginal_cost(pricing, units(before), units(part)), "EUR")
            assert tariff.cost(before, part) == cost
            assert "E+" not in str(cost.amount)
            added = EXACT.add(added, cost.amount)
            before += part
        assert added == tier_cost(pricing, units(before))


@given(st.integers(0, 10**30))
def test_units_and_trillionths_are_the_same(quantity):
    """There and back, and never with an exponent where a number is whole."""
    assert trillionths(units(quantity)) == quantity
    assert "E+" not in str(units(quantity))


@given(st.decimals(min_value=0, max_value=10**6, places=15))
def test_a_quantity_is_never_counted_as_less(quantity):
    """What is finer than a trillionth counts as one."""
    counted = units(trillionths(quantity))
    assert quantity <= counted < quantity + Decimal("1E-12")


def test_a_price_without_tiers_costs_nothing():
    """Calls are counted, and none has a price."""
    tariff = Tariff(PricingOptions("per_request", "EUR"))
    assert tariff.cost(0, ONE_UNIT) == tariff.cost(5, 5 * ONE_UNIT) == tariff.nothing == Money(Decimal(0), "EUR")


def test_amounts_read_as_they_are_written():
    """A whole number of units costs as many digits as its price has, a part of one no more than it needs."""
    tariff = Tariff(PricingOptions("per_gb", "EUR", (PriceTier("all", None, Decimal("0.10")),)))
    assert str(tariff.cost(0, 3 * ONE_UNIT).amount) == "0.30"
    assert str(tariff.cost(0, ONE_UNIT // 2).amount) == "0.05"
    dear = Tariff(PricingOptions("per_gb", "EUR", (PriceTier("all", None, Decimal(400)),)))
    assert str(dear.cost(0, ONE_UNIT // 2).amount) == "200"


def test_what_is_known_of_a_tier_does_not_grow_without_end():
    """A thousand different quantities leave no more than a few hundred behind, and what is known goes on being right."""
    tariff = Tariff(PricingOptions("per_minute", "EUR", (PriceTier("all", None, Decimal(1)),)))
    for quantity in range(1000):
        assert tariff.cost(0, quantity).amount == units(quantity)
    assert len(tariff._at.known) <= 256
    assert tariff.cost(0, 999) is tariff.cost(7, 999), "known from the first time on"
