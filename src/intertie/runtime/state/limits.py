"""What a limit gives, and what is asked of it."""

from __future__ import annotations

from math import inf
from typing import Protocol

import msgspec

from intertie.runtime.policies.limiter.options import LimiterOptions


class PermitLapsed(Exception):  # noqa: N818  # no error: the attempt goes on with another permit
    """A permit is too old to be used: its request has not left, and another one is to be taken, `again`.

    `late_s` is how much later than `not_after_s` it was.
    """

    def __init__(self, late_s: float) -> None:
        super().__init__(late_s)
        self.late_s = late_s


class Departures(Protocol):
    """Who gave a permit, and counts its request from the instant at which it departs."""

    def now_s(self) -> float:
        """Return the time on the limiter's own clock, in seconds. Memory."""

    def departed(self, permit: Permit) -> None:
        """Count a permit's request from now on; at most once for each permit. Told later."""


class Permit:
    """The right to hand one request to the kernel, until `not_after_s`. It is the `Departure` of its exchange.

    A permit counts at `not_after_s` from when it is given. Once its request has departed it counts from that instant.
    One that was given back counts no more; one whose flight ended in another way counts from then, since bytes may
    have left.

    Attributes:
        limit: Who gave it.
        stamp_s: When it was given, by the limiter's own clock (`limit.now_s()`).
        not_after_s: The last instant, by the same clock, at which its request may begin to leave; infinite where no
            window counts it.
        waited_s: How long its turn took to come; 0.0 where it was free at once, however long the store took to say so.
    """

    __slots__ = ("limit", "not_after_s", "stamp_s", "waited_s")

    def __init__(self, limit: Departures, stamp_s: float, not_after_s: float = inf, waited_s: float = 0.0) -> None:
        self.limit = limit
        self.stamp_s = stamp_s
        self.not_after_s = not_after_s
        self.waited_s = waited_s

    def departing(self) -> None:
        """Let its request leave now.

        Raises:
            PermitLapsed: It is later than `not_after_s`.
        """
        late_s = self.limit.now_s() - self.not_after_s
        if late_s > 0:
            raise PermitLapsed(late_s)

    def departed(self) -> None:
        """Count it from now: the kernel has taken its last byte."""
        self.limit.departed(self)

    def __repr__(self) -> str:
        return f"Permit(stamp_s={self.stamp_s}, not_after_s={self.not_after_s}, waited_s={self.waited_s})"


class LimitRefusal(msgspec.Struct, frozen=True):
    """No turn within the deadline; nothing stays reserved.

    `reason` is `window`, `pause`, `quota` (the service says that nothing is left), `concurrency`, `store` where the
    limit's store is down and `store_down` says `refuse`, `store_busy` where others held it all the time there was, or
    `closed` where the integration was closed meanwhile.
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
        """Take a permit if one is free now and nobody of this process waits for one, else None. Memory."""

    async def acquire(self, *, deadline_s: float, again: bool = False) -> Permit | LimitRefusal:
        """Wait for a turn, first come first served, at most until `deadline_s` (monotonic). Awaited.

        Refused at once where the turn can't come before the deadline. If the caller is cancelled while waiting,
        nothing stays taken. `again` is for one whose permit lapsed and was given back: it stands at the head of the
        line, since its turn had come.
        """

    def give_back(self, permit: Permit) -> None:
        """Undo a permit of whose request no byte has left, such as one that lapsed. Told later.

        A permit is ended once, here or by `finished`; whoever was interrupted at that may do it again, to no effect.
        """

    def finished(self, permit: Permit) -> None:
        """End the flight that a permit began (frees a place of `concurrent`); once for each permit not given back.

        One that has not departed counts from now: bytes of its request may have left. Told later.
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
