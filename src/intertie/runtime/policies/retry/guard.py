"""Attempts that are made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.retry.backoff import longest_backoff_s
from intertie.runtime.policies.retry.options import STAGE, RetryOptions
from intertie.runtime.wording import listed, most_telling, percent, status_value

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.retry.budget import RetryBudget
    from intertie.runtime.policies.retry.policy import RetryPolicy

_DELAYS_SHOWN = 4


class RetryGuard(Guard):
    """Makes an attempt again where that is safe, allowed and can still be in time. Its handle is the retry budget."""

    name = "retry"
    stage = STAGE
    events = (
        EventKind("retry", "info", ("attempt", "delay_s", "reason"), "another attempt follows"),
        EventKind("give_up", "info", ("reason", "attempts"), "no further attempt, and why"),
    )

    def open(self, opening: Opening) -> RetryBudget:
        """Return the budget that all operations of the integration share in this process."""
        from intertie.runtime.policies.retry.budget import RetryBudget  # noqa: PLC0415  # calls alone need it

        return RetryBudget(opening.plan.retry)

    def policy(self, site: Site, handle: RetryBudget) -> RetryPolicy:
        """Return the general path."""
        from intertie.runtime.policies.retry.policy import RetryPolicy  # noqa: PLC0415  # calls alone need it

        around = site.surroundings
        return RetryPolicy(site.plan.retry, handle, site.row_action, around.clock, around.rng)

    def quick(self, site: Site, handle: RetryBudget) -> Quick:
        """A call counts towards the budget, whatever becomes of it."""

        def take(attempt: Attempt) -> bool:
            handle.count_call(attempt.started_s)
            return True

        return Quick(take)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return when and how often, None where each call has one attempt."""
        retry = plan.retry
        if retry.max_attempts <= 1:
            return None
        return {
            "max_attempts": retry.max_attempts,
            "backoff": retry.backoff,
            "initial_delay_s": retry.initial_delay_s,
            "max_delay_s": retry.max_delay_s,
            "multiplier": retry.multiplier,
            "jitter": retry.jitter,
            "retry_on": [status_value(text) for text in retry.retry_on.written],
            "retry_conditions": [
                name for name in ("network_error", "timeout", "service_unavailable") if getattr(retry, name)
            ],
            "retry_budget": retry.budget_ratio,
        }

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how often, how long after another, and after what."""
        yield f"at most {plural(options['max_attempts'], 'attempt')}, the first included", sources["max_attempts"]
        yield f"{_delays(options)} between them", sources["initial_delay_s"]
        causes = listed([*options["retry_on"], *options["retry_conditions"]])
        source = most_telling(sources, "retry_on", "retry_conditions")
        yield f"after {causes}, and after a 429 once its pause is over", source
        if not operation.replay_safe:
            unsafe = f"not where an attempt may have taken effect: {operation.wire.verb} without an idempotency key"
            yield unsafe, operation.source
        yield f"at most {percent(options['retry_budget'])} of calls are retries", sources["retry_budget"]


def _delays(options: Mapping[str, Any]) -> str:
    retry = RetryOptions(
        initial_delay_s=options["initial_delay_s"],
        max_delay_s=options["max_delay_s"],
        backoff=options["backoff"],
        multiplier=options["multiplier"],
    )
    between = options["max_attempts"] - 1
    waits = [longest_backoff_s(attempt, retry) for attempt in range(1, min(between, _DELAYS_SHOWN) + 1)]
    shown = ", ".join(seconds_text(round(wait, 6)) for wait in waits) + (", …" if between > _DELAYS_SHOWN else "")
    kind = f"{options['backoff']}, at most {seconds_text(options['max_delay_s'])}"
    return f"a random wait of up to {shown} ({kind})" if options["jitter"] else f"{shown} ({kind})"
