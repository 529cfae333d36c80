"""A store that delays, reorders, refuses, loses and dies: no window is ever passed, nothing leaks, and all of it is free soon after."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Permit
from intertie.testing.virtual_time import EPOCH, VirtualClock, run_virtual
from support.chaos import ChaosServer, process
from support.crowds import Crowd
from support.store_kit import most_aligned, most_within
from support.strands import Strands

SECONDS = 5.0
WEATHERS = {
    "calm": {},
    "lossy": {"refused": 0.03, "lost": 0.05, "unheard": 0.05},
    "crowded": {"locked": 0.1},
    "stormy": {"locked": 0.05, "refused": 0.05, "lost": 0.1, "unheard": 0.1},
}


def drawn_options(rng: random.Random) -> LimiterOptions:
    limit = rng.choice([1, 2, 4, 20, 60])
    windows = (Window(1.0, limit), *rng.choice([(), (Window(3.0, 2 * limit),)]))
    strategy = rng.choice(["sliding_window", "fixed_window", "token_bucket"])
    concurrent, margin_s = rng.choice([None, None, 3, 10]), rng.choice([0.0, 0.02])
    if strategy == "fixed_window":
        margin_s = 0.02  # without one, what leaves within a microsecond of a boundary counts on either side of it
    return LimiterOptions(windows, strategy, burst=rng.choice([None, limit]), concurrent=concurrent, margin_s=margin_s)


class Trial:
    """Several processes on one store, their callers, an operator, and what became of all of it."""

    def __init__(self, seed: int, weather: str, store_down: str, processes: int | None = None) -> None:
        self.rng = random.Random(seed)
        self.weather, self.store_down = weather, store_down
        self.processes = processes or self.rng.choice([1, 2, 3])
        self.options = drawn_options(self.rng)
        self.clock = VirtualClock()

    async def run(self) -> None:
        rng, clock = self.rng, self.clock
        strands = Strands(asyncio.get_running_loop())
        self.server = server = ChaosServer(self.options, clock, strands, rng)
        server.slow_s = rng.choice([0.0005, 0.002, 0.01])
        self.limiters = [process(server, f"p{n}", store_down=self.store_down) for n in range(self.processes)]
        for limiter in self.limiters * 2:
            await self.meet(limiter)
        server.weather = WEATHERS[self.weather]
        if rng.random() < 0.5:
            from_s = clock.monotonic_s() + 3 * rng.random()
            server.down.append((from_s, from_s + rng.choice([0.1, 1.0, 2.5])))
        self.crowd = Crowd(clock, rng, self.limiters, hints=rng.choice([0.0, 0.01, 0.1]))
        operator = asyncio.ensure_future(self.operate(strands)) if rng.random() < 0.3 else None
        await self.crowd.run(rng.choice([3, 12]), SECONDS)
        if operator is not None:
            await operator
        server.weather, server.slow_s = {}, 0.0001
        # What was under way waits for others at most five seconds, and is tried again a second later.
        await clock.sleep_until(clock.monotonic_s() + 7.0 + max(window.window_s for window in self.options.windows))
        self.left = self.what_is_left()
        self.free = await self.taken_at_once()
        strands.stop()

    async def meet(self, limiter) -> None:
        """Have a process hear of the store, and of those who share it."""
        permit = await limiter.acquire(deadline_s=self.clock.monotonic_s() + 20.0)
        if isinstance(permit, Permit):
            limiter.give_back(permit)

    async def operate(self, strands: Strands) -> None:
        until_s = self.clock.monotonic_s() + SECONDS
        while self.clock.monotonic_s() < until_s:
            await self.clock.sleep_until(self.clock.monotonic_s() + 2 * self.rng.random())
            limiter, seconds = self.rng.choice(self.limiters), self.rng.random() / 2

            def steer(limiter=limiter, seconds=seconds) -> None:
                with suppress(StoreUnavailable):  # told to the operator
                    limiter.pause(seconds) if seconds < 0.25 else limiter.resume()

            strands.start(steer)

    def what_is_left(self) -> dict[str, int]:
        """What anybody still holds, by name; nothing of it may be there."""
        shared = self.server.shared
        self.server.free()
        shares = [share for each in self.limiters for share in (*each._shares, *each._untold.over)]
        left = {
            "held": shared.limit.held,
            "places": shared.limit.in_flight,
            "line": len(shared.line),
            "flying": sum(each._flying for each in self.limiters),
            "seats": sum(len(each._seats) for each in self.limiters),
            "out": sum(len(share.out) for share in shares),
            "said": sum(len(each._untold.said) for each in self.limiters),
        }
        return {name: count for name, count in left.items() if count}

    async def taken_at_once(self) -> tuple[int, int]:
        """How many permits a process gets when it takes all, and how many there are."""
        options, clock, taken = self.options, self.clock, []
        limit = options.windows[0].limit
        full = min(limit, options.concurrent or limit, options.burst or limit)
        began_s = clock.monotonic_s()
        for _ in range(full):
            permit = await self.limiters[0].acquire(deadline_s=began_s + 5.0)
            if isinstance(permit, Permit) and clock.monotonic_s() < began_s + 0.8:
                permit.departing()
                permit.departed()
                taken.append(permit)
        return len(taken), full

    def passed(self, *, with_parts: bool = False) -> list[str]:
        """Which windows held more than their limit, with the parts of those who are on their own beside it."""
        options, clock, stamps = self.options, self.clock, self.crowd.departed
        began_s = round(clock.monotonic_s() - (clock.utc_s() - EPOCH.timestamp()), 3)  # at the full hour
        passed = []
        for window in options.windows:
            if options.strategy == "fixed_window":
                most = most_aligned([stamp_s - began_s - 1.5e-6 for stamp_s in stamps], window.window_s)
            else:
                most = most_within(stamps, window.window_s + options.margin_s)
            # Of fewer permits than processes each has one, in a longer window.
            parts = max(window.limit, self.processes) if with_parts else 0
            if most > window.limit + parts:
                passed.append(f"{most} within {window}")
        return passed


@pytest.mark.parametrize("weather", WEATHERS)
@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 1 << 30))
def test_whatever_becomes_of_the_store_no_window_is_passed_and_nothing_leaks(weather, seed):
    """Callers, exchanges and the store's troubles come between each other anyhow; without the store nobody leaves."""
    trial = Trial(seed, weather, "refuse")
    run_virtual(trial.run(), trial.clock)
    assert trial.passed() == []
    assert trial.left == {}
    taken, full = trial.free
    assert taken == full, "not all of the limit is back"


@pytest.mark.parametrize("weather", WEATHERS)
@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 1 << 30))
def test_a_process_that_has_a_limit_to_itself_never_passes_it_however_often_its_store_fails(weather, seed):
    """It goes on alone, comes back and goes on alone again: what left before counts each time."""
    trial = Trial(seed, weather, "fair_share", processes=1)
    run_virtual(trial.run(), trial.clock)
    assert trial.passed() == []
    assert trial.left == {}
    taken, full = trial.free
    assert taken == full, "not all of the limit is back"


@pytest.mark.parametrize("weather", WEATHERS)
@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 1 << 30))
def test_where_some_reach_the_store_and_others_do_not_their_parts_come_on_top_and_no_more(weather, seed):
    """Those who reach it may use the limit, and those who do not keep to their parts of it, which are no more than it together."""
    trial = Trial(seed, weather, "fair_share")
    run_virtual(trial.run(), trial.clock)
    assert trial.passed(with_parts=True) == []
    assert trial.left == {}
    taken, full = trial.free
    assert taken == full, "not all of the limit is back"
