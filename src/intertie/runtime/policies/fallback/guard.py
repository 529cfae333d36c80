"""What answers when the service can't, and the answers that are kept for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.breaker.options import STAGE as BREAKER
from intertie.runtime.policies.fallback.options import LAST_GOOD, STAGE, applies
from intertie.runtime.wording import listed, status_value

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.last_good import LastGood
    from intertie.runtime.policies.fallback.policy import FallbackPolicy


class FallbackGuard(Guard):
    """Answers in the service's place, and says so."""

    name = "fallback"
    stage = STAGE
    per_operation = True
    events = (
        EventKind("fallback", "warning", ("strategy", "age_s", "receipt"), "a fallback answers"),
        EventKind("not_applied", "info", ("reason",), "the fallback does not apply; the call fails as mapped"),
        EventKind("fail_fast", "info", ("breaker",), "the call fails with what the breaker knows"),
        EventKind("warn", "warning", ("message",), "the queue can't be written"),
    )

    def policy(self, site: Site, handle: None) -> FallbackPolicy | None:
        """Return the general path."""
        plan, around = site.plan, site.surroundings
        if plan.fallback is None:
            return None
        from intertie.runtime.policies.fallback.policy import FallbackPolicy  # noqa: PLC0415  # calls alone need it

        return FallbackPolicy(
            plan.fallback,
            plan.key,
            site.row_action,
            rows_name_fallback=any(row.action == "fallback" for row in plan.errors.rows),
            last_good=site.handle(LAST_GOOD),
            breaker=site.handle(BREAKER),
            journal=around.journal,
            clock=around.clock,
            rng=around.rng,
        )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the strategy, where it can serve the operation."""
        fallback = plan.fallback
        if fallback is None or not applies(fallback, is_read=operation.is_read):
            return None
        options: dict[str, object] = {"strategy": fallback.strategy}
        match fallback.strategy:
            case "cache":
                options["cache_ttl_s"] = fallback.cache_ttl_s
            case "default":
                options["default_response"] = fallback.default_response
            case "queue":
                options["idempotency_ttl_s"] = fallback.idempotency_ttl_s
            case _:
                pass
        on = [status_value(row.external_code) for row in plan.errors.rows if row.action == "fallback"]
        return {**options, "on": on} if on else options

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say what answers, and after what."""
        match options["strategy"]:
            case "cache":
                oldest = seconds_text(options["cache_ttl_s"])
                text = f"the last good answer is returned, at most {oldest} old, marked stale"
                source = sources["cache_ttl_s"]
            case "default":
                text = "the declared default answer is returned, marked as such"
                source = sources["default_response"]
            case "queue":
                text = "the call is queued and sent when the service is back; the caller gets a receipt"
                source = sources["strategy"]
            case _:
                text, source = "the call fails at once with what the breaker knows", sources["strategy"]
        on = f"on {listed(options['on'])}: " if "on" in options else ""
        yield f"{on}{text}", source


class LastGoodStep(Guard):
    """Keeps good answers of reads, where the fallback gives them. Its handle is what is kept."""

    stage = LAST_GOOD
    per_operation = True
    events = (
        EventKind("keep", "debug", (), "the answer is kept as the last good one"),
        EventKind("not_kept", "info", ("reason", "path", "rule"), "the answer is not kept as the last good one"),
        EventKind("warn", "warning", ("message",), "the service forbids keeping answers of an operation"),
    )

    def open(self, opening: Opening) -> LastGood | None:
        """Return what is kept of the integration's answers."""
        plan = opening.plan
        if plan.fallback is None or plan.fallback.strategy != "cache":
            return None
        from intertie.runtime.last_good import LastGood  # noqa: PLC0415  # calls alone need it

        cache = opening.surroundings.coordination.cache(plan.cache_key)
        credentials = opening.handles.credentials
        identity = (lambda: "") if credentials is None else credentials.identity
        return LastGood(plan, cache, identity, ttl_s=plan.fallback.cache_ttl_s)

    def quick(self, site: Site, handle: LastGood | None) -> Quick | None:
        """Keep the answer of a read; what is kept is judged in every mode of validation."""
        if handle is None or not site.operation.is_read:
            return None
        keep, operation = handle.keep, site.operation

        def settle(attempt: Attempt, _: object) -> None:
            if attempt.request is not None and attempt.response is not None:
                keep(operation, attempt.version, attempt.request, attempt.response, attempt.data)

        return Quick(settle=settle, unusual_headers=frozenset({b"cache-control"}), settled=("keep",), judges_data=True)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return how long an answer is kept."""
        fallback = plan.fallback
        if fallback is None or fallback.strategy != "cache" or not operation.is_read:
            return None
        return {"keep_s": fallback.cache_ttl_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how long an answer is kept."""
        kept = f"a good answer is kept for {seconds_text(options['keep_s'])}, to answer in the service's place"
        yield f"{kept}, unless it says `Cache-Control: no-store`", sources["keep_s"]
