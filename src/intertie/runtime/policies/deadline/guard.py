"""The total time of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.units import seconds_text
from intertie.runtime.guard import EventKind, Guard, Line, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.deadline.options import STAGE

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.deadline.policy import DeadlinePolicy


class DeadlineGuard(Guard):
    """Hands the total down as an instant; whoever waits or reads keeps to it."""

    name = "deadline"
    stage = STAGE
    events = (
        EventKind("deadline", "debug", ("left_s",), "the total time starts"),
        EventKind("timeout", "warning", ("phase",), "time ran out"),
    )

    def policy(self, site: Site, handle: None) -> DeadlinePolicy:
        """Return the general path."""
        from intertie.runtime.policies.deadline.policy import DeadlinePolicy  # noqa: PLC0415  # calls alone need it

        return DeadlinePolicy(site.plan.timeouts, site.surroundings.clock)

    def quick(self, site: Site, handle: None) -> Quick:
        """Every call has a deadline; the fused path looks at it just before it sends."""
        return Quick(taken=("deadline",))

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object]:
        """Return the total."""
        return {"total_s": plan.timeouts.total_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say the total."""
        total = seconds_text(options["total_s"])
        yield f"{total} for the whole call, all attempts and waits included", sources["total_s"]
