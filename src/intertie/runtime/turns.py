"""Holding a turn at a limit around an attempt: what guards have in common that count calls, in time or in flight."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import RateLimited, Reach
from intertie.core.units import wait_text
from intertie.runtime.call import Answered, Call, Failed, Kind, Outcome
from intertie.runtime.classify import refusal_codes
from intertie.runtime.pipeline import CallNext
from intertie.runtime.state import LimiterHandle, LimitRefusal, Permit
from intertie.runtime.streams import WatchedStream


async def hold_turn(
    call: Call,
    call_next: CallNext,
    *,
    handle: LimiterHandle,
    stage: str,
    taken: str,
    service: str,
    why: Callable[[str], str],
    clock: Clock,
) -> Outcome:
    """Take a turn, let the attempt go on, and end the turn however that ends; a refusal where none comes in time.

    Args:
        call: The attempt; what it holds under `stage` already is its turn. One that goes `again` stands at the head of
            the line.
        call_next: The rest of the pipeline.
        handle: Where turns are; its own options say how long one waits, beside the call's deadline.
        stage: Whose events tell of it: `reject`, `wait`, and `taken`.
        taken: Name of the event that the attempt has its turn.
        service: For messages.
        why: A refusal's reason, in words that follow "since".
        clock: For the events.
    """
    course = call.course
    sends = course.sends
    turn: Permit | LimitRefusal | None = call.held.get(stage)
    try:
        if turn is None and not call.held.again:
            turn = handle.acquire_nowait()
        if turn is None:
            since_s = clock.monotonic_s()
            turn = await handle.acquire(deadline_s=call.deadline_s, again=call.held.again)
            if isinstance(turn, LimitRefusal):
                course.emit(stage, "reject", reason=turn.reason, retry_after_s=turn.retry_after_s)
                return _refused(call, turn, service, why(turn.reason))
            if turn.waited_s > 0:
                course.emit(stage, "wait", waited_s=clock.monotonic_s() - since_s)
        assert not isinstance(turn, LimitRefusal)  # noqa: S101  # what is held, or was given at once
        call.held[stage] = turn
        course.emit(stage, taken)
        return _over(handle, turn, await call_next(call))
    except BaseException:
        # What may have left counts; what was not sent is given back. To end a turn once more does nothing.
        if turn is not None and not isinstance(turn, LimitRefusal):
            if course.sends > sends:
                handle.finished(turn)
            else:
                handle.give_back(turn)
        raise


def _refused(call: Call, refusal: LimitRefusal, service: str, why: str) -> Failed:
    wait_s = refusal.retry_after_s
    when = f"; try again in {wait_text(wait_s)}" if wait_s > 0 else ""
    error = RateLimited(f"{call.operation.id}: not sent to {service}, since {why}{when}", retry_after_s=wait_s)
    return Failed(error, Kind.REJECTED, Reach.NO, external_codes=refusal_codes(error), retry_after_s=wait_s)


def _over(handle: LimiterHandle, permit: Permit, outcome: Outcome) -> Outcome:
    """End an attempt's turn: given back where nothing was sent, else over; a stream keeps its place until it ends."""
    if isinstance(outcome, Failed) and outcome.reached is Reach.NO:
        handle.give_back(permit)
        return outcome
    response = outcome.response
    if isinstance(outcome, Answered) and response is not None and response.stream is not None:
        watched = WatchedStream(response.stream, lambda _: handle.finished(permit))
        return replace(outcome, response=replace(response, stream=watched))
    handle.finished(permit)
    return outcome
