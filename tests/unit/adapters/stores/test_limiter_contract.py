from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit, ServerHint
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import run_virtual
from support.store_kit import KEY, most_aligned, most_within, per_second, sent
from support.store_kit import acquired as acquire

STRATEGIES = ("sliding_window", "fixed_window", "token_bucket")


def observe(limiter, kit, hint):
    return run_blocking(limiter.observe(hint, deadline_s=kit.clock.monotonic_s() + 60.0))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_crowd_never_passes_the_limit_and_leaves_in_order(kit, strategy):
    """Of forty tasks that ask at once, no span holds more than its limit, and they leave in the order they came."""
    options = LimiterOptions((Window(1.0, 5), Window(10.0, 20)), strategy, burst=3, margin_s=0.0)
    limiter = kit.coordination().limiter(KEY, options)

    async def one():
        permit = await limiter.acquire(deadline_s=kit.clock.monotonic_s() + 1000)
        stamp_s = kit.clock.monotonic_s()
        limiter.finished(permit)
        assert isinstance(permit, Permit)
        return stamp_s

    async def crowd():
        return await asyncio.gather(*(one() for _ in range(40)))

    stamps = run_virtual(crowd(), kit.clock)
    assert stamps == sorted(stamps)
    utc = [stamp_s - kit.clock.monotonic_s() + kit.clock.utc_s() for stamp_s in stamps]
    if strategy == "fixed_window":
        assert most_aligned(utc, 1.0) <= 5
        assert most_aligned(utc, 10.0) <= 20
    else:
        assert most_within(stamps, 1.0) <= 5
        assert most_within(stamps, 10.0) <= 20
    assert most_within(stamps, 0.1) <= 3
    assert stamps[-1] - stamps[0] <= 20.0 + 1e-3


def test_a_turn_beyond_the_deadline_is_refused_at_once_and_reserves_nothing(kit):
    """Who can't get a turn in time is told when to come back, without waiting, and leaves the line as it was."""
    limiter = kit.coordination().limiter(KEY, per_second(2))
    assert isinstance(acquire(limiter, kit), Permit)
    assert isinstance(acquire(limiter, kit), Permit)
    before_s = kit.clock.monotonic_s()
    refused = acquire(limiter, kit, wait_s=0.5)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "window"
    assert refused.retry_after_s == pytest.approx(1.0)
    assert kit.clock.monotonic_s() == before_s
    assert limiter.snapshot().waiting == 0
    permit = acquire(limiter, kit)
    assert permit.waited_s == pytest.approx(1.0)


def test_reject_never_waits(kit):
    """With `on_limit: reject` a full window refuses whatever the deadline."""
    limiter = kit.coordination().limiter(KEY, per_second(1, on_limit="reject"))
    assert isinstance(acquire(limiter, kit), Permit)
    assert isinstance(acquire(limiter, kit), LimitRefusal)


def test_max_wait_bounds_the_wait(kit):
    """`max_wait` refuses a turn that the deadline alone would allow."""
    limiter = kit.coordination().limiter(KEY, per_second(1, max_wait_s=0.5))
    assert isinstance(acquire(limiter, kit), Permit)
    assert isinstance(acquire(limiter, kit), LimitRefusal)


def test_a_permit_given_back_is_free_again(kit):
    """A request that was not sent leaves its place in the window."""
    limiter = kit.coordination().limiter(KEY, per_second(1))
    permit = run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s()))
    limiter.give_back(permit)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), Permit)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), LimitRefusal)


@pytest.mark.parametrize(
    "ends", ["finished finished", "give_back give_back", "finished give_back", "give_back finished"]
)
@pytest.mark.parametrize("departs", [True, False])
def test_a_permit_that_is_ended_twice_has_ended_once(kit, ends, departs):
    """Whoever was interrupted at ending a permit ends it again: that frees no other one's place."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((), concurrent=2))
    permit, other = acquire(limiter, kit), acquire(limiter, kit)
    assert isinstance(permit, Permit)
    assert isinstance(other, Permit)
    if departs:
        permit.departing()
        permit.departed()
    for end in ends.split():
        getattr(limiter, end)(permit)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), Permit)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), LimitRefusal)


def test_what_is_given_back_is_the_next_ones_at_once(kit):
    """Also where permits are spent from memory: who gives the last one back leaves one, without asking anybody."""
    limiter = kit.coordination().limiter(KEY, per_second(100))
    for _ in range(20):
        if limiter.acquire_nowait() is None:
            acquire(limiter, kit)
    last = None
    while (permit := limiter.acquire_nowait()) is not None:
        last = permit
    assert last is not None
    limiter.give_back(last)
    again = limiter.acquire_nowait()
    assert again is not None
    assert limiter.acquire_nowait() is None


def test_a_permit_given_back_goes_to_whoever_waits(kit):
    """Nobody stands in line for a permit that is free: it is handed on as soon as it is given back."""
    limiter = kit.coordination().limiter(KEY, per_second(1))

    async def scene():
        deadline_s = kit.clock.monotonic_s() + 100
        permit = await limiter.acquire(deadline_s=deadline_s)
        permit.departing()
        waiter = asyncio.ensure_future(limiter.acquire(deadline_s=deadline_s))
        await asyncio.sleep(0.1)
        limiter.give_back(permit)
        return await waiter

    assert run_virtual(scene(), kit.clock).waited_s == pytest.approx(0.1)


def test_a_turn_does_not_wait_for_those_that_it_does_not_depend_on(kit):
    """The third of two a second goes a second after the first, however late the second one leaves."""
    limiter = kit.coordination().limiter(KEY, per_second(2))

    async def scene():
        deadline_s = kit.clock.monotonic_s() + 100
        sent(await limiter.acquire(deadline_s=deadline_s))
        await asyncio.sleep(0.05)
        limiter.snapshot()  # tells a store in time when the first one left
        await asyncio.sleep(0.45)
        second = await limiter.acquire(deadline_s=deadline_s)
        third = asyncio.ensure_future(limiter.acquire(deadline_s=deadline_s))
        await asyncio.sleep(0.02)
        sent(second)
        return await third

    assert run_virtual(scene(), kit.clock).waited_s == pytest.approx(0.5)


def test_a_cancelled_waiter_leaves_nothing_taken(kit):
    """A task that is cancelled in line frees its place: the next one gets its turn."""
    limiter = kit.coordination().limiter(KEY, per_second(1))

    async def scene():
        deadline_s = kit.clock.monotonic_s() + 100
        sent(await limiter.acquire(deadline_s=deadline_s))
        waiter = asyncio.ensure_future(limiter.acquire(deadline_s=deadline_s))
        await asyncio.sleep(0.1)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        return await limiter.acquire(deadline_s=deadline_s)

    permit = run_virtual(scene(), kit.clock)
    assert permit.waited_s == pytest.approx(0.9)
    assert limiter.snapshot().waiting == 0


def test_concurrent_bounds_calls_in_flight(kit):
    """A third call waits until one of two finishes."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions(concurrent=2))
    flying, most = 0, 0

    async def one():
        nonlocal flying, most
        permit = await limiter.acquire(deadline_s=kit.clock.monotonic_s() + 100)
        assert isinstance(permit, Permit)
        flying += 1
        most = max(most, flying)
        await kit.clock.sleep_until(kit.clock.monotonic_s() + 1.0)
        flying -= 1
        limiter.finished(permit)

    async def crowd():
        await asyncio.gather(*(one() for _ in range(7)))

    run_virtual(crowd(), kit.clock)
    assert most == 2
    assert limiter.snapshot().in_flight == 0


def test_concurrency_that_never_frees_refuses_at_the_deadline(kit):
    """Who waits for a place in flight is refused when the deadline comes, and told it was for that."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions(concurrent=1))
    assert isinstance(acquire(limiter, kit), Permit)
    refused = acquire(limiter, kit, wait_s=0.2)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "concurrency"


@pytest.mark.parametrize(
    "hint", [ServerHint(remaining=0), ServerHint(reset_s=30.0), ServerHint(remaining=0, reset_s=0.0)]
)
def test_half_a_hint_says_nothing(kit, hint):
    """What is left until nobody knows when, or how long nobody knows what is left, changes no limit."""
    limiter = kit.coordination().limiter(KEY, per_second(10))
    assert observe(limiter, kit, hint) == 0.0
    assert isinstance(acquire(limiter, kit, wait_s=0.0), Permit)


@pytest.mark.parametrize(("remaining", "reason"), [(5, "window"), (0, "quota")])
def test_a_refusal_says_who_set_the_limit(kit, remaining, reason):
    """The service's own word is the reason only where it said that nothing is left."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(60.0, 1),)))
    assert isinstance(acquire(limiter, kit), Permit)
    observe(limiter, kit, ServerHint(remaining=remaining, reset_s=30.0))
    refused = acquire(limiter, kit, wait_s=0.0)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == reason


def test_a_huge_limit_is_free_again_as_it_was_taken(kit):
    """What was taken earlier ends earlier, although neighbours share a stamp."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(60.0, 1_000_000),)))
    used = []
    for _ in range(3):
        assert isinstance(acquire(limiter, kit, wait_s=0.0), Permit)
        kit.clock.advance(25.0)
        used.append(limiter.snapshot().windows[0].used)
    kit.clock.advance(15.0)
    assert used == [1, 2, 2]
    assert limiter.snapshot().windows[0].used == 1


@pytest.mark.parametrize("late_first", [False, True])
def test_a_huge_limit_misses_none(kit, late_first):
    """However many leave at about the same time, and whatever order they are counted in, each counts until it is over."""
    coordination, elsewhere = kit.coordination(), kit.coordination() if kit.backend == "sqlite" else None
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 1_000_000),)))
    other = limiter if elsewhere is None else elsewhere.limiter(KEY, LimiterOptions((Window(60.0, 1_000_000),)))
    for number in range(60):
        each = (limiter, other)[number % 2 == late_first]
        assert isinstance(each.acquire_nowait() or acquire(each, kit, wait_s=0.0), Permit)
        kit.clock.advance(0.0001)
    for each in (limiter, other, limiter):
        used = each.snapshot().windows[0].used
    assert used >= 60, "what is set aside for a process counts as well"
    kit.clock.advance(70.0)
    assert limiter.snapshot().windows[0].used == 0


def test_a_pause_holds_for_all_and_is_capped(kit):
    """`Retry-After` pauses the limit, no longer than the longest pause allowed."""
    limiter = kit.coordination().limiter(KEY, per_second(10, max_pause_s=5.0))
    assert observe(limiter, kit, ServerHint(pause_s=2.0, throttled=True)) == pytest.approx(2.0)
    refused = acquire(limiter, kit, wait_s=1.0)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "pause"
    assert observe(limiter, kit, ServerHint(pause_s=9999.0)) == pytest.approx(5.0)
    permit = acquire(limiter, kit, wait_s=10.0)
    assert permit.waited_s == pytest.approx(5.0)


def test_429s_in_a_row_lengthen_the_declared_pause_until_a_success(kit):
    """Without a header the declared pause holds, doubled by each further 429 in a row; a success ends the row."""
    limiter = kit.coordination().limiter(KEY, per_second(10, retry_after_s=1.0, backoff_multiplier=2.0))
    assert observe(limiter, kit, ServerHint(throttled=True)) == pytest.approx(1.0)
    kit.clock.advance(1.0)
    assert observe(limiter, kit, ServerHint(throttled=True)) == pytest.approx(2.0)
    kit.clock.advance(2.0)
    observe(limiter, kit, ServerHint())
    assert observe(limiter, kit, ServerHint(throttled=True)) == pytest.approx(1.0)


def test_waiters_of_a_pause_leave_at_the_limits_pace(kit):
    """After a pause its waiters go one by one at the limit's rate, not all at once."""
    limiter = kit.coordination().limiter(KEY, per_second(10))
    limiter.pause(5.0)

    async def one():
        sent(await limiter.acquire(deadline_s=kit.clock.monotonic_s() + 100))
        return kit.clock.monotonic_s()

    async def crowd():
        return await asyncio.gather(*(one() for _ in range(10)))

    stamps = sorted(run_virtual(crowd(), kit.clock))
    assert stamps[0] == pytest.approx(1005.0)
    assert all(b - a >= 0.1 - 1e-6 for a, b in pairwise(stamps))


def test_who_waits_hears_of_a_pause_that_comes_too_long(kit):
    """Whose turn a pause moves beyond its deadline is refused then, not when the deadline comes."""
    limiter = kit.coordination().limiter(KEY, per_second(1))

    async def scene():
        began_s = kit.clock.monotonic_s()
        sent(await limiter.acquire(deadline_s=began_s))
        waiter = asyncio.ensure_future(limiter.acquire(deadline_s=began_s + 3.0))
        await asyncio.sleep(0.1)
        limiter.pause(10.0)
        return await waiter, kit.clock.monotonic_s() - began_s

    refused, waited_s = run_virtual(scene(), kit.clock)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "pause"
    assert waited_s == pytest.approx(0.1)


def test_an_operator_pauses_and_resumes(kit):
    """What an operator pauses nobody passes, until it is resumed."""
    limiter = kit.coordination().limiter(KEY, per_second(10))
    limiter.pause(100.0)
    assert limiter.snapshot().paused_for_s == pytest.approx(100.0)
    assert limiter.acquire_nowait() is None
    assert isinstance(acquire(limiter, kit, wait_s=1.0), LimitRefusal)
    limiter.resume()
    assert limiter.snapshot().paused_for_s == 0.0
    assert isinstance(acquire(limiter, kit, wait_s=1.0), Permit)


def test_what_the_server_says_is_left_only_tightens(kit):
    """Two requests left for five seconds: the third waits for the renewal though the declared limit would let it go."""
    limiter = kit.coordination().limiter(KEY, per_second(100))
    observe(limiter, kit, ServerHint(remaining=2, reset_s=5.0))
    for _ in range(2):
        permit = acquire(limiter, kit)
        assert permit.waited_s == 0.0
        limiter.finished(permit)
    assert acquire(limiter, kit).waited_s == pytest.approx(5.0, abs=0.01)


def test_what_is_left_does_not_count_those_in_flight(kit):
    """The service said that two are left while two more were on their way to it: those two are these."""
    limiter = kit.coordination().limiter(KEY, per_second(100))
    permits = [acquire(limiter, kit) for _ in range(3)]
    assert all(isinstance(permit, Permit) for permit in permits)
    observe(limiter, kit, ServerHint(remaining=2, reset_s=5.0))
    limiter.finished(permits[0])
    refused = acquire(limiter, kit, wait_s=1.0)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "quota"


def test_a_snapshot_shows_windows_and_flights(kit):
    """The snapshot says how full each window is and who is in flight."""
    limiter = kit.coordination().limiter(
        KEY, LimiterOptions((Window(1.0, 2), Window(60.0, 10)), concurrent=5, margin_s=0.0)
    )
    acquire(limiter, kit)
    acquire(limiter, kit)
    snapshot = limiter.snapshot()
    assert [(w.window_s, w.limit, w.used) for w in snapshot.windows] == [(1.0, 2, 2), (60.0, 10, 2)]
    assert snapshot.windows[0].free_in_s == pytest.approx(1.0)
    assert snapshot.in_flight == 2


def test_what_the_service_says_is_spent_is_named_and_visible(kit):
    """Nothing left by the service's own word is no fault of the declared rate: it shows as a pause, and can be cleared."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(1.0, 50),)))
    permit = acquire(limiter, kit)
    observe(limiter, kit, ServerHint(remaining=0, reset_s=30.0))
    limiter.finished(permit)
    refused = acquire(limiter, kit, wait_s=1.0)
    assert isinstance(refused, LimitRefusal)
    assert refused.reason == "quota"
    assert refused.retry_after_s == pytest.approx(30.0, abs=0.1)
    assert limiter.snapshot().paused_for_s == pytest.approx(30.0, abs=0.1)
    limiter.resume()
    assert limiter.snapshot().paused_for_s == 0.0
    assert isinstance(acquire(limiter, kit, wait_s=1.0), Permit)


def test_who_is_served_at_once_has_not_waited(kit):
    """Asking the store takes its time, which is no wait for a turn."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(1.0, 50),)))
    assert acquire(limiter, kit).waited_s == 0.0
