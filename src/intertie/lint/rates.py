"""The windows of a rate limit, with their places."""

from __future__ import annotations

from msgspec import Struct

from intertie.spec.fields import Located
from intertie.spec.model import Spec


class DeclaredWindow(Struct, frozen=True):
    """`limit` requests per `window_s` seconds; `word` is the window in a sentence."""

    limit: Located[int]
    window_s: int
    word: str

    @property
    def once(self) -> str:
        """`a minute`, `an hour`."""
        return f"{'an' if self.word == 'hour' else 'a'} {self.word}"

    @property
    def rate(self) -> str:
        """`1,000 a minute`."""
        return f"{self.limit.value:,} {self.once}"


def windows(spec: Spec) -> list[DeclaredWindow]:
    """Return the declared windows, shortest first; none where the block is switched off."""
    limits = spec.rate_limits
    if limits is None or (limits.enabled and not limits.enabled.value):
        return []
    declared = (
        (limits.requests_per_second, 1, "second"),
        (limits.requests_per_minute, 60, "minute"),
        (limits.requests_per_hour, 3600, "hour"),
        (limits.requests_per_day, 86400, "day"),
    )
    return [DeclaredWindow(limit, window_s, word) for limit, window_s, word in declared if limit]
