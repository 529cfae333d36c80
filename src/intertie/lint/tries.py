"""How many of the allowed tries a call has time for."""

from __future__ import annotations

from msgspec import Struct

from intertie.lint.waits import longest_waits_s
from intertie.runtime.policies.retry.options import RetryOptions


class Tries(Struct, frozen=True):
    """The tries of one call, each taking the same time.

    Attributes:
        made: How many begin before the whole call is over.
        tries_s: What all allowed tries would take.
        waits_s: The waits between them, halved where jitter shortens them on average.
    """

    made: int
    tries_s: float
    waits_s: float

    @property
    def needed_s(self) -> float:
        """Seconds for all of them."""
        return self.tries_s + self.waits_s


def tries_of(retry: RetryOptions, *, try_s: float, total_s: float) -> Tries:
    """Return how many tries of `try_s` seconds begin within `total_s`, and what all would take.

    >>> tries_of(RetryOptions(max_attempts=4, initial_delay_s=1.0, jitter=False), try_s=2.0, total_s=6.5)
    Tries(made=3, tries_s=8.0, waits_s=7.0)
    """
    share = 0.5 if retry.jitter else 1.0
    waits_s = [wait_s * share for wait_s in longest_waits_s(retry)]
    made, begins_s = 1, 0.0
    for wait_s in waits_s:
        begins_s += try_s + wait_s
        if begins_s >= total_s:
            break
        made += 1
    return Tries(made, retry.max_attempts * try_s, sum(waits_s))


def waits_fit(retry: RetryOptions, total_s: float) -> bool:
    """Return whether the waits alone leave time for every try."""
    return tries_of(retry, try_s=0.0, total_s=total_s).made == retry.max_attempts


def begins_s(retry: RetryOptions, try_s: float) -> list[float]:
    """Return when each try of `try_s` seconds begins, in seconds from the call's beginning.

    >>> begins_s(RetryOptions(max_attempts=3, initial_delay_s=1.0, jitter=False), 2.0)
    [0.0, 3.0, 7.0]
    """
    share = 0.5 if retry.jitter else 1.0
    begins = [0.0]
    for wait_s in longest_waits_s(retry):
        begins.append(begins[-1] + try_s + wait_s * share)
    return begins
