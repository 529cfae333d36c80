"""What a call gives back."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from intertie.core.errors import CallError
from intertie.core.money import Money
from intertie.core.timeline import timeline
from intertie.runtime.call import Answered, Failed, Outcome
from intertie.runtime.events import Event
from intertie.runtime.http import Response


class Result(Struct, frozen=True):
    """A call that was answered: by the service, or by a fallback, which is always marked as one.

    Attributes:
        operation: Operation id.
        data: The mapped answer; None for what was queued.
        status: HTTP status; None where the service gave no answer.
        fallback: `cache`, `default` or `queue`, None where the service answered.
        stale: The answer came from the cache.
        attempts: Attempts sent.
        elapsed_s: Seconds, waits included.
        cost: What the attempts cost, None where nothing is paid per call.
        receipt: Id of what was queued.
        warnings: Sentences about what will hurt later: deprecations, a broken response schema.
        events: What each guard saw and decided, where the call was explained.
    """

    operation: str
    data: object
    status: int | None
    fallback: str | None
    stale: bool
    attempts: int
    elapsed_s: float
    cost: Money | None
    receipt: str | None
    warnings: tuple[str, ...]
    events: tuple[Event, ...]
    response: Response | None = None
    """The HTTP answer as it came: headers and undecoded body; None for a fallback answer."""

    def __repr__(self) -> str:
        # Not the answer as it came: its headers and body are masked by nobody.
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "response")
        return f"Result({', '.join(shown)})"

    def explain(self) -> str:
        """Return the timeline of the call, one line for each thing a guard saw or decided (needs `explain=True`)."""
        return timeline(self.events)

    def __getitem__(self, key: str) -> object:
        """Return one field of an object answer."""
        if isinstance(self.data, Mapping):
            return self.data[key]
        msg = f"the answer of {self.operation} is not an object; use .data"
        raise TypeError(msg)


def result_of(operation: str, outcome: Outcome) -> Result:
    """Return the result of an answered call, or raise the error of a failed one."""
    match outcome:
        case Answered():
            return Result(
                operation=operation,
                data=outcome.data,
                status=outcome.status,
                fallback=outcome.fallback,
                stale=outcome.stale,
                attempts=outcome.attempts,
                elapsed_s=outcome.elapsed_s,
                cost=outcome.cost,
                receipt=outcome.receipt,
                warnings=outcome.warnings,
                events=outcome.events,
                response=outcome.response,
            )
        case Failed():
            raise error_of(operation, outcome)


def error_of(operation: str, outcome: Failed) -> CallError:
    """Return the error of a failed call with everything that is known standing on it."""
    error = outcome.error
    error.operation = operation
    error.attempts = outcome.attempts
    error.elapsed_s = outcome.elapsed_s
    error.reached = outcome.reached
    error.cost = outcome.cost
    error.events = outcome.events
    error.warnings = outcome.warnings
    if outcome.retry_after_s is not None:
        error.retry_after_s = outcome.retry_after_s
    return error
