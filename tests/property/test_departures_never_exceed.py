"""Whatever delays callers between any two steps, and however many processes there are: counted at departure, no window is passed."""

from __future__ import annotations

import asyncio
import random

import pytest

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, PermitLapsed, ServerHint
from intertie.testing.virtual_time import run_virtual
from support.scheduling import LoopScheduler
from support.store_kit import KEY, StoreKit, most_aligned, most_within

SECONDS = 12.0
PLACES = [("memory", 1), ("sqlite", 1), ("sqlite", 3)]


def opened(kit, processes):
    """Open stores whose background runs in virtual time."""
    stores = [kit.coordination() for _ in range(processes)]
    if kit.backend == "sqlite":
        for store in stores:
            store._background.stop()
            store._background = LoopScheduler(kit.clock)
    return stores


class Crowd:
    """Callers that are delayed at random, and what they did."""

    def __init__(self, kit, rng, limiters) -> None:
        self.kit, self.rng, self.limiters = kit, rng, limiters
        self.departed: list[float] = []
        self.lapsed = 0

    async def delay(self) -> None:
        """Go on at once, soon, or after a long while, as where other tasks keep the loop."""
        chance = self.rng.random()
        if chance < 0.4:
            return
        longest_s = 0.004 if chance < 0.8 else 0.04 if chance < 0.98 else 0.4
        await self.kit.clock.sleep_until(self.kit.clock.monotonic_s() + self.rng.random() * longest_s)

    async def call(self, limiter, deadline_s) -> None:
        again = False
        while True:
            permit = limiter.acquire_nowait() if not again else None
            permit = permit or await limiter.acquire(deadline_s=deadline_s, again=again)
            if isinstance(permit, LimitRefusal):
                return
            ended = began = False
            try:
                await self.delay()
                try:
                    permit.departing()
                except PermitLapsed:
                    ended, again = True, True
                    self.lapsed += 1
                    limiter.give_back(permit)
                    continue
                began = True
                if self.rng.random() < 0.05:
                    ended = True
                    limiter.give_back(permit)  # the connection broke before its first byte
                    return
                await self.delay()
                if self.rng.random() < 0.95:
                    permit.departed()
                self.departed.append(self.kit.clock.monotonic_s())
                ended = True
                limiter.finished(permit)
                return
            finally:
                if not ended:
                    # Cancelled: once its request has begun to leave, bytes may have left.
                    if began:
                        self.departed.append(self.kit.clock.monotonic_s())
                    limiter.finished(permit)

    async def caller(self, limiter, until_s) -> None:
        while self.kit.clock.monotonic_s() < until_s:
            await self.delay()
            now_s = self.kit.clock.monotonic_s()
            task = asyncio.ensure_future(self.call(limiter, now_s + self.rng.choice([0.0, 0.3, 3.0])))
            if self.rng.random() < 0.05:
                await self.kit.clock.sleep_until(now_s + self.rng.random() * 0.1)
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self.rng.random() < 0.003:
                await limiter.observe(ServerHint(pause_s=self.rng.random() / 5), deadline_s=now_s + 1.0)

    async def run(self, callers) -> None:
        until_s = self.kit.clock.monotonic_s() + SECONDS
        await asyncio.gather(*(self.caller(self.limiters[n % len(self.limiters)], until_s) for n in range(callers)))


@pytest.mark.parametrize("margin_s", [0.0, 0.02])
@pytest.mark.parametrize("strategy", ["sliding_window", "fixed_window", "token_bucket"])
@pytest.mark.parametrize(("backend", "processes"), PLACES)
@pytest.mark.parametrize("limit", [4, 60])
def test_counted_at_departure_no_window_is_ever_passed(tmp_path, backend, processes, strategy, margin_s, limit):
    """Tasks delayed at random between grant, departing, departed and finished, cancelled and lapsed, in one process or three."""
    rng = random.Random(f"{backend}{processes}{strategy}{margin_s}{limit}")
    kit = StoreKit(backend, tmp_path)
    options = LimiterOptions((Window(1.0, limit), Window(3.0, 2 * limit)), strategy, burst=limit, margin_s=margin_s)
    limiters = [store.limiter(KEY, options) for store in opened(kit, processes)]
    crowd = Crowd(kit, rng, limiters)
    run_virtual(crowd.run(15), kit.clock)
    stamps = sorted(crowd.departed)
    for window in options.windows:
        if strategy == "fixed_window":
            utc = [stamp_s - kit.clock.monotonic_s() + kit.clock.utc_s() - 1.5e-6 for stamp_s in stamps]
            assert most_aligned(utc, window.window_s) <= window.limit
        else:
            assert most_within(stamps, window.window_s + margin_s) <= window.limit
    assert len(stamps) > SECONDS / 3 * 2 * limit * 0.4, "the limit is hardly used"
    kit.clock.advance(5.0)
    for limiter in limiters:
        limiter.snapshot()
    assert limiters[0].snapshot().windows[0].used == 0, "something still holds room"
    assert (limiters[0].snapshot().in_flight, limiters[0].snapshot().waiting) == (0, 0)
    kit.close()
