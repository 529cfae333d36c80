"""Pure: how long to wait before the next attempt."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.runtime.policies.retry.options import RetryOptions


def backoff_s(attempt: int, options: RetryOptions, *, draw: float) -> float:
    """Return how long to wait before the next attempt.

    With `n = attempt - 1`: exponential `initial * multiplier**n`, linear `initial * (n + 1)`, fixed `initial`;
    capped at `max_delay_s`; with jitter a uniform share of that.

    Args:
        attempt: Attempts made so far, the first call included; 1 after the first failure.
        options: Of the plan.
        draw: One uniform sample in [0, 1) from the injected rng; unused without jitter.

    Returns:
        Seconds in [0, max_delay_s]. Overflow counts as max_delay_s.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 (full jitter).

    >>> backoff_s(3, RetryOptions(initial_delay_s=0.1, max_delay_s=5.0), draw=0.5)
    0.2
    >>> backoff_s(3, RetryOptions(initial_delay_s=0.1, backoff="linear", jitter=False), draw=0.5)
    0.30000000000000004
    """
    n = max(attempt - 1, 0)
    match options.backoff:
        case "exponential":
            try:
                delay_s = options.initial_delay_s * options.multiplier**n
            except OverflowError:
                delay_s = options.max_delay_s
        case "linear":
            delay_s = options.initial_delay_s * (n + 1)
        case _:
            delay_s = options.initial_delay_s
    capped_s = min(delay_s, options.max_delay_s)
    return capped_s * draw if options.jitter else capped_s


def longest_backoff_s(attempt: int, retry: RetryOptions) -> float:
    """Return the longest wait after attempt number `attempt` failed, the draw of the jitter being 1.

    >>> longest_backoff_s(3, RetryOptions(initial_delay_s=0.2, max_delay_s=2.0))
    0.8
    """
    return backoff_s(attempt, replace(retry, jitter=False), draw=0.0)
