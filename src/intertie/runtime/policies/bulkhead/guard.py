"""The bulkhead of an operation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.outlines import outlines
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.bulkhead.options import NAME, STAGE, BulkheadOptions
from intertie.runtime.policies.limiter.options import LimiterOptions

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.bulkhead.policy import BulkheadPolicy
    from intertie.runtime.state import LimiterHandle, Permit


class BulkheadGuard(Guard):
    """Bounds how many attempts of one operation are under way, whatever the integration's own limit is.

    Its handle is a limiter that has places and no windows, so it is shared by processes as that of the integration is.
    """

    name = NAME
    stage = STAGE
    per_operation = True
    options = BulkheadOptions
    events = (
        EventKind("place", "debug", (), "the attempt has one of the operation's places"),
        EventKind("wait", "info", ("waited_s",), "the attempt waited for a place"),
        EventKind("reject", "warning", ("reason", "retry_after_s"), "no place became free in time"),
    )

    def scopes(self, plan: Plan) -> Collection[str]:
        """Return the operations that have places of their own."""
        return [operation for operation, outline in outlines(plan) if NAME in outline.guards]

    def open(self, opening: Opening) -> LimiterHandle | None:
        """Return the places of an operation."""
        if not opening.scope:
            return None
        options = _options(opening.plan.operations[opening.scope])
        if options is None:
            return None
        limits = LimiterOptions(
            concurrent=options.concurrent, on_limit=options.on_limit, max_wait_s=options.max_wait_s, margin_s=0.0
        )
        return opening.surroundings.coordination.limiter(opening.plan.key, limits, f"{NAME}/{opening.scope}")

    def policy(self, site: Site, handle: LimiterHandle | None) -> BulkheadPolicy | None:
        """Return the general path."""
        options = _options(site.operation)
        if options is None or handle is None:
            return None
        from intertie.runtime.policies.bulkhead.policy import BulkheadPolicy  # noqa: PLC0415  # calls alone need it

        return BulkheadPolicy(options, handle, site.plan.service, site.surroundings.clock)

    def quick(self, site: Site, handle: LimiterHandle | None) -> Quick | None:
        """Take a place that is free now."""
        if handle is None:
            return None
        acquire_nowait, finished = handle.acquire_nowait, handle.finished

        def take(_: Attempt) -> Permit | None:
            return acquire_nowait()

        def settle(_: Attempt, permit: Permit) -> None:
            finished(permit)

        return Quick(take, settle, taken=("place",), undo=settle)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return how many places there are."""
        options = _options(operation)
        if options is None:
            return None
        described: dict[str, object] = {"concurrent": options.concurrent, "on_limit": options.on_limit}
        return described if options.max_wait_s is None else {**described, "max_wait_s": options.max_wait_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how many places there are, and what an attempt beyond them does."""
        yield f"at most {options['concurrent']} of its attempts are under way at a time", sources["concurrent"]
        if options["on_limit"] == "reject":
            yield "one beyond that is refused at once", sources["on_limit"]
        elif "max_wait_s" in options:
            longest = seconds_text(options["max_wait_s"])
            yield f"one beyond that waits for a place, at most {longest}", sources["max_wait_s"]
        else:
            yield "one beyond that waits for a place as long as the deadline allows", sources["on_limit"]

    def statistics(self, handle: LimiterHandle) -> Mapping[str, object]:
        """Return how many attempts have a place, and how many wait for one."""
        now = handle.snapshot()
        return {"in_flight": now.in_flight, "waiting": now.waiting}


def _options(operation: OperationPlan) -> BulkheadOptions | None:
    options = operation.guards.get(NAME)
    return options if isinstance(options, BulkheadOptions) else None
