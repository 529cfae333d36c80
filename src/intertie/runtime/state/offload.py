"""Where blocking work runs: inline for synchronous callers, in a worker thread on an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import inf
from typing import Protocol, TypeVar

T = TypeVar("T")


class Bell(Protocol):
    """Wakes one caller that waits."""

    def ring(self) -> None:
        """Wake the caller, from any thread; a caller that comes later does not wait."""

    async def wait(self, within_s: float) -> None:
        """Return when it rings, or after `within_s` seconds."""


class Offload(Protocol):
    """Run blocking work where it may block: inline for synchronous callers, in a worker thread on an event loop.

    Attributes:
        inline: Whether work runs in the caller's own thread.
    """

    inline: bool

    def __call__(self, work: Callable[[], T], /, *, within_s: float = inf) -> Awaitable[T]:
        """Return what `work` returns; raise what it raises.

        Raises:
            TimeoutError: It was not done in `within_s`, and goes on. Inline work bounds itself instead.
        """

    def start(self, work: Callable[[], None], /) -> None:
        """Run `work` in a worker thread; nobody waits for it. For work that is not `inline`."""

    def bell(self) -> Bell:
        """Return a bell for the running event loop. For work that is not `inline`."""
