"""What is known of a whole call stands on its outcome and on its error, the same on both."""

from __future__ import annotations

import pytest

from intertie.core.clock import Clock
from intertie.core.errors import CallError, Reach, ServiceError
from intertie.runtime.call import Answered, Failed, Kind, Outcome
from intertie.runtime.concluding import also_warned, concluded, failure_in
from intertie.runtime.course import Course
from intertie.runtime.http import Headers, Response
from intertie.testing import VirtualClock, euros

KNOWN = ("attempts", "elapsed_s", "cost", "warnings", "events")


def course(clock: Clock) -> Course:
    """The notes of a call of two attempts, the first of which reached further than the last."""
    made = Course(clock=clock, explain=True, warnings=("the plan is deprecated",))
    made.attempts = 2
    made.reach(Reach.YES)
    made.reach(Reach.NO)
    made.add_cost(euros("0.02"))
    made.emit("retry", "give_up", reason="max_attempts", attempts=3)
    return made


def failure(retry_after_s: float | None = 7.0) -> Failed:
    return Failed(
        ServiceError("busy", retry_after_s=1.0),
        Kind.SERVICE_FAULT,
        response=Response(503, Headers()),
        retry_after_s=retry_after_s,
    )


def told(error: CallError) -> tuple[object, ...]:
    return tuple(getattr(error, name) for name in (*KNOWN, "operation", "reached", "response", "retry_after_s"))


@pytest.mark.parametrize("falls_back", [False, True])
def test_outcome_and_error_say_the_same(falls_back: bool) -> None:
    """Of a failure, and of one that a fallback stands in for: the error is complete, as the call would have raised it."""
    failed, notes = failure(), course(VirtualClock())
    given: Outcome = Answered({"price": 1}, None, fallback="default", cause=failed) if falls_back else failed
    outcome = concluded(given, notes, operation="quote", elapsed_s=1.5)
    found = failure_in(outcome)
    assert found is not None
    assert found.error is failed.error
    assert told(found.error) == (
        *(getattr(outcome, name) for name in KNOWN),
        "quote",
        Reach.YES,
        failed.response,
        7.0,
    )
    assert (outcome.attempts, outcome.elapsed_s, outcome.cost) == (2, 1.5, euros("0.02"))
    assert (outcome.warnings, [each.event for each in outcome.events]) == (("the plan is deprecated",), ["give_up"])
    if isinstance(outcome, Failed):
        assert outcome.reached is Reach.YES


def test_what_the_error_knows_of_waiting_stays_where_the_outcome_knows_nothing() -> None:
    """A refusal of ours has its own `retry_after_s`."""
    outcome = concluded(failure(None), Course(), operation="quote", elapsed_s=0.0)
    assert isinstance(outcome, Failed)
    assert outcome.error.retry_after_s == 1.0


@pytest.mark.parametrize("falls_back", [False, True])
def test_a_late_warning_reaches_both(falls_back: bool) -> None:
    """What goes wrong while the call is recorded comes after what was known before."""
    failed = failure()
    given: Outcome = Answered(None, None, fallback="cache", cause=failed) if falls_back else failed
    outcome = also_warned(concluded(given, course(VirtualClock()), operation="q", elapsed_s=0.0), "the disk is full")
    assert outcome.warnings == failed.error.warnings == ("the plan is deprecated", "the disk is full")


def test_an_answer_of_the_service_has_no_failure() -> None:
    """Nothing but the outcome is written then."""
    outcome = also_warned(concluded(Answered({}, 200), Course(), operation="q", elapsed_s=0.25), "late")
    assert failure_in(outcome) is None
    assert (outcome.attempts, outcome.elapsed_s, outcome.warnings) == (0, 0.25, ("late",))
