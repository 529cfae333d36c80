from __future__ import annotations

import pytest

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.policies.limiter.state_pacing import TokenBucket
from intertie.runtime.policies.limiter.state_windows import EXACT_LIMIT, FixedWindow, SlidingWindow
from intertie.runtime.state import LimitRefusal, ServerHint
from support.store_kit import per_second


def test_a_sliding_window_frees_each_place_a_window_later():
    """The span (t - window, t] is open at its old end: a place is free again exactly one window after it was taken."""
    window = SlidingWindow(1.0, 2)
    window.add(10.0)
    window.add(10.25)
    assert window.earliest_s(10.5) == 11.0
    assert window.earliest_s(11.0) == 11.0
    window.add(11.0)
    assert window.earliest_s(11.0) == 11.25


def test_looking_ahead_forgets_nothing():
    """Asking about a later instant leaves what counts now."""
    window = SlidingWindow(1.0, 1)
    window.add(10.0)
    assert window.earliest_s(50.0) == 50.0
    assert window.earliest_s(10.5) == 11.0


def test_a_huge_limit_stays_small_in_memory_and_never_too_loose():
    """A million a minute is kept in some thousand stamps, each counted as late as the latest of its group."""
    window = SlidingWindow(60.0, 1_000_000)
    for number in range(100_000):
        window.add(number * 0.00006)
    assert len(window._stamps) <= 2 * EXACT_LIMIT
    assert window.used(6.0) == 100_000
    assert window.used(60.0) >= 99_999 - 1
    assert window.used(60.0 + 5.0) >= 99_999 - 5.0 / 0.00006


def test_a_fixed_window_is_aligned_to_utc_and_survives_its_steps():
    """Windows end on multiples of their length in UTC; a step back of UTC does not open one early."""
    ahead = [0.75]
    window = FixedWindow(1.0, 1, lambda: ahead[0])
    window.add(10.0)
    assert window.earliest_s(10.0) == pytest.approx(10.25, abs=1e-5)
    ahead[0] = 0.0
    assert window.earliest_s(10.1) == pytest.approx(10.25, abs=1e-5)
    window.add(10.26)
    assert window.earliest_s(10.3) == pytest.approx(11.0, abs=1e-5)


def test_a_bucket_holds_its_burst_and_refills_at_its_rate():
    """Three at once, then one every half second; what is held for shares is not there."""
    bucket = TokenBucket(0.5, 3)
    assert bucket.room(10.0) == 3
    for _ in range(3):
        bucket.add(10.0)
    assert bucket.earliest_s(10.0) == 10.5
    assert bucket.room(11.0) == 2
    bucket.lease(2, 11.1)
    assert bucket.room(11.0) == 0
    bucket.settle(2, 11.1, [11.05])
    assert bucket.room(11.1) == 1


def test_who_has_leave_holds_room_until_it_departs():
    """Two of two have leave: a third waits, for as long as one of them has neither departed nor come back."""
    state = LimiterState(per_second(2), lambda: 0.0)
    assert state.take(10.0)
    assert state.take(10.0)
    assert not state.take(20.0)
    state.depart(20.0)
    assert not state.take(20.5)
    state.put_back()
    assert state.take(20.5)
    state.depart(20.6)
    assert not state.take(20.9)
    assert state.turn_s(20.9) == 21.0


def test_a_departure_counts_when_it_happens():
    """A request that took half a second to leave frees its room a window after it left."""
    state = LimiterState(per_second(1), lambda: 0.0)
    assert state.take(10.0)
    state.depart(10.5)
    assert state.turn_s(10.5) == 11.5
    assert not state.take(11.4)
    assert state.take(11.5)


@pytest.mark.parametrize(
    ("strategy", "free_s"), [("sliding_window", 11.02), ("token_bucket", 11.02), ("fixed_window", 11.02)]
)
def test_a_margin_stretches_what_is_kept(strategy, free_s):
    """With a margin of 20 ms windows and refills last that much longer; a fixed window opens that much later."""
    state = LimiterState(LimiterOptions((Window(1.0, 1),), strategy, margin_s=0.02), lambda: 0.0)
    assert state.take(10.5 if strategy == "fixed_window" else 10.0)
    state.depart(10.5 if strategy == "fixed_window" else 10.0)
    assert state.turn_s(10.6) == pytest.approx(free_s, abs=1e-5)
    assert [window.window_s for window in state.snapshot(10.6).windows] == [1.0]


def test_nobody_departs_near_the_boundary_of_a_fixed_window():
    """Leave ends a margin before the boundary and begins a margin after it; what has leave departs before."""
    state = LimiterState(LimiterOptions((Window(1.0, 5),), "fixed_window", margin_s=0.02), lambda: 0.0)
    assert state.take(10.5)
    assert state.last_s(10.5) == pytest.approx(10.98, abs=1e-5)
    assert not state.take(10.985)
    assert not state.take(11.01)
    assert state.turn_s(10.985) == pytest.approx(11.02, abs=1e-5)
    assert state.take(11.0201)


def test_several_plans_keep_the_largest_margin():
    """Of two plans with one window the lower limit holds, with the larger margin, whoever has which."""
    state = LimiterState(
        LimiterOptions((Window(1.0, 1),), margin_s=0.0),
        lambda: 0.0,
        beside=[LimiterOptions((Window(1.0, 9),), margin_s=0.05)],
    )
    assert state.take(10.0)
    state.depart(10.0)
    assert state.turn_s(10.0) == pytest.approx(11.05)


def test_bursts_have_no_margin():
    """What shapes bursts is our own choice, so it is kept exactly."""
    state = LimiterState(LimiterOptions((Window(1.0, 10),), burst=1, margin_s=0.02), lambda: 0.0)
    assert state.take(10.0)
    state.depart(10.0)
    assert state.turn_s(10.0) == pytest.approx(10.1)


def test_one_wave_of_429s_counts_once():
    """Ten calls in flight that all get a 429 pause once, not ten times as long."""
    state = LimiterState(LimiterOptions((Window(1.0, 100),), retry_after_s=1.0), lambda: 0.0)
    for _ in range(10):
        assert state.take(10.0)
        state.depart(10.0)
    for _ in range(10):
        assert state.observe(ServerHint(throttled=True), 10.0) == 1.0
        state.finish()
    assert state.take(11.0)
    assert state.observe(ServerHint(throttled=True), 11.0) == 2.0


def test_a_limit_of_nothing_refuses():
    """A limit of zero never gives a turn, and says when to look again."""
    for strategy in ("sliding_window", "fixed_window"):
        state = LimiterState(LimiterOptions((Window(60.0, 0),), strategy), lambda: 0.0)
        assert not state.take(10.0)
        assert state.refusal(10.0, state.turn_s(10.0)) == LimitRefusal(60.0, "window")


@pytest.mark.parametrize("limit", [5, 5000])
def test_a_share_settled_after_its_window_frees_nobody_elses_place(limit):
    """Told so late that all of it lies outside, a share takes nothing away from those who went meanwhile."""
    window = SlidingWindow(0.1, limit)
    window.lease(3, 10.0)
    for _ in range(limit):
        window.add(10.15)
    assert window.room(10.15) == 0
    window.settle(3, 10.0, [9.95])
    assert window.room(10.15) == 0
    again = SlidingWindow(0.1, limit)
    again.load(window.dump())
    again.settle(3, 10.0, [])
    assert again.room(10.15) == 0


def test_a_limit_is_not_paused_before_anybody_paused_it():
    """A clock may start at zero, as that of a machine that has just booted."""
    state = LimiterState(LimiterOptions((Window(1.0, 1),)), lambda: 0.0)
    assert state.snapshot(0.0).paused_for_s == 0.0
    assert state.take(0.0)
