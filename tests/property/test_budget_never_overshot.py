"""No interleaving passes a budget with a hard stop."""

from __future__ import annotations

import asyncio
import random
import threading
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import Reach
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.budget.state import affordable_quantity, marginal_cost, tier_cost
from intertie.runtime.state import BudgetRefusal, Reservation
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import run_virtual
from support.store_kit import BACKENDS, KEY, StoreKit, flat_price

ONE = Decimal(1)
money = st.decimals(min_value=0, max_value=5, places=3)


@st.composite
def pricings(draw, **options):
    limits = sorted(draw(st.sets(st.integers(1, 500), max_size=3)))
    tiers = [PriceTier(str(limit), Decimal(limit), draw(money)) for limit in limits]
    tiers.append(PriceTier("rest", None, draw(money)))
    fee, limit = draw(money), draw(st.decimals(min_value=0, max_value=200, places=2))
    return PricingOptions("per_request", "EUR", tuple(tiers), monthly_fee=fee, monthly_limit=limit, hard_stop=True)


@settings(deadline=None, max_examples=150)
@given(pricings(), st.integers(0, 700))
def test_the_affordable_quantity_is_the_largest_within_the_limit(pricing, beyond):
    """Up to it the budget holds, and a unit more would pass it."""
    quantity = affordable_quantity(pricing)
    budget = max(Decimal(0), pricing.monthly_limit - pricing.monthly_fee)
    if quantity is None:
        assert tier_cost(pricing, Decimal(10_000 + beyond)) <= budget or pricing.tiers[-1].cost == 0
        return
    assert tier_cost(pricing, quantity) <= budget
    assert tier_cost(pricing, quantity + Decimal("0.001")) > budget - Decimal("1e-8")


@settings(deadline=None, max_examples=100)
@given(pricings(), st.lists(st.integers(0, 200), max_size=12))
def test_marginal_costs_add_up_to_the_cost_of_the_whole(pricing, parts):
    """However a month's quantity is cut, the parts cost what the whole costs."""
    before, added = Decimal(0), Decimal(0)
    for part in parts:
        added += marginal_cost(pricing, before, Decimal(part))
        before += part
    assert added == tier_cost(pricing, before)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_hundred_concurrent_calls_never_pass_the_budget(backend, tmp_path):
    """Of a hundred calls at once on a budget for sixty, in ten random orders of ending, never more than sixty are paid or open."""
    for seed in range(10):
        rng = random.Random(seed)
        kit = StoreKit(backend, tmp_path / str(seed))
        ledger = kit.journal().ledger(KEY, flat_price(monthly_limit=Decimal("0.60"), hard_stop=True))
        paid, open_now, most = 0, 0, 0

        async def one(rng=rng, kit=kit, ledger=ledger):
            nonlocal paid, open_now, most
            await kit.clock.sleep_until(kit.clock.monotonic_s() + rng.random())
            reservation = ledger.reserve_nowait(ONE) or await ledger.reserve(ONE)
            if isinstance(reservation, BudgetRefusal):
                return 0
            open_now += 1
            most = max(most, paid + open_now)
            await kit.clock.sleep_until(kit.clock.monotonic_s() + rng.random())
            reached = rng.choice([Reach.NO, Reach.MAYBE, Reach.YES])
            ledger.settle(reservation, quantity=ONE, reached=reached)
            open_now -= 1
            paid += reached is not Reach.NO
            return 1

        async def crowd(one=one):
            return await asyncio.gather(*(one() for _ in range(100)))

        run_virtual(crowd(), kit.clock)
        month = ledger.month()
        assert most <= 60
        assert month.calls == paid
        assert month.amount + month.reserved <= Decimal("0.60")
        kit.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_share_a_budget_exactly(backend, tmp_path):
    """Eight threads that take all they can get, get exactly what the budget holds."""
    kit = StoreKit(backend, tmp_path)
    ledger = kit.journal().ledger(KEY, flat_price(monthly_limit=Decimal("2.50"), hard_stop=True))
    got = []

    def take_all():
        while True:
            reservation = ledger.reserve_nowait(ONE) or run_blocking(ledger.reserve(ONE))
            if not isinstance(reservation, Reservation):
                return
            got.append(reservation.id)
            ledger.settle(reservation, quantity=ONE, reached=Reach.YES)

    threads = [threading.Thread(target=take_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 250
    assert ledger.month().amount == Decimal("2.50")
    kit.close()
