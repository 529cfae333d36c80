"""Holds one of an operation's places around the connection and the exchange."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.clock import Clock
from intertie.runtime.call import Call, Outcome
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.bulkhead.options import STAGE, BulkheadOptions
from intertie.runtime.state import LimiterHandle
from intertie.runtime.turns import hold_turn


class BulkheadPolicy(Struct, frozen=True):
    """A slow operation fills its own places, and no more of the connections that all operations share."""

    options: BulkheadOptions
    handle: LimiterHandle
    service: str
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or a refusal with the time to wait."""
        return await hold_turn(
            call,
            call_next,
            handle=self.handle,
            stage=STAGE,
            taken="place",
            service=self.service,
            why=self._why,
            clock=self.clock,
        )

    def _why(self, reason: str) -> str:
        if reason == "concurrency":
            return f"all places of this operation are taken (`concurrent_requests: {self.options.concurrent}`)"
        return "the state that all callers share can't be asked for a place in time"
