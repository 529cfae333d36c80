"""The waits between the tries of one call."""

from __future__ import annotations

from intertie.runtime.policies.retry.options import RetryOptions


def longest_waits_s(retry: RetryOptions) -> list[float]:
    """Return the longest wait after each try but the last, in seconds: the computed delay before jitter shortens it.

    >>> longest_waits_s(RetryOptions(max_attempts=4, initial_delay_s=1.0, max_delay_s=3.0))
    [1.0, 2.0, 3.0]
    """
    waits: list[float] = []
    delay_s = retry.initial_delay_s
    for made in range(1, retry.max_attempts):
        waits.append(min(delay_s, retry.max_delay_s))
        if retry.backoff == "exponential":
            delay_s = min(delay_s * retry.multiplier, retry.max_delay_s)
        elif retry.backoff == "linear":
            delay_s = retry.initial_delay_s * (made + 1)
    return waits
