"""Today's stacks, put together as their documentation shows: limit + retry + breaker + deadline + histogram around a client."""

from __future__ import annotations

import asyncio
import bisect
import time
from collections.abc import Awaitable, Callable

BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]


class Histogram:
    """Counts per bucket, as every metrics library keeps them."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)

    def observe(self, seconds: float) -> None:
        self.counts[bisect.bisect_left(BUCKETS, seconds)] += 1


def stamina_stack(
    call: Callable[[], Awaitable[object]], errors: type[BaseException]
) -> Callable[[], Awaitable[object]]:
    """Stamina retries, purgatory breaks, limits limits."""
    import purgatory
    import stamina
    from limits import RateLimitItemPerSecond
    from limits.aio.storage import MemoryStorage
    from limits.aio.strategies import MovingWindowRateLimiter

    stamina.instrumentation.set_on_retry_hooks([])
    limiter = MovingWindowRateLimiter(MemoryStorage())
    rate = RateLimitItemPerSecond(1_000_000)
    breakers = purgatory.AsyncCircuitBreakerFactory(default_threshold=5, default_ttl=30)
    histogram = Histogram()

    @stamina.retry(on=errors, attempts=3, timeout=10)
    async def attempt() -> object:
        async with await breakers.get_breaker("service"):
            while not await limiter.hit(rate, "service"):
                await asyncio.sleep(0.001)
            return await call()

    async def guarded() -> object:
        started = time.perf_counter()
        async with asyncio.timeout(10):
            answer = await attempt()
        histogram.observe(time.perf_counter() - started)
        return answer

    return guarded


def stamina_stack_blocking(call: Callable[[], object], errors: type[BaseException]) -> Callable[[], object]:
    """The same for threads; the client itself keeps the time."""
    import purgatory
    import stamina
    from limits import RateLimitItemPerSecond
    from limits.storage import MemoryStorage
    from limits.strategies import MovingWindowRateLimiter

    stamina.instrumentation.set_on_retry_hooks([])
    limiter = MovingWindowRateLimiter(MemoryStorage())
    rate = RateLimitItemPerSecond(1_000_000)
    breakers = purgatory.SyncCircuitBreakerFactory(default_threshold=5, default_ttl=30)
    histogram = Histogram()

    @stamina.retry(on=errors, attempts=3, timeout=10)
    def attempt() -> object:
        with breakers.get_breaker("service"):
            while not limiter.hit(rate, "service"):
                time.sleep(0.001)
            return call()

    def guarded() -> object:
        started = time.perf_counter()
        answer = attempt()
        histogram.observe(time.perf_counter() - started)
        return answer

    return guarded


def tenacity_stack(
    call: Callable[[], Awaitable[object]], errors: type[BaseException]
) -> Callable[[], Awaitable[object]]:
    """Tenacity retries, circuitbreaker breaks, pyrate-limiter limits."""
    import tenacity
    from circuitbreaker import circuit
    from pyrate_limiter import InMemoryBucket, Limiter, Rate

    limiter = Limiter(InMemoryBucket([Rate(1_000_000, 1000)]))
    histogram = Histogram()

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(errors),
        stop=tenacity.stop_after_attempt(3),
        wait=tenacity.wait_exponential_jitter(0.1, 5),
        reraise=True,
    )
    @circuit(failure_threshold=5, recovery_timeout=30, expected_exception=errors)
    async def attempt() -> object:
        await limiter.try_acquire_async("service")
        return await call()

    async def guarded() -> object:
        started = time.perf_counter()
        async with asyncio.timeout(10):
            answer = await attempt()
        histogram.observe(time.perf_counter() - started)
        return answer

    return guarded
