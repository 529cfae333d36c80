"""Options that change while they hold: what happened before counts, and the strictest of all open handles holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Admission, BudgetRefusal, CircuitRefusal, LimitRefusal, Permit, Reservation, Verdict
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, StoreKit, acquired, flat_price

ONE = ONE_UNIT
FAILED, FINE = Verdict(failure=True), Verdict(failure=False)


def per_minute(limit, **options):
    return LimiterOptions((Window(60.0, limit),), **{"margin_s": 0.0, **options})


def acquire(limiter, kit, wait_s=0.0):
    return acquired(limiter, kit, wait_s)


def taken(limiter, kit, most=50):
    """How many permits there are now."""
    for number in range(most):
        permit = acquire(limiter, kit)
        if isinstance(permit, LimitRefusal):
            return number
        limiter.finished(permit)
    return most


def admit(breaker, kit):
    return run_blocking(breaker.admit(lease_until_s=kit.clock.monotonic_s() + 10.0))


def record(breaker, kit, verdict, admission=None):
    admission = admission or admit(breaker, kit)
    return run_blocking(breaker.record(admission, verdict, deadline_s=kit.clock.monotonic_s() + 10.0))


def spend(ledger, most=50):
    """How many calls the budget still pays, each settled."""
    for number in range(most):
        reservation = ledger.reserve_nowait(ONE) or run_blocking(ledger.reserve(ONE))
        if isinstance(reservation, BudgetRefusal):
            return number
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
    return most


def budget(calls, **options):
    return flat_price(monthly_limit=Decimal("0.01") * calls, hard_stop=True, **options)


# --- one handle, other options --------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["sliding_window", "fixed_window", "token_bucket"])
def test_what_left_counts_under_a_changed_limit(kit, strategy):
    """Five that left count under a higher limit, and under a lower one nobody goes until they are old."""
    limiter = kit.coordination().limiter(KEY, per_minute(10, strategy=strategy))
    for _ in range(5):
        permit = acquire(limiter, kit)
        assert isinstance(permit, Permit)
        limiter.finished(permit)
    limiter.reconfigure(per_minute(8, strategy=strategy))
    assert taken(limiter, kit) == 3
    limiter.reconfigure(per_minute(4, strategy=strategy))
    assert isinstance(acquire(limiter, kit), LimitRefusal)
    kit.clock.advance(60.1)
    assert taken(limiter, kit) == 4


def test_another_strategy_forgets_nothing(kit):
    """Windows of one strategy hand what left to those of another, and a window of another length counts it too."""
    limiter = kit.coordination().limiter(KEY, per_minute(10))
    assert taken(limiter, kit, most=6) == 6
    limiter.reconfigure(per_minute(10, strategy="fixed_window"))
    assert taken(limiter, kit, most=2) == 2
    limiter.reconfigure(LimiterOptions((Window(30.0, 10),), "token_bucket"))
    assert taken(limiter, kit) == 2


def test_a_pause_and_places_in_flight_outlast_a_change(kit):
    """Nobody passes a pause because the plan is another, and who is in flight still takes a place."""
    limiter = kit.coordination().limiter(KEY, per_minute(10, concurrent=3))
    permit = acquire(limiter, kit)
    assert isinstance(permit, Permit)
    assert isinstance(acquire(limiter, kit), Permit)
    limiter.reconfigure(per_minute(10, concurrent=2))
    assert acquire(limiter, kit).reason == "concurrency"
    limiter.finished(permit)
    limiter.pause(5.0)
    limiter.reconfigure(per_minute(20, concurrent=2))
    refused = acquire(limiter, kit)
    assert refused.reason == "pause"
    assert refused.retry_after_s == pytest.approx(5.0)


def test_failures_count_under_a_changed_breaker(kit):
    """Three failures in a row under a threshold of ten are three under one of four; open, the new time holds."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=10, open_s=100.0))
    for _ in range(3):
        assert record(breaker, kit, FAILED) is None
    breaker.reconfigure(BreakerOptions(failure_threshold=4, open_s=100.0))
    assert record(breaker, kit, FAILED) == "open"
    breaker.reconfigure(BreakerOptions(failure_threshold=4, open_s=20.0))
    kit.clock.advance(10.0)
    refused = admit(breaker, kit)
    assert isinstance(refused, CircuitRefusal)
    assert refused.retry_after_s == pytest.approx(10.0)


def test_a_ratio_goes_on_with_its_results(kit):
    """Results under one ratio count under the next; what an operator holds stays held."""
    ratio = {"failure_threshold": None, "window": 10, "minimum_calls": 4}
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_ratio=0.9, **ratio))
    for verdict in (FINE, FAILED, FINE):
        assert record(breaker, kit, verdict) is None
    breaker.reconfigure(BreakerOptions(failure_ratio=0.5, **ratio))
    assert record(breaker, kit, FAILED) == "open"
    breaker.force("closed")
    breaker.reconfigure(BreakerOptions(failure_threshold=1))
    assert breaker.snapshot().forced == "closed"


def test_a_month_outlasts_a_changed_price_and_budget(kit):
    """What was spent is spent: under a lower budget nothing is left, under a higher one the rest; the new price holds."""
    ledger = kit.journal().ledger(KEY, budget(10))
    assert spend(ledger, most=6) == 6
    ledger.reconfigure(budget(5))
    assert isinstance(run_blocking(ledger.reserve(ONE)), BudgetRefusal)
    ledger.reconfigure(budget(8))
    assert spend(ledger) == 2
    ledger.reconfigure(flat_price("0.02", monthly_limit=Decimal("0.20"), hard_stop=True))
    reservation = run_blocking(ledger.reserve(ONE))
    assert isinstance(reservation, Reservation)
    assert ledger.expected_cost(reservation).amount == Decimal("0.02")
    assert ledger.month().quantity == 8


def test_a_reservation_outlasts_a_change(kit):
    """What was set aside under one budget is settled under the next."""
    ledger = kit.journal().ledger(KEY, budget(2))
    reservation = run_blocking(ledger.reserve(ONE))
    ledger.reconfigure(budget(1))
    assert isinstance(run_blocking(ledger.reserve(ONE)), BudgetRefusal)
    ledger.settle(reservation, quantity=ONE, reached=Reach.NO)
    assert spend(ledger) == 1


# --- several handles, in one process and in several -----------------------------------------------------------------


class Two:
    """Two openers: of one store, or of the stores of two processes."""

    def __init__(self, kit, processes):
        self.kit = kit
        self.coordinations = [kit.coordination() for _ in range(processes)]
        self.journals = [kit.journal() for _ in range(processes)]


@pytest.fixture(params=[("memory", 1), ("sqlite", 1), ("sqlite", 2)], ids=["memory", "sqlite", "two processes"])
def two(request, tmp_path):
    backend, processes = request.param
    made = StoreKit(backend, tmp_path)
    yield Two(made, processes)
    made.close()


def settle_down(kit, *stores):
    """What a plan is told soon, now; and the time in which the dead are noticed is over."""
    kit.clock.advance(0.3)
    if kit.backend == "memory":
        return
    for store in stores:
        for name in ("_limiters", "_breakers", "_ledgers"):
            for core, _ in getattr(store, name, {}).values():
                tell = getattr(core, "_sync", None) or core._tell_plan
                tell()


def test_the_stricter_limit_holds_while_both_are_open(two):
    """Per window and for calls in flight the lower of two plans holds for both, and no longer once it is closed."""
    kit, coordinations = two.kit, two.coordinations
    loose = coordinations[0].limiter(KEY, LimiterOptions((Window(60.0, 20),), concurrent=4))
    strict = coordinations[-1].limiter(KEY, LimiterOptions((Window(1.0, 2), Window(60.0, 12)), concurrent=1))
    settle_down(kit, *coordinations)
    permit = acquire(loose, kit)
    assert isinstance(permit, Permit)
    assert acquire(strict, kit).reason == "concurrency"
    loose.finished(permit)
    assert taken(loose, kit) == 1
    kit.clock.advance(1.1)
    assert taken(strict, kit) == 2
    strict.close()
    settle_down(kit, *coordinations)
    assert taken(loose, kit) == 16
    assert [(w.window_s, w.limit) for w in loose.snapshot().windows] == [(60.0, 20)]


def test_the_stricter_breaker_holds_while_both_are_open(two):
    """The lower threshold opens it for both, and it stays open for the longer time."""
    kit, coordinations = two.kit, two.coordinations
    loose = coordinations[0].breaker(KEY, BreakerOptions(failure_threshold=10, open_s=50.0))
    strict = coordinations[-1].breaker(KEY, BreakerOptions(failure_threshold=2, open_s=10.0))
    settle_down(kit, *coordinations)
    assert record(loose, kit, FAILED) is None
    assert record(loose, kit, FAILED) == "open"
    kit.clock.advance(0.2)
    refused = admit(strict, kit)
    assert isinstance(refused, CircuitRefusal)
    assert 49.0 < refused.retry_after_s <= 50.0
    loose.close()
    settle_down(kit, *coordinations)
    kit.clock.advance(11.0)
    assert isinstance(admit(strict, kit), Admission)


def test_a_ratio_and_a_threshold_hold_beside_each_other(two):
    """Where one plan counts in a row and the other by ratio, either opens it."""
    kit, coordinations = two.kit, two.coordinations
    in_row = coordinations[0].breaker(KEY, BreakerOptions(failure_threshold=3))
    coordinations[-1].breaker(
        KEY, BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=10, minimum_calls=4)
    )
    settle_down(kit, *coordinations)
    for verdict in (FAILED, FINE, FINE):
        assert record(in_row, kit, verdict) is None
    assert record(in_row, kit, FAILED) == "open"


def test_the_stricter_budget_holds_while_both_are_open(two):
    """The lower of two budgets refuses both, and no longer once it is closed."""
    kit, journals = two.kit, two.journals
    loose, strict = journals[0].ledger(KEY, budget(20)), journals[-1].ledger(KEY, budget(6))
    settle_down(kit, *journals)
    assert spend(loose, most=4) == 4
    assert spend(strict) == 2
    refused = run_blocking(loose.reserve(ONE))
    assert isinstance(refused, BudgetRefusal)
    assert refused.limit == Decimal("0.06")
    strict.close()
    settle_down(kit, *journals)
    assert spend(loose) == 14


def test_a_closed_handle_ends_what_it_began(kit):
    """Permit, admission and reservation of a handle that is closed are ended through it, and a second close does nothing."""
    coordination, journal = kit.coordination(), kit.journal()
    limiter = coordination.limiter(KEY, per_minute(5, concurrent=1))
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=1))
    ledger = journal.ledger(KEY, budget(5))
    permit = acquire(limiter, kit)
    assert isinstance(permit, Permit)
    admission, reservation = admit(breaker, kit), run_blocking(ledger.reserve(ONE))
    for handle in (limiter, breaker, ledger, limiter):
        handle.close()
    limiter.finished(permit)
    assert record(breaker, kit, FAILED, admission) == "open"
    ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
    again = coordination.limiter(KEY, per_minute(5, concurrent=1))
    assert isinstance(acquire(again, kit, wait_s=1.0), Permit)
    assert journal.ledger(KEY, budget(5)).month().calls == 1


def test_a_reconfigured_handle_that_was_closed_stays_closed(kit):
    """A plan that comes too late for its handle holds for nobody."""
    coordination = kit.coordination()
    closed, limiter = coordination.limiter(KEY, per_minute(9)), coordination.limiter(KEY, per_minute(9))
    closed.close()
    closed.reconfigure(per_minute(1))
    assert taken(limiter, kit) == 9


# --- processes that die ----------------------------------------------------------------------------------------------


def test_the_plan_of_a_dead_owner_ends_with_it(tmp_path):
    """A stricter plan holds for as long as its process lives, and a quarter of a second more."""
    import os

    kit = StoreKit("sqlite", tmp_path)
    dead = kit.coordination()
    strict = dead.limiter(KEY, per_minute(1))
    loose = kit.coordination().limiter(KEY, per_minute(10))
    assert isinstance(acquire(strict, kit), Permit)
    assert isinstance(acquire(loose, kit), LimitRefusal)
    dead._background.stop()
    os.close(dead._owner._file)
    dead._owner._file = -1
    kit.clock.advance(0.3)
    assert taken(loose, kit) == 9
    kit.close()


def test_a_closed_store_takes_its_plans_along(tmp_path):
    """Nothing of a process that ended cleanly holds the others back, not even for a moment."""
    kit = StoreKit("sqlite", tmp_path)
    first = kit.coordination()
    assert isinstance(acquire(first.limiter(KEY, per_minute(1)), kit), Permit)
    first.close()
    second = kit.coordination()
    assert second._database.read("SELECT * FROM plan") == []
    assert taken(second.limiter(KEY, per_minute(3)), kit) == 2
    kit.close()
