"""The rate limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.limiter.options import STAGE, LimiterOptions

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.limiter.policy import LimiterPolicy
    from intertie.runtime.state import LimiterHandle, Permit


class LimiterGuard(Guard):
    """Takes a permit just before the bytes leave, and lets every answer steer the limit.

    It is always on: without declared limits it still holds everybody to the pauses that the service asks for.
    """

    name = "limiter"
    stage = STAGE
    events = (
        EventKind("permit", "debug", (), "the attempt may leave now"),
        EventKind("lapse", "info", ("late_s",), "the permit was too old to be used, and another one is taken"),
        EventKind("wait", "info", ("waited_s",), "the attempt waited for its turn"),
        EventKind("reject", "warning", ("reason", "retry_after_s"), "the attempt got no turn in time"),
        EventKind("pause", "warning", ("pause_s",), "the answer pauses all callers"),
    )

    def open(self, opening: Opening) -> LimiterHandle:
        """Return the limit."""
        plan = opening.plan
        return opening.surroundings.coordination.limiter(plan.key, _options(plan))

    def policy(self, site: Site, handle: LimiterHandle) -> LimiterPolicy:
        """Return the general path."""
        from intertie.runtime.policies.limiter.policy import LimiterPolicy  # noqa: PLC0415  # calls alone need it

        plan = site.plan
        return LimiterPolicy(handle, site.read_hint, plan.service, site.surroundings.clock)

    def quick(self, site: Site, handle: LimiterHandle) -> Quick:
        """Take a permit that is free now; an answer that speaks of limits goes to the general path."""
        from intertie.runtime.hints import NAMES  # noqa: PLC0415  # calls alone need it

        acquire_nowait, finished, give_back = handle.acquire_nowait, handle.finished, handle.give_back

        def take(attempt: Attempt) -> Permit | None:
            attempt.departure = permit = acquire_nowait()
            return permit

        def settle(_: Attempt, permit: Permit) -> None:
            finished(permit)

        def undo(attempt: Attempt, permit: Permit) -> None:
            if attempt.sent:
                finished(permit)
            else:
                give_back(permit)

        return Quick(take, settle, NAMES, taken=("permit",), undo=undo)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the declared limits."""
        limits = plan.limits
        if limits is None:
            return None
        options: dict[str, object] = {
            "windows": [{"limit": window.limit, "window_s": window.window_s} for window in limits.windows],
            "strategy": limits.strategy,
        }
        if limits.windows:
            options["margin_s"] = limits.margin_s
        if limits.burst is not None:
            options["burst"] = limits.burst
        if limits.concurrent is not None:
            options["concurrent"] = limits.concurrent
        options["on_limit"] = limits.on_limit
        if limits.max_wait_s is not None:
            options["max_wait_s"] = limits.max_wait_s
        return {
            **options,
            "retry_after_s": limits.retry_after_s,
            "backoff_multiplier": limits.backoff_multiplier,
            "max_pause_s": limits.max_pause_s,
        }

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how many, what happens beyond that, and what a 429 does."""
        if options["windows"]:
            windows = " and ".join(
                f"{plural(window['limit'], 'request')} in {seconds_text(window['window_s'])}"
                for window in options["windows"]
            )
            margin = f"{seconds_text(options['margin_s'])} of" if options["margin_s"] else "no"
            counted = f"counted by {options['strategy'].replace('_', ' ')}"
            yield f"{windows}, {counted}, with {margin} margin", sources["windows"]
        if "burst" in options:
            yield f"at most {options['burst']} leave at once", sources["burst"]
        if "concurrent" in options:
            yield f"at most {options['concurrent']} are in flight at a time", sources["concurrent"]
        if options["on_limit"] == "reject":
            yield "a call beyond that is refused at once", sources["on_limit"]
        elif "max_wait_s" in options:
            longest = seconds_text(options["max_wait_s"])
            yield f"a call beyond that waits for its turn, at most {longest}", sources["max_wait_s"]
        else:
            yield "a call beyond that waits for its turn as long as the deadline allows", sources["on_limit"]
        pause = seconds_text(options["retry_after_s"])
        growth = f"times {options['backoff_multiplier']:g} for each in a row"
        yield f"a 429 without Retry-After pauses all callers for {pause}, {growth}", sources["retry_after_s"]


def _options(plan: Plan) -> LimiterOptions:
    return plan.limits if plan.limits is not None else LimiterOptions()
