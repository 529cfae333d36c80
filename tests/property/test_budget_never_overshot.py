"""No interleaving passes a budget with a hard stop."""

from __future__ import annotations

import asyncio
import os
import random
import threading
from asyncio import CancelledError
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.budget.state import affordable_quantity, marginal_cost, tier_cost
from intertie.runtime.state import BudgetRefusal, Reservation
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import run_virtual
from support.background_by_hand import by_hand
from support.store_kit import BACKENDS, KEY, StoreKit, flat_price

ONE = ONE_UNIT
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
            got.append(reservation)
            ledger.settle(reservation, quantity=ONE, reached=Reach.YES)

    threads = [threading.Thread(target=take_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(map(id, got))) == 250
    assert ledger.month().amount == Decimal("2.50")
    kit.close()


class Process:
    """A ledger as a process of its own has it; the test says when its background works."""

    def __init__(self, kit, pricing):
        self.journal = kit.journal()
        self.ledger = self.journal.ledger(KEY, pricing)
        self.core = self.ledger.core
        self.background = by_hand(self.journal, KEY)
        self.open: list[Reservation] = []

    def kill(self):
        """End as a killed process does: its row stays, and nobody holds its lock."""
        self.journal._background.stop()
        self.journal._closed = True
        self.journal._database.close()
        if self.core._owner._file >= 0:  # else it never held anything
            os.close(self.core._owner._file)
            self.core._owner._file = -1


class World:
    """Processes on one file, and what the service saw."""

    def __init__(self, kit, rng, *, calls, processes):
        self.kit = kit
        self.rng = rng
        self.calls = calls
        self.pricing = flat_price(monthly_limit=Decimal("0.01") * calls, hard_stop=True)
        self.living = [Process(kit, self.pricing) for _ in range(processes)]
        self.paid = 0
        self.sent_by_the_dead = 0
        self.refused = 0
        kit.clock.sleep_until = self.sleep_until

    async def sleep_until(self, instant_s):
        """While one waits, the others go on with their work, and answer who recalls their shares."""
        self.kit.clock.now_s = max(self.kit.clock.now_s, instant_s)
        for process in self.living:
            process.background.run()

    def unreconciled(self):
        rows = self.living[0].core._database.read("SELECT owner, calls FROM share")
        living = {process.core._owner.id for process in self.living}
        return sum(calls for owner, calls in rows if owner not in living)

    def gone(self):
        """What is spent, under way, or was in the hands of those who were killed: all that they may have sent."""
        return self.paid + sum(len(process.open) for process in self.living) + self.unreconciled()

    def reserve(self, process):
        answer = process.ledger.reserve_nowait(ONE) or run_blocking(process.ledger.reserve(ONE))
        if isinstance(answer, Reservation):
            process.open.append(answer)
        else:
            self.refused += 1
            assert self.gone() == self.calls, "refused although there was something left for it"
            assert (answer.limit, answer.spent) == (self.pricing.monthly_limit, self.pricing.monthly_limit)

    def cancel(self, process):
        """Ask, and be gone by the time that the store answers."""
        asked = process.ledger.reserve(ONE)
        combiner = process.core._store
        answer_of = combiner._answer_of
        combiner._answer_of = cancelled
        try:
            answer = run_blocking(asked)
        except CancelledError:
            return
        finally:
            combiner._answer_of = answer_of
        if isinstance(answer, Reservation):
            process.open.append(answer)

    def settle(self, process):
        if process.open:
            reservation = process.open.pop(self.rng.randrange(len(process.open)))
            reached = self.rng.choice([Reach.NO, Reach.MAYBE, Reach.YES])
            process.ledger.settle(reservation, quantity=ONE, reached=reached)
            self.paid += reached is not Reach.NO

    def work(self, process):
        process.background.run(*self.rng.sample(["refill", "recall", "settle"], self.rng.randint(1, 3)))

    def flush(self, process):
        process.journal.flush()

    def kill(self, process):
        process.kill()
        # What it had settled and not told yet is still under its share in the file, as what it had under way is.
        untold = sum(books.settled_calls for books in process.core._books.values())
        self.paid -= untold
        self.sent_by_the_dead += untold + len(process.open)
        self.living.remove(process)
        self.living.append(Process(self.kit, self.pricing))

    def step(self):
        self.kit.clock.advance(self.rng.choice([0.0, 0.001, 0.01, 0.3]))
        acts = [self.reserve, self.settle, self.work, self.cancel, self.flush, self.kill]
        weights = [50, 40, 20, 3, 3, 1 if self.rng.random() < 0.3 else 0]
        self.rng.choices(acts, weights)[0](self.rng.choice(self.living))
        for process in self.living:
            if "settle" in process.background.at_once:
                process.background.run("settle")
        assert self.gone() <= self.calls


def cancelled(_request, _patience_s):
    raise CancelledError


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_processes_that_refill_ahead_and_die_never_pass_the_budget(tmp_path, processes, seed):
    """Nothing is sent beyond the budget, whoever is killed or cancelled when, and nobody is refused while anything is left."""
    kit = StoreKit("sqlite", tmp_path)
    world = World(kit, random.Random(f"{processes} {seed}"), calls=400, processes=processes)
    steps = 0
    while (steps < 600 or not world.refused) and steps < 6000:
        world.step()
        steps += 1
    assert world.refused, "the budget was spent to its end"
    for process in world.living:
        while process.open:
            world.settle(process)
        process.journal.flush()
    month = world.living[0].ledger.month()
    assert (month.calls, month.quantity, month.reserved) == (world.paid, world.paid, 0)
    assert month.unreconciled == Decimal("0.01") * world.unreconciled()
    assert month.amount + month.unreconciled <= world.pricing.monthly_limit
    assert world.sent_by_the_dead <= world.unreconciled()
    for process in world.living:
        process.journal.close()
