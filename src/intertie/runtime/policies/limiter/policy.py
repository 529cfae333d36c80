"""Takes a permit just before the bytes leave, and lets every answer steer the limit."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import RateLimited, Reach
from intertie.core.units import wait_text
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.classify import refusal_codes
from intertie.runtime.http import Response
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.limiter.options import STAGE, LimiterOptions
from intertie.runtime.state import LimiterHandle, LimitRefusal, Permit, ServerHint
from intertie.runtime.streams import WatchedStream

ReadHint = Callable[[Response, bool], ServerHint | None]
"""(answer, whether it was throttled) -> what it says about the limit."""


class LimiterPolicy(Struct, frozen=True):
    """Waits for a turn within the deadline. A permit whose request was never sent is given back."""

    options: LimiterOptions
    handle: LimiterHandle
    read_hint: ReadHint
    service: str
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or a refusal with the time to wait."""
        course = call.course
        permit = call.held.of(STAGE) or self.handle.acquire_nowait()
        if permit is None:
            got = await self._wait(call)
            if isinstance(got, LimitRefusal):
                course.emit(STAGE, "reject", reason=got.reason, retry_after_s=got.retry_after_s)
                return self._refused(call, got)
            permit = got
        course.emit(STAGE, "permit")
        sends = course.sends
        try:
            outcome = await call_next(replace(call, held=call.held.holding(STAGE, permit)))
        except BaseException:
            if course.sends > sends:
                self.handle.finished()
            else:
                self.handle.give_back(permit)
            raise
        return await self._done(call, permit, outcome)

    async def _wait(self, call: Call) -> Permit | LimitRefusal:
        """A caller that may not wait asks for a turn that is free now."""
        now_s = self.clock.monotonic_s()
        deadline_s = call.deadline_s
        if self.options.on_limit == "reject":
            deadline_s = now_s
        elif self.options.max_wait_s is not None:
            deadline_s = min(deadline_s, now_s + self.options.max_wait_s)
        got = await self.handle.acquire(deadline_s=deadline_s)
        if isinstance(got, Permit) and got.waited_s > 0:
            call.course.emit(STAGE, "wait", waited_s=self.clock.monotonic_s() - now_s)
        return got

    async def _done(self, call: Call, permit: Permit, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Answered):
            response = outcome.response
            if response is not None and response.stream is not None:
                watched = WatchedStream(response.stream, lambda _: self.handle.finished())
                outcome = replace(outcome, response=replace(response, stream=watched))
            else:
                self.handle.finished()
        elif outcome.reached is Reach.NO:
            self.handle.give_back(permit)
            return outcome
        else:
            self.handle.finished()
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

    def _refused(self, call: Call, refusal: LimitRefusal) -> Failed:
        why = {
            "window": "its declared rate leaves no turn in time",
            "pause": "its calls are paused, and the pause is not over in time",
            "quota": "it said that nothing is left until its limit is renewed",
            "concurrency": "too many calls are in flight",
            "store_busy": "the state that all callers share is crowded, and there is no time left to wait for it",
            "store": "the state that all callers share can't be reached, and `store_down` says refuse",
        }.get(refusal.reason, refusal.reason)
        error = RateLimited(
            f"{call.operation.id}: not sent to {self.service}, since {why}; "
            f"try again in {wait_text(refusal.retry_after_s)}",
            retry_after_s=refusal.retry_after_s,
        )
        return Failed(
            error, Kind.REJECTED, Reach.NO, external_codes=refusal_codes(error), retry_after_s=refusal.retry_after_s
        )
