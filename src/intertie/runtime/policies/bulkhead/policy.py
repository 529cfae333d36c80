"""Holds one of an operation's places around the connection and the exchange."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.runtime.call import Call, Outcome
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.bulkhead.options import STAGE, BulkheadOptions
from intertie.runtime.state import LimiterHandle, LimitRefusal
from intertie.runtime.turns import turn_interrupted, turn_over, turn_refused, wait_for_turn


class BulkheadPolicy(Struct, frozen=True):
    """A slow operation fills its own places, and no more of the connections that all operations share."""

    options: BulkheadOptions
    handle: LimiterHandle
    service: str
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or a refusal with the time to wait."""
        course = call.course
        place = call.held.of(STAGE) or self.handle.acquire_nowait()
        if place is None:
            place = await wait_for_turn(call, self.handle, STAGE, self.clock)
            if isinstance(place, LimitRefusal):
                why = _why(place.reason, self.options.concurrent)
                return turn_refused(call, place, self.service, why)
        course.emit(STAGE, "place")
        sends = course.sends
        try:
            outcome = await call_next(replace(call, held=call.held.holding(STAGE, place)))
        except BaseException:
            turn_interrupted(self.handle, place, sent=course.sends > sends)
            raise
        return turn_over(self.handle, place, outcome)


def _why(reason: str, concurrent: int) -> str:
    if reason == "concurrency":
        return f"all places of this operation are taken (`concurrent_requests: {concurrent}`)"
    return "the state that all callers share can't be asked for a place in time"
