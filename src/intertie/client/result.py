"""What a call gives back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from intertie.core.errors import CallError
from intertie.core.money import Money
from intertie.core.outside_text import shown
from intertie.core.timeline import timeline
from intertie.runtime.call import Failed, Outcome
from intertie.runtime.events import Event
from intertie.runtime.http import Response


class Result(Struct, frozen=True):
    """The result of a call: an answer of the service, or of a fallback, which is always marked.

    Attributes:
        operation: Operation id.
        data: The mapped answer; None for a queued call, and for an answer without a body.
        status: HTTP status; None if the service did not answer.
        fallback: `cache`, `default` or `queue`; None if the service answered.
        stale: The answer came from the cache.
        attempts: Attempts sent.
        elapsed_s: Seconds, waits included.
        cost: What the attempts cost, None if calls have no price.
        receipt: Id of the queued call.
        warnings: Sentences about problems that don't fail the call: deprecations, an answer that breaks its schema.
        events: What each guard decided, if the call was made with `explain`.
        response: The service's answer as it came: `status`, `headers`, `body`, `json()`; None for a fallback answer.
            Nobody has masked it.
        cause: The error that a fallback stands in for, with its own `response` where the service answered; None where
            the service's answer is the result.
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
    cause: CallError | None = None

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
        raise TypeError(self._no_fields())

    if not TYPE_CHECKING:  # a checker still finds what no result has

        def __getattr__(self, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            if self.receipt is not None:
                raise AttributeError(f"a result has no attribute `{shown(name)}`: {self._no_fields()}")
            hint = (
                f"; read the field as result[{name!r}]" if isinstance(self.data, Mapping) and name in self.data else ""
            )
            raise AttributeError(f"a result has no attribute `{shown(name)}`{hint}")

    def _no_fields(self) -> str:
        if self.receipt is not None:
            return (
                f"{self.operation} was queued as {self.receipt} and has no data until it is sent; "
                "check .fallback, or .receipt, before you read fields"
            )
        if self.data is None:
            return f"the answer of {self.operation} has no body, so it has no fields; .data is None"
        return f"the answer of {self.operation} is not an object; use .data"


def result_of(operation: str, outcome: Outcome) -> Result:
    """Return the result of an answered call, or raise the error of a failed one."""
    if type(outcome) is Failed:
        raise outcome.error
    cause = outcome.cause
    return Result(
        operation,
        outcome.data,
        outcome.status,
        outcome.fallback,
        outcome.stale,
        outcome.attempts,
        outcome.elapsed_s,
        outcome.cost,
        outcome.receipt,
        outcome.warnings,
        outcome.events,
        outcome.response,
        None if cause is None else cause.error,
    )
