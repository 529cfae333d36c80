"""Plans and ways of running that the tests of the pipeline share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.statuses import StatusSet
from intertie.runtime.stepping import run_blocking
from intertie.testing import Bench, run_virtual

Drive = Callable[[Bench, Coroutine[Any, Any, Any]], Any]


def drive_loop(bench: Bench, work: Coroutine[Any, Any, Any]) -> Any:
    """Run on an event loop in virtual time."""
    return run_virtual(work, bench.clock)


def drive_blocking(bench: Bench, work: Coroutine[Any, Any, Any]) -> Any:
    """Step by hand, as synchronous callers do."""
    return run_blocking(work)


DRIVES = {"asyncio": drive_loop, "blocking": drive_blocking}


def at_once(bench: Bench, *work: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run several calls at the same time in virtual time; return what each returned."""

    async def all_of_them() -> list[Any]:
        return list(await asyncio.gather(*work))

    return run_virtual(all_of_them(), bench.clock)


def retries(max_attempts: int = 3, *, retry_on: tuple[str, ...] = (), **options: Any) -> RetryOptions:
    """Retry everything a plan can name, with fixed delays of 100 ms, unless told otherwise."""
    values: dict[str, Any] = {
        "max_attempts": max_attempts,
        "initial_delay_s": 0.1,
        "max_delay_s": 0.1,
        "backoff": "fixed",
        "jitter": False,
        "retry_on": StatusSet.of(retry_on),
        "network_error": True,
        "timeout": True,
        "service_unavailable": True,
    }
    return RetryOptions(**{**values, **options})


def breaker(failure_threshold: int = 3, **options: Any) -> BreakerOptions:
    """A breaker that opens for ten seconds."""
    return BreakerOptions(failure_threshold=failure_threshold, **{"open_s": 10.0, **options})


def per_second(limit: int, **options: Any) -> LimiterOptions:
    """So many requests in any second, without a margin."""
    return LimiterOptions((Window(1.0, limit),), **{"margin_s": 0.0, **options})


def timeouts(total_s: float = 10.0, **options: Any) -> TimeoutOptions:
    """One second for each step."""
    return TimeoutOptions(**{"connect_s": 1.0, "read_s": 1.0, "write_s": 1.0, "total_s": total_s, **options})
