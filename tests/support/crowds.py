"""Callers of a limit that are delayed at random between any two steps, in virtual time."""

from __future__ import annotations

import asyncio

from intertie.runtime.state import LimitRefusal, PermitLapsed, ServerHint


class Crowd:
    """Callers that are delayed at random, and what they did."""

    def __init__(self, clock, rng, limiters, *, hints: float = 0.003) -> None:
        self.clock, self.rng, self.limiters, self.hints = clock, rng, limiters, hints
        self.departed: list[float] = []
        self.lapsed = 0

    async def delay(self) -> None:
        """Go on at once, soon, or after a long while, as where other tasks keep the loop."""
        chance = self.rng.random()
        if chance < 0.4:
            return
        longest_s = 0.004 if chance < 0.8 else 0.04 if chance < 0.98 else 0.4
        await self.clock.sleep_until(self.clock.monotonic_s() + self.rng.random() * longest_s)

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
                self.departed.append(self.clock.monotonic_s())
                ended = True
                limiter.finished(permit)
                return
            finally:
                if not ended:
                    # Cancelled: once its request has begun to leave, bytes may have left.
                    if began:
                        self.departed.append(self.clock.monotonic_s())
                    limiter.finished(permit)

    async def caller(self, limiter, until_s) -> None:
        while self.clock.monotonic_s() < until_s:
            await self.delay()
            now_s = self.clock.monotonic_s()
            task = asyncio.ensure_future(self.call(limiter, now_s + self.rng.choice([0.0, 0.3, 3.0])))
            if self.rng.random() < 0.05:
                await self.clock.sleep_until(now_s + self.rng.random() * 0.1)
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self.rng.random() < self.hints:
                await limiter.observe(ServerHint(pause_s=self.rng.random() / 5), deadline_s=now_s + 1.0)

    async def run(self, callers, seconds) -> None:
        until_s = self.clock.monotonic_s() + seconds
        await asyncio.gather(*(self.caller(self.limiters[n % len(self.limiters)], until_s) for n in range(callers)))
