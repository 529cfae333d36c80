"""The circuit breaker, and its second look."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.breaker.options import SECOND_LOOK, STAGE
from intertie.runtime.wording import listed, percent, status_value

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.breaker.policy import BreakerAgainPolicy, BreakerPolicy
    from intertie.runtime.state import Admission, BreakerHandle


class BreakerGuard(Guard):
    """Counts attempts; an open circuit spends no budget and no permit."""

    name = "breaker"
    stage = STAGE
    events = (
        EventKind("admit", "debug", (), "the circuit is closed"),
        EventKind("half_open", "info", ("probe",), "the attempt is a probe"),
        EventKind("reject", "warning", ("state", "retry_after_s", "forced"), "the circuit is not closed"),
        EventKind("open", "error", ("state",), "this attempt opened the circuit"),
        EventKind("close", "info", ("state",), "this attempt closed the circuit"),
    )

    def scopes(self, plan: Plan) -> Collection[str]:
        """Return whose failures are counted apart: everybody's with `scope: endpoint`, else nobody's."""
        return plan.operations if plan.breaker is not None and plan.breaker.scope == "endpoint" else ()

    def open(self, opening: Opening) -> BreakerHandle | None:
        """Return the breaker of a scope."""
        plan = opening.plan
        if plan.breaker is None:
            return None
        return opening.surroundings.coordination.breaker(plan.key, plan.breaker, opening.scope)

    def policy(self, site: Site, handle: BreakerHandle | None) -> BreakerPolicy | None:
        """Return the general path."""
        options = site.plan.breaker
        if options is None or handle is None:
            return None
        from intertie.runtime.policies.breaker.policy import BreakerPolicy  # noqa: PLC0415  # calls alone need it

        return BreakerPolicy(options, handle, site.plan.service)

    def quick(self, site: Site, handle: BreakerHandle | None) -> Quick | None:
        """A breaker that is known to be closed admits; a success is told to it."""
        if handle is None:
            return None
        from intertie.runtime.policies.breaker.verdict import SUCCESS  # noqa: PLC0415  # calls alone need it

        admit_nowait, record_later = handle.admit_nowait, handle.record_later

        def take(_: Attempt) -> Admission | None:
            return admit_nowait()

        def settle(_: Attempt, admission: Admission) -> None:
            record_later(admission, SUCCESS)

        return Quick(take, settle, taken=("admit",))

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return when it opens and how it closes."""
        breaker = plan.breaker
        if breaker is None:
            return None
        options: dict[str, object] = {}
        if breaker.failure_threshold is not None:
            options["failure_threshold"] = breaker.failure_threshold
        else:
            options["failure_ratio"] = breaker.failure_ratio
            options["window"] = breaker.window
            options["minimum_calls"] = breaker.minimum_calls
        named = [name for name in ("network_error", "timeout") if getattr(breaker, name)]
        return {
            **options,
            "open_s": breaker.open_s,
            "half_open_requests": breaker.half_open_requests,
            "success_threshold": breaker.success_threshold,
            "scope": breaker.scope,
            "failure_on": [*named, *(status_value(text) for text in breaker.statuses.written)],
        }

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say when it opens, for how long, and what it counts."""
        if "failure_threshold" in options:
            failures = plural(options["failure_threshold"], "failure")
            yield f"opens after {failures} in a row", sources["failure_threshold"]
        else:
            share, window = percent(options["failure_ratio"]), plural(options["window"], "attempt")
            text = f"opens when {share} of the last {window} failed, once there were {options['minimum_calls']:,}"
            yield text, sources["failure_ratio"]
        yield f"stays open for {seconds_text(options['open_s'])}", sources["open_s"]
        probes = plural(options["half_open_requests"], "probe")
        ends = plural(options["success_threshold"], "success", "successes")
        yield f"then lets {probes} through at a time, and closes after {ends}", sources["half_open_requests"]
        scope = "one breaker for each endpoint" if options["scope"] == "endpoint" else "one breaker for all endpoints"
        yield f"counts {listed(options['failure_on'])} as failures; {scope}", sources["failure_on"]


class SecondLookGuard(Guard):
    """Who waited for a connection or a permit does not send into a circuit that opened meanwhile."""

    stage = SECOND_LOOK
    events = (
        EventKind("reject", "warning", ("state", "retry_after_s"), "the circuit opened while the attempt waited"),
    )

    def policy(self, site: Site, handle: None) -> BreakerAgainPolicy | None:
        """Return the general path; on the fused one nobody waits."""
        breaker = site.handle(STAGE)
        if breaker is None:
            return None
        from intertie.runtime.policies.breaker.policy import BreakerAgainPolicy  # noqa: PLC0415  # calls alone need it

        return BreakerAgainPolicy(breaker, site.plan.service)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return no options: those of the breaker hold."""
        return None if plan.breaker is None else {}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what is looked at."""
        yield "a call that waited asks the breaker once more before it is sent", ""
