"""The windows of a rate limit, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from intertie.core.rate_windows import RATE_WINDOWS, RateWindow
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
    declared: Iterator[tuple[RateWindow, Located[int] | None]] = (
        (each, getattr(limits, each.field)) for each in RATE_WINDOWS
    )
    return [DeclaredWindow(limit, int(each.window_s), each.word) for each, limit in declared if limit]
