from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT, Money
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.state import BudgetRefusal, Reservation
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, flat_price

ONE = ONE_UNIT


def reserve(ledger, quantity=ONE):
    return ledger.reserve_nowait(quantity) or run_blocking(ledger.reserve(quantity))


def test_a_settled_attempt_costs_and_an_unsent_one_does_not(kit):
    """What reached the service, or may have, is paid; what reached nobody is given back."""
    ledger = kit.journal().ledger(KEY, flat_price())
    sent, maybe, unsent = reserve(ledger), reserve(ledger), reserve(ledger)
    assert ledger.month().reserved == Decimal("0.03")
    assert ledger.settle(sent, quantity=ONE, reached=Reach.YES) == Money(Decimal("0.01"), "EUR")
    assert ledger.settle(maybe, quantity=ONE, reached=Reach.MAYBE) == Money(Decimal("0.01"), "EUR")
    assert ledger.settle(unsent, quantity=ONE, reached=Reach.NO).amount == 0
    month = ledger.month()
    assert (month.month, month.calls, month.amount, month.reserved) == ("2026-11", 2, Decimal("0.02"), 0)
    assert month.unreconciled == 0


def test_a_hard_stop_refuses_the_call_that_would_pass_it(kit):
    """A budget of five calls lets five go; the sixth is told how long the month still lasts."""
    ledger = kit.journal().ledger(KEY, flat_price(monthly_limit=Decimal("0.05"), hard_stop=True))
    taken = [reserve(ledger) for _ in range(5)]
    assert all(isinstance(one, Reservation) for one in taken)
    refused = reserve(ledger)
    assert isinstance(refused, BudgetRefusal)
    assert (refused.limit, refused.spent) == (Decimal("0.05"), Decimal("0.05"))
    until_december_s = (datetime(2026, 12, 1, tzinfo=UTC) - kit.clock.utc_now()).total_seconds()
    assert refused.retry_after_s == pytest.approx(until_december_s)
    ledger.settle(taken[0], quantity=ONE, reached=Reach.NO)
    assert isinstance(reserve(ledger), Reservation)


def test_a_limit_without_hard_stop_refuses_nobody(kit):
    """A budget that only warns is passed, and the ledger says so."""
    ledger = kit.journal().ledger(KEY, flat_price(monthly_limit=Decimal("0.01")))
    for _ in range(3):
        ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    assert ledger.month().amount == Decimal("0.03")
    assert ledger.month().monthly_limit == Decimal("0.01")


def test_tiers_are_graduated_over_the_months_quantity(kit):
    """Each attempt costs what its own place in the month costs, and the sum is the price of the whole."""
    tiers = (PriceTier("free", Decimal(2), Decimal(0)), PriceTier("rest", None, Decimal("0.5")))
    ledger = kit.journal().ledger(KEY, PricingOptions("per_request", "USD", tiers))
    costs = [ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES).amount for _ in range(4)]
    assert costs == [0, 0, Decimal("0.5"), Decimal("0.5")]
    assert ledger.month().amount == Decimal("1.0")


def test_what_was_really_used_is_settled(kit):
    """A reservation of an expected size settles the real one, be it smaller or larger."""
    pricing = PricingOptions("per_gb", "USD", (PriceTier("all", None, Decimal(2)),))
    ledger = kit.journal().ledger(KEY, pricing)
    assert ledger.settle(reserve(ledger), quantity=ONE // 4, reached=Reach.YES).amount == Decimal("0.50")
    assert ledger.settle(reserve(ledger), quantity=ONE * 3 // 2, reached=Reach.YES).amount == Decimal(3)
    month = ledger.month()
    assert (month.quantity, month.amount, month.reserved) == (Decimal("1.75"), Decimal("3.5"), 0)


def test_a_new_month_begins_a_new_budget(kit):
    """The budget is of a calendar month in its time zone; a reservation is settled in the month it was made in."""
    pricing = flat_price(monthly_limit=Decimal("0.02"), hard_stop=True, time_zone="Europe/Berlin")
    ledger = kit.journal().ledger(KEY, pricing)
    first, _ = reserve(ledger), reserve(ledger)
    assert isinstance(reserve(ledger), BudgetRefusal)
    kit.clock.advance((datetime(2026, 11, 30, 23, tzinfo=UTC) - kit.clock.utc_now()).total_seconds())
    assert isinstance(reserve(ledger), Reservation)
    ledger.settle(first, quantity=ONE, reached=Reach.YES)
    assert ledger.month().month == "2026-12"
    assert ledger.month().calls == 0


def test_a_clock_that_is_set_back_is_in_the_month_it_says(kit):
    """A clock that was wrong, and across the end of a month, is right again: what is called now is of the month of now."""
    ledger = kit.journal().ledger(KEY, flat_price(monthly_limit=Decimal("0.03"), hard_stop=True))
    ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    ahead_s = 30 * 86400
    kit.clock.advance(ahead_s)
    assert ledger.month().month == "2026-12"
    ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    kit.clock._epoch -= timedelta(seconds=ahead_s)
    kit.clock.advance(2)
    ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    assert (ledger.month().month, ledger.month().calls) == ("2026-11", 2)
    assert isinstance(reserve(ledger), Reservation)
    assert isinstance(reserve(ledger), BudgetRefusal)


def test_another_time_zone_is_in_its_own_month_at_once(kit):
    """An hour before the end of November in UTC, Berlin's December begins."""
    ledger = kit.journal().ledger(KEY, flat_price())
    kit.clock.advance((datetime(2026, 11, 30, 23, 30, tzinfo=UTC) - kit.clock.utc_now()).total_seconds())
    ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    ledger.reconfigure(flat_price(time_zone="Europe/Berlin"))
    ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    assert (ledger.month().month, ledger.month().calls) == ("2026-12", 1)


def test_what_a_reservation_is_expected_to_cost_is_said_without_ending_it(kit):
    """At its own place on the tiers."""
    tiers = (PriceTier("free", Decimal(1), Decimal(0)), PriceTier("rest", None, Decimal("0.5")))
    ledger = kit.journal().ledger(KEY, PricingOptions("per_request", "USD", tiers))
    first, second = reserve(ledger), reserve(ledger)
    assert ledger.expected_cost(first) == Money(Decimal(0), "USD")
    assert ledger.expected_cost(second) == Money(Decimal("0.5"), "USD")
    assert ledger.settle(second, quantity=ONE, reached=Reach.NO) == Money(Decimal(0), "USD")


def test_a_reservation_settles_once(kit):
    """Settling twice is a bug, and said to be one."""
    ledger = kit.journal().ledger(KEY, flat_price())
    reservation = reserve(ledger)
    ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
    with pytest.raises(ValueError, match="settled before"):
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)


def test_months_lists_what_is_on_record(kit):
    """The report sees each integration's months, settled and reserved alike."""
    journal = kit.journal()
    a, b = StateKey("a", "production"), StateKey("b", "production")
    for key in (b, a):
        ledger = journal.ledger(key, flat_price())
        ledger.settle(reserve(ledger), quantity=ONE, reached=Reach.YES)
    assert [(m.key, m.month, m.calls) for m in journal.months("2026-11")] == [(a, "2026-11", 1), (b, "2026-11", 1)]
    assert journal.months("2026-10") == []
    assert journal.reconcile(give_back=True) == []
