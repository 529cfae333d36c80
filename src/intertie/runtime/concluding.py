"""What a whole call came to, written in one place: onto its outcome, and onto the error that the caller may get."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.runtime.call import Answered, Failed, Outcome
from intertie.runtime.course import Course


def failure_in(outcome: Outcome) -> Failed | None:
    """Return the failure of a call, also one that a fallback stands in for; None where the service answered."""
    return outcome.cause if type(outcome) is Answered else outcome


def concluded(outcome: Outcome, course: Course, *, operation: str, elapsed_s: float) -> Outcome:
    """Return the outcome with what is known of the whole call; its error has the same.

    Args:
        outcome: Of the last attempt, or a fallback's.
        course: The call's notes, complete.
        operation: Operation id.
        elapsed_s: Seconds from the start of the call, waits included.
    """
    warnings, events, attempts, cost = tuple(course.warnings), tuple(course.events), course.attempts, course.cost
    failed = failure_in(outcome)
    if failed is not None:
        error = failed.error
        error.operation, error.attempts, error.elapsed_s = operation, attempts, elapsed_s
        error.reached, error.cost, error.warnings, error.events = course.reached, cost, warnings, events
        error.response = failed.response
        if failed.retry_after_s is not None:
            error.retry_after_s = failed.retry_after_s
    if type(outcome) is Answered:
        return replace(outcome, attempts=attempts, elapsed_s=elapsed_s, cost=cost, warnings=warnings, events=events)
    return replace(
        outcome,
        reached=course.reached,
        attempts=attempts,
        elapsed_s=elapsed_s,
        cost=cost,
        warnings=warnings,
        events=events,
    )


def also_warned(outcome: Outcome, sentence: str) -> Outcome:
    """Return a concluded outcome with one more warning; its error has it too."""
    warnings = (*outcome.warnings, sentence)
    failed = failure_in(outcome)
    if failed is not None:
        failed.error.warnings = warnings
    return replace(outcome, warnings=warnings)
