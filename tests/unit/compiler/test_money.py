from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.cli.plan_text import plan_text
from intertie.compiler import plan_json
from intertie.compiler.arithmetic import (
    MONTH_S,
    affordable,
    budget_end,
    calls_per_month,
    graduated,
    longest_backoff_s,
    worst_case,
)
from intertie.core.money import Money
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.retry.options import RetryOptions
from support.spec_builder import compiled, endpoint, findings_of, plan_of, spec

TIERS = [{"name": "first", "limit": 10000.0, "cost": "0.002", "unit": "request"}, {"name": "beyond", "cost": "0.001"}]
TIMES = TimeoutOptions(1.0, 4.0, 2.0, 10.0)


def test_tiers_and_budget_land_in_the_plan():
    """Graduated tiers, budget and currency come through exactly."""
    budget = {"monthly_limit": 150, "alert_at": 0.8, "hard_stop": True}
    pricing = plan_of(
        costs={"pricing_model": "per_request", "currency": "EUR", "tiers": TIERS, "budget": budget}
    ).pricing
    assert pricing.tiers == (
        PriceTier("first", Decimal(10000), Decimal("0.002")),
        PriceTier("beyond", None, Decimal("0.001")),
    )
    assert (pricing.currency, pricing.monthly_limit, pricing.alert_ratio, pricing.hard_stop) == ("EUR", 150, 0.8, True)


def test_the_currency_is_found_in_this_order():
    """`costs.currency`, else a symbol or code on an amount, else USD by default."""
    assert plan_of(costs={"tiers": [{"cost": "0.5 GBP"}]}).pricing.currency == "GBP"
    plan = plan_of(costs={"tiers": [{"cost": "0.5"}]})
    assert plan.pricing.currency == "USD"
    settle = next(stage for stage in plan.operations["get_thing"].stages if stage.stage == "settle")
    assert settle.sources["currency"] == "default"


def test_amounts_in_two_currencies_are_an_error():
    """Dollars and euros can't be added."""
    assert findings_of(costs={"currency": "EUR", "tiers": [{"cost": "$0.5"}]}) == ["mixed-currencies"]
    assert findings_of(costs={"tiers": [{"cost": "$0.5"}], "budget": {"monthly_limit": "5 EUR"}}) == [
        "mixed-currencies"
    ]


@pytest.mark.parametrize(
    ("tiers", "names"),
    [
        ([{"cost": 1, "unit": "gb"}], ["wrong-tier-unit"]),
        ([{"cost": 1}, {"cost": 2}], ["unordered-tiers"]),
        ([{"cost": 1, "limit": 10.0}, {"cost": 2, "limit": 5.0}, {"cost": 3}], ["unordered-tiers"]),
        ([{"cost": 1, "limit": 10.0}], ["limited-last-tier"]),
    ],
)
def test_tiers_that_do_not_fit_are_findings(tiers, names):
    """Units must be the model's, limits must grow, the last tier is open."""
    assert findings_of(costs={"pricing_model": "per_request", "tiers": tiers}) == names


def test_a_subscription_has_a_monthly_fee():
    """The fee is `monthly_fee`, or the tier paid by the month."""
    fee = plan_of(costs={"pricing_model": "subscription", "monthly_fee": "49 USD"})
    assert fee.pricing.monthly_fee == 49
    assert fee.worst_month == Money(Decimal(49), "USD")
    tiered = plan_of(costs={"pricing_model": "subscription", "tiers": [{"cost": 49, "unit": "month"}]})
    assert (tiered.pricing.monthly_fee, tiered.pricing.tiers) == (49, ())
    assert tiered.operations["get_thing"].cost_per_call is None


def test_the_unit_tells_the_model():
    """Without `pricing_model`, a tier's unit is what is paid for."""
    assert plan_of(costs={"tiers": [{"cost": 1, "unit": "minute"}]}).pricing.model == "per_minute"


def test_a_time_zone_must_exist():
    """A zone that is not in the database is an error; one that is comes through."""
    assert findings_of(costs={"tiers": [{"cost": 1}], "time_zone": "Mars/Base"}) == ["unknown-time-zone"]
    assert findings_of(costs={"tiers": [{"cost": 1}], "time_zone": "../etc/passwd"}) == ["unknown-time-zone"]
    zone = plan_of(costs={"tiers": [{"cost": 1}], "time_zone": "Europe/Berlin"}).pricing.time_zone
    assert zone == "Europe/Berlin"


def test_a_budget_without_price_says_so():
    """A budget that nothing is spent of is not kept quiet."""
    plan = plan_of(costs={"budget": {"monthly_limit": 10}})
    assert any(item.what == "budget" for item in plan.not_enforced)


def test_cost_of_a_call_and_of_a_month():
    """An attempt costs the first tier's price, a month what the limit lets through."""
    plan = plan_of(costs={"currency": "EUR", "tiers": TIERS}, rate_limits={"requests_per_minute": 1000})
    assert plan.operations["get_thing"].cost_per_call == Money(Decimal("0.002"), "EUR")
    assert plan.worst_month == Money(Decimal(20) + (Decimal(43_200_000) - 10000) * Decimal("0.001"), "EUR")


def test_minutes_cost_by_the_target():
    """Paid by the minute, an attempt is expected to take its p99, or its timeouts where none is declared."""
    costs = {"pricing_model": "per_minute", "tiers": [{"cost": "0.6"}]}
    aimed = plan_of(costs=costs, endpoints=(endpoint("Get", performance={"p99": 3.0}),))
    assert aimed.operations["get"].cost_per_call.amount == Decimal("0.03")
    bare = plan_of(costs=costs, timeouts={"write": 2.0, "read": 4.0})
    assert bare.operations["get_thing"].cost_per_call.amount == Decimal("0.06")


def test_worst_case_is_bounded_by_total():
    """All tries, backoffs and waits together never pass `total`, and the sum without it is told too."""
    retry = RetryOptions(max_attempts=4, initial_delay_s=0.2, max_delay_s=2.0)
    worst = worst_case(TIMES, retry, None)
    assert worst.bound_s == 10.0
    assert worst.tries_s == pytest.approx(4 * 7 + 0.2 + 0.4 + 0.8)
    assert worst_case(TIMES, RetryOptions(max_attempts=1), None).tries_s == 7.0


def test_turns_and_pauses_count_in_the_worst_case():
    """A caller may wait for its turn as long as `max_wait`, or until `total` where there is none."""
    once = RetryOptions(max_attempts=1)
    waiting = LimiterOptions((Window(1.0, 1),))
    assert worst_case(TIMES, once, None).bound_s == 10.0  # somebody else's 429 pauses us too
    assert worst_case(TIMES, once, waiting).bound_s == 10.0
    assert worst_case(TIMES, once, LimiterOptions((Window(1.0, 1),), max_wait_s=0.5)).bound_s == 7.5
    assert worst_case(TIMES, once, LimiterOptions((Window(1.0, 1),), on_limit="reject")).bound_s == 7.0


def test_the_longest_backoff_is_the_whole_delay():
    """Full jitter draws at most the delay itself."""
    assert longest_backoff_s(2, RetryOptions(initial_delay_s=0.2, jitter=True)) == 0.4


def test_calls_per_month_take_the_tightest_window():
    """The slowest window decides over thirty days."""
    assert calls_per_month((Window(1.0, 100), Window(86400.0, 1000))) == 30_000
    assert calls_per_month(()) is None


tier_lists = st.lists(st.tuples(st.integers(1, 1000), st.decimals("0", "5", places=3)), min_size=1, max_size=5).map(
    lambda steps: tuple(
        PriceTier(str(i), Decimal(sum(width for width, _ in steps[: i + 1])) if i < len(steps) - 1 else None, cost)
        for i, (_, cost) in enumerate(steps)
    )
)


@given(tiers=tier_lists, quantity=st.integers(0, 6000))
@settings(deadline=None)
def test_graduated_is_the_sum_of_single_units(tiers, quantity):
    """The price of n units is the sum of the price of each unit in its own tier."""

    def price(unit):
        return next(tier.cost for tier in tiers if tier.limit is None or unit < tier.limit)

    assert graduated(tiers, Decimal(quantity)) == sum((price(unit) for unit in range(quantity)), Decimal(0))


@given(tiers=tier_lists, amount=st.decimals("0.001", "3000", places=3))
@settings(deadline=None)
def test_affordable_is_the_inverse_of_graduated(tiers, amount):
    """What an amount pays for costs that amount, and never more."""
    units = affordable(tiers, amount)
    if units is None:
        assert tiers[-1].cost == 0
        return
    assert abs(graduated(tiers, units) - amount) < Decimal("1e-12")


def test_the_day_the_budget_runs_dry():
    """At the full rate the budget lasts affordable calls divided by the rate; a longer one lasts the month."""
    pricing = PricingOptions(
        "per_request", "EUR", (PriceTier("all", None, Decimal("0.01")),), monthly_limit=Decimal(864)
    )
    end = budget_end(pricing, Decimal(1), (Window(1.0, 1),))
    assert (end.after_s, end.day) == (86400.0, 2)
    assert budget_end(pricing, Decimal(1), (Window(MONTH_S, 100),)) is None
    assert budget_end(pricing, Decimal(1), ()) is None


def test_a_fee_above_the_budget_ends_it_at_once():
    """A subscription dearer than the budget leaves nothing from the first day on."""
    pricing = PricingOptions("subscription", "EUR", monthly_fee=Decimal(50), monthly_limit=Decimal(40))
    assert budget_end(pricing, Decimal(1), (Window(1.0, 1),)).day == 1


def test_quantities_are_said_as_they_are_written():
    """A tier ends at 5, not at 5.0."""
    tiers = [{"name": "a", "cost": "1", "limit": 10.0}, {"name": "b", "cost": "2", "limit": 5.0}]
    messages = [
        found.message for found in compiled(spec(costs={"pricing_model": "per_request", "tiers": tiers})).diagnostics
    ]
    assert messages[0] == "tier `b` ends at 5, where 10 is passed"
    assert messages[1].startswith("no tier has a price for calls beyond 10; ")


def test_minutes_are_paid_within_the_deadline():
    """What is set aside for an attempt, and said of a call, never goes beyond `total`: no try outlasts it."""
    costs = {"pricing_model": "per_minute", "currency": "USD", "tiers": [{"cost": "0.6", "unit": "minute"}]}
    timeouts = {"read": 30.0, "write": 10.0, "total": 20.0}
    plan = plan_of(costs=costs, timeouts=timeouts, retry={"max_attempts": 5}, rate_limits={"requests_per_hour": 60})
    assert round(plan.operations["get_thing"].cost_per_call.amount, 6) == Decimal("0.2")
    assert "an attempt costs 0.20 USD, a call 0.20 USD at most" in plan_text(plan)
    (operation,) = plan_json(plan)["operations"]
    assert operation["cost_per_call"] == {"amount": "0.20", "currency": "USD"}
