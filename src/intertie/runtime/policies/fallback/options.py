"""What answers when the service can't."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

STAGE: Final = "fallback"
LAST_GOOD: Final = "last_good"


class FallbackOptions(Struct, frozen=True):
    """`strategy` is `cache`, `default`, `queue` or `circuit_break`.

    Attributes:
        cache_ttl_s: Oldest last-good answer that may be given.
        default_response: Plain data.
        idempotency_ttl_s: How long the service remembers an idempotency key; older queue entries are parked, not sent.
    """

    strategy: str
    cache_ttl_s: float = 300.0
    default_response: object = None
    idempotency_ttl_s: float = 86400.0


def applies(options: FallbackOptions, *, is_read: bool) -> bool:
    """Return whether a strategy can serve an operation: a cache serves reads only, a queue takes writes only."""
    match options.strategy:
        case "cache":
            return is_read
        case "queue":
            return not is_read
        case _:
            return True
