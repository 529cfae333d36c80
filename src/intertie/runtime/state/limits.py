"""What a limit gives, and what is asked of it."""

from __future__ import annotations

from typing import Protocol

import msgspec

from intertie.runtime.policies.limiter.options import LimiterOptions


class Permit(msgspec.Struct, frozen=True):
    """The right to send one request now. `stamp_s` is when it was taken, by the limiter's own clock.

    `waited_s` is 0.0 where a turn was free at once, however long the store took to say so.
    """

    stamp_s: float
    waited_s: float = 0.0


class LimitRefusal(msgspec.Struct, frozen=True):
    """No turn within the deadline; nothing stays reserved.

    `reason` is `window`, `pause`, `quota` (the service says that nothing is left), `concurrency`, `store` where the
    limit's store is down and `store_down` says `refuse`, or `store_busy` where others held it all the time there was.
    """

    retry_after_s: float
    reason: str


class ServerHint(msgspec.Struct, frozen=True):
    """What an answer said about the limit; hints only tighten.

    Attributes:
        pause_s: Nobody may send for so long (`Retry-After`), None where nothing was said.
        throttled: The answer was a 429 or a disguise of one; without `pause_s` the declared pause applies, growing
            with each in a row.
        remaining, reset_s: Requests left and seconds until they are renewed (`RateLimit*`, `X-RateLimit-*`).
    """

    pause_s: float | None = None
    throttled: bool = False
    remaining: int | None = None
    reset_s: float | None = None


class WindowState(msgspec.Struct, frozen=True):
    """One window as it is now."""

    window_s: float
    limit: int
    used: int
    free_in_s: float


class LimiterSnapshot(msgspec.Struct, frozen=True):
    """The limiter as it is now.

    `paused_for_s` is 0 where nothing pauses it: neither a pause nor an answer that said that nothing is left.
    """

    windows: tuple[WindowState, ...]
    in_flight: int
    waiting: int
    paused_for_s: float


class LimiterVerbs(Protocol):
    """The limit of one integration and environment."""

    def acquire_nowait(self) -> Permit | None:
        """Take a permit if one is free now and nobody waits before us, else None. Memory."""

    async def acquire(self, *, deadline_s: float) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic). Awaited.

        Refused at once where the turn can't come before the deadline. If the caller is cancelled while waiting,
        nothing stays taken.
        """

    def give_back(self, permit: Permit) -> None:
        """Undo a permit whose request was not sent (`reached` is `no`). Told later."""

    def finished(self) -> None:
        """End the flight that a permit began (frees a place of `concurrent`); once for each permit not given back.

        Told later.
        """

    async def observe(self, hint: ServerHint, *, deadline_s: float) -> float:
        """Let an answer steer the limit for all callers; return the pause now in force, 0.0 where none. Awaited.

        This process heeds the hint at once. Where the store does not take it by `deadline_s` (monotonic), or the
        caller is cancelled, the store is told later.
        """

    def pause(self, seconds: float) -> None:
        """Pause by an operator's hand. Blocks."""

    def resume(self) -> None:
        """Clear a pause. Blocks."""

    def snapshot(self) -> LimiterSnapshot:
        """Return the limiter as it is now, all processes that share the store included as far as known. Blocks."""


class LimiterHandle(LimiterVerbs, Protocol):
    """A limit, held with options of one's own."""

    def reconfigure(self, options: LimiterOptions) -> None:
        """Go on under other options: what left under the old ones counts under the new. Told later."""

    def close(self) -> None:
        """End this handle: its options hold no longer. What was taken through it may still be ended. Told later."""
