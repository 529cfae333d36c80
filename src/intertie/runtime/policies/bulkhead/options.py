"""How many attempts of one operation may be under way, and what one beyond that does."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

NAME: Final = "bulkhead"
STAGE: Final = NAME


class BulkheadOptions(Struct, frozen=True):
    """Places of one operation, for all processes together.

    Attributes:
        concurrent: Most attempts under way, from before their connection to the end of their answers.
        on_limit: `wait` for a place or `reject`.
        max_wait_s: Longest wait for a place, None where only the deadline bounds it.
    """

    concurrent: int
    on_limit: str = "wait"
    max_wait_s: float | None = None
