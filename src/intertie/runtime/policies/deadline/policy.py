"""The total deadline, handed down as an instant."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.clock import Clock
from intertie.core.errors import DeadlineExceeded
from intertie.runtime.call import Call, Failed, Outcome
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.deadline.options import STAGE, TimeoutOptions


class DeadlinePolicy(Struct, frozen=True):
    """Lets the rest of the pipeline run until `call.deadline_s`; nothing in there waits or reads beyond it.

    There is no cancelling timer: a call that blocks a thread can't be cancelled, so every step that may block is
    given the instant. An answer that is complete is never thrown away for being a moment late.
    """

    options: TimeoutOptions
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the outcome; where time ran out, say which phase it ran out in."""
        course = call.course
        if course.watched:
            course.emit(STAGE, "deadline", left_s=call.deadline_s - self.clock.monotonic_s())
        else:
            course.decisions.append("deadline")
        outcome = await call_next(call)
        if type(outcome) is Failed and isinstance(outcome.error, DeadlineExceeded):
            course.emit(STAGE, "timeout", phase=outcome.error.phase)
        return outcome
