"""Takes a permit just before the bytes leave, and lets every answer steer the limit."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.runtime.call import Call, Failed, Kind, Outcome
from intertie.runtime.http import Response
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.limiter.options import STAGE
from intertie.runtime.state import LimiterHandle, PermitLapsed, ServerHint
from intertie.runtime.turns import hold_turn

ReadHint = Callable[[Response, bool], ServerHint | None]
"""(answer, whether it was throttled) -> what it says about the limit."""

_WHY = {
    "window": "its declared rate leaves no turn in time",
    "pause": "its calls are paused, and the pause is not over in time",
    "quota": "it said that nothing is left until its limit is renewed",
    "concurrency": "too many calls are in flight",
    "store_busy": "the state that all callers share is crowded, and there is no time left to wait for it",
    "closed": "the integration was closed meanwhile",
    "store": "the state that all callers share can't be reached, and `store_down` says refuse",
}


class LimiterPolicy(Struct, frozen=True):
    """Waits for a turn within the deadline. A permit whose request was never sent is given back."""

    handle: LimiterHandle
    read_hint: ReadHint
    service: str
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or a refusal with the time to wait.

        Raises:
            PermitLapsed: The request was handed over too late and has not left; the permit was given back.
        """
        try:
            outcome = await hold_turn(
                call,
                call_next,
                handle=self.handle,
                stage=STAGE,
                taken="permit",
                service=self.service,
                why=lambda reason: _WHY.get(reason, reason),
                clock=self.clock,
            )
        except PermitLapsed as lapsed:
            call.course.emit(STAGE, "lapse", late_s=lapsed.late_s)
            raise
        if isinstance(outcome, Failed) and outcome.reached is Reach.NO:
            return outcome
        return await self._observe(call, outcome)

    async def _observe(self, call: Call, outcome: Outcome) -> Outcome:
        throttled = isinstance(outcome, Failed) and outcome.kind is Kind.THROTTLED
        hint = None if outcome.response is None else self.read_hint(outcome.response, throttled)
        if hint is None:
            return outcome
        pause_s = await self.handle.observe(hint, deadline_s=call.deadline_s)
        if pause_s > 0:
            call.course.emit(STAGE, "pause", pause_s=pause_s)
        if not isinstance(outcome, Failed) or not throttled:
            return outcome
        outcome.error.retry_after_s = pause_s
        fits = self.clock.monotonic_s() + pause_s < call.deadline_s
        return replace(outcome, kind=Kind.THROTTLED if fits else Kind.QUOTA_EXHAUSTED, retry_after_s=pause_s)
