"""Pure: what is left of a call's total time for one step of an attempt. All instants are monotonic."""

from __future__ import annotations

from intertie.runtime.policies.deadline.options import TimeoutOptions


def call_deadline_s(options: TimeoutOptions, *, started_s: float, timeout_s: float | None) -> float:
    """Return the instant by which the whole call ends; a caller may shorten `total`, never lengthen it.

    >>> call_deadline_s(TimeoutOptions(total_s=10), started_s=100.0, timeout_s=None)
    110.0
    >>> call_deadline_s(TimeoutOptions(total_s=10), started_s=100.0, timeout_s=60.0)
    110.0
    """
    return started_s + (options.total_s if timeout_s is None else min(timeout_s, options.total_s))


def connect_timeout_s(options: TimeoutOptions, *, now_s: float, deadline_s: float) -> float:
    """Return the seconds that opening a connection may take."""
    return min(options.connect_s, max(deadline_s - now_s, 0.0))


def write_deadline_s(options: TimeoutOptions, *, now_s: float, deadline_s: float) -> float:
    """Return the instant by which the request must be written."""
    return min(now_s + options.write_s, deadline_s)


def read_timeout_s(options: TimeoutOptions, *, now_s: float, deadline_s: float) -> float:
    """Return the seconds that reading the answer may take."""
    return min(options.read_s, max(deadline_s - now_s, 0.0))
