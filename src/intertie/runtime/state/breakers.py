"""What a breaker says, and what it is told."""

from __future__ import annotations

from typing import Protocol

import msgspec

from intertie.runtime.policies.breaker.options import BreakerOptions


class Admission(msgspec.Struct, frozen=True):
    """The breaker lets an attempt pass.

    Attributes:
        epoch: Tells results from before a change of state.
        probe: A half-open lease.
    """

    epoch: int
    probe: str | None = None


class CircuitRefusal(msgspec.Struct, frozen=True):
    """The breaker is open (or half-open and full); `forced` where an operator holds it so."""

    state: str
    retry_after_s: float
    forced: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What an attempt means to the breaker: `failure` True or False, or None where it is neutral."""

    failure: bool | None


class BreakerSnapshot(msgspec.Struct, frozen=True):
    """`state` is `closed`, `open` or `half_open`; `forced` is `open`, `closed` or None."""

    state: str
    failures: int
    successes: int
    probes: int
    opens_for_s: float
    forced: str | None
    epoch: int


class BreakerVerbs(Protocol):
    """One breaker."""

    def admit_nowait(self) -> Admission | None:
        """Return an admission where the breaker is known to be closed, None where `admit` must look. Memory."""

    async def admit(self, *, lease_until_s: float) -> Admission | CircuitRefusal:
        """Ask for admission; a probe's lease ends at `lease_until_s` (monotonic) whatever becomes of its owner.

        Awaited, at most until then; a store that does not answer leaves the decision to this process.
        """

    def still_admitted_nowait(self, admission: Admission) -> bool | None:
        """Return whether nothing opened since, None where `still_admitted` must look. Memory."""

    async def still_admitted(self, admission: Admission, *, deadline_s: float) -> bool:
        """Return whether nothing opened since (the second look, after a wait). Awaited, for a moment at most."""

    async def record(self, admission: Admission, verdict: Verdict, *, deadline_s: float) -> str | None:
        """Record how the attempt went; return the new state's name where it changed, else None.

        Awaited where the answer may change the state (a failure, a probe), else memory. Where the store does not take
        it by `deadline_s` (monotonic), or the caller is cancelled, this process counts it and the store is told later.
        """

    def record_later(self, admission: Admission, verdict: Verdict) -> None:
        """Record how the attempt went, for callers that may not wait. Told later.

        A success on a closed breaker that has counted no failures costs next to nothing.
        """

    def release(self, admission: Admission) -> None:
        """End an admission whose attempt was never sent. Told later."""

    def known(self) -> BreakerSnapshot:
        """Return the breaker as this process last knew it. Memory."""

    def force(self, state: str | None) -> None:
        """Hold it `open` or `closed` for all who share the store; None lets it decide again. Blocks."""

    def snapshot(self) -> BreakerSnapshot:
        """Return the breaker as it is now. Blocks."""


class BreakerHandle(BreakerVerbs, Protocol):
    """A breaker, held with options of one's own."""

    def reconfigure(self, options: BreakerOptions) -> None:
        """Go on under other options, with what was counted under the old ones. Told later."""

    def close(self) -> None:
        """End this handle: its options hold no longer. What was admitted through it may still be recorded.

        Told later.
        """
