"""While plans change, nothing that left is forgotten, and all plans in force hold at once."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.policies.limiter.state_terms import strictest_bounds
from intertie.runtime.policies.limiter.state_windows import EXACT_LIMIT
from intertie.runtime.state import BudgetRefusal, LimitRefusal, Verdict
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, StoreKit, flat_price, most_within

ONE = ONE_UNIT
LENGTHS_S = (1.0, 5.0, 30.0)


def random_plan(rng: random.Random) -> LimiterOptions:
    lengths = sorted(rng.sample(LENGTHS_S, rng.randint(1, 3)))
    windows, limit = [], 0
    for length_s in lengths:
        limit += rng.randint(1, 12)
        windows.append(Window(length_s, limit))
    strategy = rng.choice(["sliding_window", "token_bucket"])
    return LimiterOptions(tuple(windows), strategy, burst=rng.choice([None, 2, 5]), margin_s=0.0)


def within(stamps: list[float], now_s: float, window_s: float) -> int:
    return sum(1 for stamp_s in stamps if stamp_s > now_s - window_s + 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_every_permit_fits_all_plans_in_force(seed):
    """However plans come and go, nobody goes where a window of a plan in force is full of what left under whatever plan.

    Windows that no plan has any more are still counted, for their length: after that, departures are forgotten by right.
    """
    rng = random.Random(f"plans {seed}")
    plans = [random_plan(rng) for _ in range(2)]
    state = LimiterState(plans[0], lambda: 0.0, beside=plans[1:])
    now_s, stamps, granted = 1000.0, [], 0
    known_since = dict.fromkeys((w.window_s for plan in plans for w in plan.windows), now_s)
    last_known = dict(known_since)
    for _ in range(2500):
        now_s += rng.expovariate(12)
        if rng.random() < 0.02:
            plans = [random_plan(rng) for _ in range(rng.randint(1, 3))]
            state = state.replanned(plans, now_s)
            if rng.random() < 0.3:
                restored = LimiterState(plans[0], lambda: 0.0, beside=plans[1:])
                restored.load(state.dump(), now_s)
                state = restored
        for length_s in {w.window_s for plan in plans for w in plan.windows}:
            if now_s >= last_known.get(length_s, -1e9) + length_s:
                known_since[length_s] = now_s  # out of force for longer than its length: it begins anew
            last_known[length_s] = now_s
        if state.take(now_s):
            state.depart(now_s)
            state.finish()
            stamps.append(now_s)
            granted += 1
            for plan in plans:
                for window in plan.windows:
                    seen = [s for s in stamps if s >= known_since[window.window_s]]
                    assert within(seen, now_s, window.window_s) <= window.limit, (plan, now_s)
        elif rng.random() < 0.2:
            # A window that bounded nothing for a while was kept in grains: each counts as late as its last departure.
            kept_s = 1 + 1 / EXACT_LIMIT
            bounds = strictest_bounds(plans)
            free = [bound for bound in bounds if within(stamps, now_s, bound.per_s * kept_s) >= bound.limit]
            buckets = any(bound.kind == "bucket" for bound in strictest_bounds(plans))
            assert free or buckets, "refused although every window has room"
    assert granted > 100


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_two_openers_never_pass_the_stricter_plan(tmp_path, processes, seed):
    """Two handles with plans of their own, that change, in one process or in two: each permit fits both."""
    rng = random.Random(f"openers {processes} {seed}")
    kit = StoreKit("sqlite", tmp_path)
    stores = [kit.coordination() for _ in range(processes)]
    plans = [LimiterOptions((Window(2.0, rng.randint(2, 9)),)) for _ in range(2)]
    handles = [stores[number % processes].limiter(KEY, plans[number]) for number in range(2)]
    for store in stores:
        store._limiters[KEY, ""][0]._sync()
    stamps = []
    for _ in range(250):
        kit.clock.advance(rng.expovariate(6))
        number = rng.randrange(2)
        if rng.random() < 0.04:
            plans[number] = LimiterOptions((Window(2.0, rng.randint(2, 9)),))
            handles[number].reconfigure(plans[number])
            for store in stores:
                store._limiters[KEY, ""][0]._sync()
        permit = run_blocking(handles[number].acquire(deadline_s=kit.clock.monotonic_s()))
        if not isinstance(permit, LimitRefusal):
            handles[number].finished(permit)
            stamps.append(kit.clock.monotonic_s())
            assert within(stamps, stamps[-1], 2.0) <= min(plan.windows[0].limit for plan in plans)
    assert len(stamps) > 50
    assert most_within(stamps, 2.0) <= 9
    kit.close()


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_two_openers_never_overshoot_the_stricter_budget(tmp_path, processes, seed):
    """Two ledgers with budgets of their own, that change: nothing is reserved beyond the lower, and nothing is forgotten."""
    rng = random.Random(f"budgets {processes} {seed}")
    kit = StoreKit("sqlite", tmp_path)
    stores = [kit.journal() for _ in range(processes)]
    limits = [rng.randint(20, 60) for _ in range(2)]

    def pricing(calls):
        return flat_price(monthly_limit=Decimal("0.01") * calls, hard_stop=True)

    def tell():
        for store in stores * 2:  # the first learns of the second's when that recalls what it holds
            store._ledgers[KEY][0]._tell_plan()
            store._ledgers[KEY][0].flush()

    handles = [stores[number % processes].ledger(KEY, pricing(limits[number])) for number in range(2)]
    tell()
    paid, open_now = 0, []
    for _ in range(250):
        kit.clock.advance(rng.random() / 10)
        number = rng.randrange(2)
        if rng.random() < 0.05:
            limits[number] = rng.randint(20, 60)
            handles[number].reconfigure(pricing(limits[number]))
            tell()
        if rng.random() < 0.5 and open_now:
            handle, reservation = open_now.pop(rng.randrange(len(open_now)))
            reached = rng.choice([Reach.NO, Reach.YES])
            handle.settle(reservation, quantity=ONE, reached=reached)
            paid += reached is Reach.YES
            continue
        handle = handles[number]
        reservation = handle.reserve_nowait(ONE) or run_blocking(
            handle.reserve(ONE, deadline_s=kit.clock.monotonic_s() + 5.0)
        )
        if not isinstance(reservation, BudgetRefusal):
            open_now.append((handle, reservation))
            assert paid + len(open_now) <= min(limits)
    for handle, reservation in open_now:
        handle.settle(reservation, quantity=ONE, reached=Reach.NO)
    for store in stores:
        store.flush()
    assert handles[0].month().calls == paid
    kit.close()


breakers = st.builds(
    BreakerOptions,
    failure_threshold=st.integers(1, 6),
    failure_ratio=st.sampled_from([None, None, 0.5, 0.8]),
    window=st.integers(2, 8),
    minimum_calls=st.integers(1, 4),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(breakers, min_size=1, max_size=3), st.lists(st.booleans(), max_size=40))
def test_several_breaker_plans_open_when_the_first_of_them_would(plans, results):
    """Under several plans it opens with the same result at which the first breaker of one plan alone would open."""
    together, alone = Circuit(*plans), [Circuit(plan) for plan in plans]
    for failure in results:
        circuits = [together, *alone]
        answers = [circuit.record(circuit.admit(0.0, 9.0), Verdict(failure=failure), 0.0) for circuit in circuits]
        assert (answers[0] == "open") == ("open" in answers[1:])
        if "open" in answers:
            return


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(breakers, st.lists(st.booleans(), max_size=6)), min_size=1, max_size=6))
def test_failures_in_a_row_outlast_every_change_of_plan(steps):
    """Failures in a row are counted through any changes, up to the one that opens it."""
    circuit, in_row = Circuit(BreakerOptions(failure_threshold=1000)), 0
    for plan, results in steps:
        circuit = circuit.replanned([plan])
        for failure in results:
            in_row = in_row + 1 if failure else 0
            opened = circuit.record(circuit.admit(0.0, 9.0), Verdict(failure=failure), 0.0)
            if plan.failure_ratio is None:
                assert (opened == "open") == (failure and in_row >= plan.failure_threshold)
            if opened:
                return
