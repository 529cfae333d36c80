"""Assertions about plans and calls, in plain Python: they raise `AssertionError` with what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

from intertie.core.errors import CallError
from intertie.core.timeline import TimelineEvent
from intertie.runtime.call import Answered, Failed, Outcome
from intertie.runtime.order import ORDER
from intertie.runtime.plan import Plan


def assert_stage_order(plan: Plan, *, operation: str | None = None) -> None:
    """Assert that every operation (or one) names its stages in the order of `runtime.order`, each once."""
    position = {guard.stage: index for index, guard in enumerate(ORDER)}
    for name, described in plan.operations.items():
        if operation not in {None, name}:
            continue
        stages = [stage.stage for stage in described.stages]
        unknown = [stage for stage in stages if stage not in position]
        if unknown:
            raise AssertionError(f"{name} has stages that nobody knows: {', '.join(unknown)}")
        if [position[stage] for stage in stages] != sorted({position[stage] for stage in stages}):
            raise AssertionError(f"{name} has its stages out of order: {', '.join(stages)}")


def assert_answered(outcome: Outcome) -> Answered:
    """Return the answer; raise with the error where the call failed."""
    if isinstance(outcome, Failed):
        _fail(f"the call failed as {outcome.kind}: {outcome.error}", outcome.error)
    return outcome


def assert_failed(outcome: Outcome, error: type[CallError] = CallError) -> Failed:
    """Return the failure; raise where the call succeeded or failed otherwise."""
    if isinstance(outcome, Answered):
        _fail(f"the call succeeded with status {outcome.status}, fallback {outcome.fallback}")
    if not isinstance(outcome.error, error):
        _fail(f"the call failed with {outcome.error!r}, not {error.__name__}", outcome.error)
    return outcome


def assert_events(events: Iterable[TimelineEvent], expected: Sequence[str]) -> None:
    """Assert that the names in `expected` happened in that order, with anything between them."""
    names = [event.event for event in events]
    rest = iter(names)
    for name in expected:
        if name not in rest:
            raise AssertionError(f"{name!r} did not happen in its turn; the events were {', '.join(names)}")


def _fail(message: str, cause: BaseException | None = None) -> NoReturn:
    raise AssertionError(message) from cause
