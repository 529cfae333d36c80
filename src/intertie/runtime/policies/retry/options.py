"""When and how an attempt is made again."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from intertie.runtime.statuses import StatusSet

STAGE: Final = "retry"


class RetryOptions(Struct, frozen=True):
    """`max_attempts` includes the first; 1 means no retry. Delays in seconds.

    Attributes:
        backoff: `exponential`, `linear` or `fixed`.
        jitter: Full jitter: a uniform share of the computed delay.
        retry_on: Statuses tried again.
        network_error, timeout, service_unavailable: Conditions tried again (the last is status 503).
        budget_ratio: Retries allowed as a share of calls; at least `budget_minimum` in `budget_window_s` always.
    """

    max_attempts: int = 1
    initial_delay_s: float = 0.1
    max_delay_s: float = 5.0
    backoff: str = "exponential"
    multiplier: float = 2.0
    jitter: bool = True
    retry_on: StatusSet = field(default_factory=StatusSet)
    network_error: bool = False
    timeout: bool = False
    service_unavailable: bool = False
    budget_ratio: float = 0.2
    budget_minimum: int = 10
    budget_window_s: float = 10.0
