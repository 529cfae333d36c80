"""Taking a turn at a limit, and giving it back: what guards that count calls in flight or in time have in common."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import RateLimited, Reach
from intertie.core.units import wait_text
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.classify import refusal_codes
from intertie.runtime.state import LimiterHandle, LimitRefusal, Permit
from intertie.runtime.streams import WatchedStream


async def wait_for_turn(call: Call, handle: LimiterHandle, stage: str, clock: Clock) -> Permit | LimitRefusal:
    """Wait for a turn as long as the call's deadline and the handle's options allow; events of the stage tell of it."""
    now_s = clock.monotonic_s()
    got = await handle.acquire(deadline_s=call.deadline_s)
    if isinstance(got, LimitRefusal):
        call.course.emit(stage, "reject", reason=got.reason, retry_after_s=got.retry_after_s)
    elif got.waited_s > 0:
        call.course.emit(stage, "wait", waited_s=clock.monotonic_s() - now_s)
    return got


def turn_refused(call: Call, refusal: LimitRefusal, service: str, why: str) -> Failed:
    """Return the failure of a call that got no turn; nothing of it was sent."""
    wait_s = refusal.retry_after_s
    error = RateLimited(
        f"{call.operation.id}: not sent to {service}, since {why}; try again in {wait_text(wait_s)}",
        retry_after_s=wait_s,
    )
    return Failed(error, Kind.REJECTED, Reach.NO, external_codes=refusal_codes(error), retry_after_s=wait_s)


def turn_interrupted(handle: LimiterHandle, permit: Permit, *, sent: bool) -> None:
    """End the turn of an attempt that was cancelled: what may have left counts, what was not sent is given back."""
    if sent:
        handle.finished()
    else:
        handle.give_back(permit)


def turn_over(handle: LimiterHandle, permit: Permit, outcome: Outcome) -> Outcome:
    """End an attempt's turn: given back where nothing was sent, else over; a stream keeps its place until it ends."""
    if isinstance(outcome, Failed) and outcome.reached is Reach.NO:
        handle.give_back(permit)
        return outcome
    response = outcome.response
    if isinstance(outcome, Answered) and response is not None and response.stream is not None:
        watched = WatchedStream(response.stream, lambda _: handle.finished())
        return replace(outcome, response=replace(response, stream=watched))
    handle.finished()
    return outcome
