"""Real time in tests, bounded so that no slow or busy machine breaks a bound.

Where time is not the subject a bound says no more than "this does not hang": `PATIENCE_S`. Where a timeout is the
subject, `at_any_pace` runs the test in its own unit of time. Where the processor's work is the subject, `work` compares
it with other work of the same run.
"""

from __future__ import annotations

import functools
import gc
import inspect
import time
from collections.abc import Callable
from typing import Any

import pytest

PATIENCE_S = 120.0


def at_any_pace(*paces_s: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with `pace_s` set to each of these in turn, until it passes; the last one decides.

    A timeout of 80 ms can end an exchange in its connect phase on a busy machine, though the product does all that it
    promises. With 800 ms or 8 s it can't. All times of such a test, its assertions included, are multiples of
    `pace_s`. So a fault of the product fails at every pace, and a slow moment of the machine at the short ones only.

    Args:
        paces_s: Shortest first; the last is longer than a machine needs that runs the suite at all.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(*arguments: Any, **options: Any) -> None:
            for pace_s in paces_s[:-1]:
                try:
                    return test(*arguments, pace_s=pace_s, **options)
                except (Exception, pytest.fail.Exception):  # noqa: BLE001, S112  # the last pace tells what is wrong
                    continue
            return test(*arguments, pace_s=paces_s[-1], **options)

        signature = inspect.signature(test)
        kept = [parameter for name, parameter in signature.parameters.items() if name != "pace_s"]
        run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # pytest reads fixtures here
        return run

    return decorate


def wait_until(reached: Callable[[], object], *, every_s: float = 0.002) -> None:
    """Return when it is so; fail where it never is."""
    end_s = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < end_s, "it never came to that"
        time.sleep(every_s)


def work(do: Callable[[], object], *, times: int = 3) -> float:
    """Return the seconds that the processor needs for `do`: the best of several, so that a slow moment doesn't count."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        began = time.process_time()
        do()
        best = min(best, time.process_time() - began)
    return best


def growth(make: Callable[[int], Callable[[], object]], size: int, *, factor: int = 4) -> float:
    """Return how many times the work grows when the size grows `factor` times.

    Work in proportion to the size grows `factor` times, work in proportion to its square `factor` squared times.
    """
    small, large = work(make(size)), work(make(size * factor))
    return large / small
