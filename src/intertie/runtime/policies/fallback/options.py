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
