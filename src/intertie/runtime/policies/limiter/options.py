"""How often, how many at once, and what to do at the limit."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

STAGE: Final = "rate_limit"


class Window(Struct, frozen=True, order=True):
    """At most `limit` requests per `window_s` seconds."""

    window_s: float
    limit: int


class LimiterOptions(Struct, frozen=True):
    """All windows hold at once and are taken together or not at all.

    Attributes:
        windows: Shortest first; empty where only `concurrent` is bounded.
        strategy: `fixed_window`, `sliding_window` or `token_bucket`.
        burst: Bucket size (`token_bucket`), or most that leave within a tenth of the shortest window.
        concurrent: Most calls in flight.
        retry_after_s: Pause after a 429 that states none, times `backoff_multiplier` for each further one in a row.
        on_limit: `wait` for a turn or `reject`.
        max_wait_s: Longest wait for a turn, None where only the deadline bounds it.
        max_pause_s: Longest pause that a server's hint can cause.
        margin_s: What windows and refills are kept longer than declared, for the jitter of network and clocks, by which
            arrivals at the service lie closer than our departures; bursts have none.
    """

    windows: tuple[Window, ...] = ()
    strategy: str = "sliding_window"
    burst: int | None = None
    concurrent: int | None = None
    retry_after_s: float = 1.0
    backoff_multiplier: float = 2.0
    on_limit: str = "wait"
    max_wait_s: float | None = None
    max_pause_s: float = 3600.0
    margin_s: float = 0.02
