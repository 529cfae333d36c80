"""When a breaker opens and how it closes."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from intertie.runtime.statuses import StatusSet

STAGE: Final = "circuit_breaker"
SECOND_LOOK: Final = "circuit_breaker_again"


class BreakerOptions(Struct, frozen=True):
    """Either `failure_threshold` (consecutive failures) or `failure_ratio` over the last `window` calls.

    Attributes:
        open_s: Seconds it stays open before probes are let through.
        half_open_requests: Most probes in flight; each is a lease that ends at its attempt's deadline.
        success_threshold: Probe successes that close it; one probe failure opens it again.
        scope: `integration` or `endpoint`.
        network_error, timeout, statuses: What counts as a failure.
    """

    failure_threshold: int | None = 5
    failure_ratio: float | None = None
    window: int = 20
    minimum_calls: int = 10
    success_threshold: int = 1
    open_s: float = 30.0
    half_open_requests: int = 1
    scope: str = "integration"
    network_error: bool = True
    timeout: bool = True
    statuses: StatusSet = field(default_factory=lambda: StatusSet.of(["5xx"]))
    alert_on_open: bool = False
