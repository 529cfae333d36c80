"""A plan as data, and in sentences: what will happen on a call, and where each number comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from intertie.compiler.arithmetic import (
    DAYS_PER_MONTH,
    BudgetEnd,
    WorstCase,
    budget_end,
    calls_per_month,
    worst_case,
)
from intertie.compiler.ways import way_json, way_sentences
from intertie.compiler.words import money_text
from intertie.core.errors import UsageError, snake_case
from intertie.core.money import Money, decimal_text, units
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.runtime.guard import Line
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.budget.quantities import expected_quantity, minutes


def plan_json(plan: Plan, operation: str | None = None) -> dict[str, object]:
    """Return the plan as one JSON document; durations in seconds, money as `{"amount", "currency"}`.

    Raises:
        UsageError: The plan has no such operation.
    """
    worst = worst_case(plan.timeouts, plan.retry, plan.limits)
    end = _budget_end(plan)
    return {
        "id": plan.id,
        "service": plan.service,
        "title": plan.title,
        "status": plan.status,
        "environment": plan.environment,
        "base_url": plan.origin.url,
        "path": plan.spec_path,
        "content_hash": plan.content_hash,
        "operations": [_operation_json(chosen, worst) for chosen in selected(plan, operation)],
        "limits": [
            {"limit": window.limit, "window_s": window.window_s}
            for window in (plan.limits.windows if plan.limits else ())
        ],
        "cost_per_month_at_limit": _shown(plan.worst_month).as_json() if plan.worst_month else None,
        "budget_runs_dry": {"after_s": end.after_s, "day": end.day} if end else None,
        "not_enforced": [{"what": item.what, "why": item.why, "source": item.source} for item in plan.not_enforced],
        **way_json(plan),
        "warnings": list(plan.warnings),
        "sources": dict(plan.sources),
    }


def _operation_json(operation: OperationPlan, worst: WorstCase) -> dict[str, object]:
    return {
        "operation": operation.id,
        "name": operation.name,
        **operation.wire.described,
        "description": operation.description,
        "stages": [
            {
                "stage": stage.stage,
                "options": dict(stage.options),
                "source": stage.source,
                "sources": dict(stage.sources),
            }
            for stage in operation.stages
        ],
        "worst_case_s": operation.worst_case_s,
        "tries_and_backoff_s": round(worst.tries_s, 6),
        "max_attempts": operation.max_attempts,
        "cost_per_call": _shown(operation.cost_per_call).as_json() if operation.cost_per_call else None,
        "replay_safe": operation.replay_safe,
        "idempotency_header": operation.idempotency_header,
        "unsupported": operation.unsupported,
        "source": operation.source,
    }


def selected(plan: Plan, operation: str | None) -> Iterable[OperationPlan]:
    """Return one operation of a plan, or all of them.

    Raises:
        UsageError: The plan has no such operation.
    """
    if operation is None:
        return plan.operations.values()
    found = plan.operations.get(operation) or plan.operations.get(snake_case(operation))
    if found is not None:
        return (found,)
    near = get_close_matches(snake_case(operation), plan.operations, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"it has: {', '.join(plan.operations) or 'none'}"
    raise UsageError(f"{plan.id} has no operation `{operation}`; {hint}")


def bounds(plan: Plan, operation: OperationPlan) -> tuple[str, str]:
    """Return two sentences: how long a call of an operation takes at most, and how many attempts it makes."""
    worst = worst_case(plan.timeouts, plan.retry, plan.limits)
    attempts = f"{plural(operation.max_attempts, 'attempt')} at most{_cost_words(plan, operation)}."
    return f"Longest call: {_longest(operation, worst)}.", attempts


def _longest(operation: OperationPlan, worst: WorstCase) -> str:
    bound, tries = seconds_text(operation.worst_case_s), seconds_text(round(worst.tries_s, 3))
    if worst.tries_s > worst.bound_s:
        return f"{bound}; attempts and backoff alone could take {tries}, so `total` cuts them off"
    if worst.bound_s > worst.tries_s:
        return f"{bound}; attempts and backoff take {tries} at most, and a wait for a turn can use the rest"
    return bound


def _shown(money: Money) -> Money:
    """Return an amount as it is shown: to the millionth."""
    return Money(round(money.amount, 6), money.currency)


def _cost_words(plan: Plan, operation: OperationPlan) -> str:
    cost = operation.cost_per_call
    if cost is None:
        return ""
    one = f"; an attempt costs {money_text(cost)}"
    if operation.max_attempts == 1:
        return one
    most = cost.amount * operation.max_attempts
    pricing = plan.pricing
    if pricing is not None and pricing.model == "per_minute" and operation.targets.p99_s is None:
        # All attempts of a call share its `total`.
        most = min(most, units(minutes(plan.timeouts.total_s)) * pricing.tiers[0].cost)
    return f"{one}, a call {money_text(Money(most, cost.currency))} at most"


def totals(plan: Plan) -> Iterator[Line]:
    """Yield what a plan amounts to, one sentence a line, with its source where it has one."""
    limits, pricing = plan.limits, plan.pricing
    calls = calls_per_month(limits.windows) if limits else None
    if calls is None:
        yield "Nothing limits how often calls are made; a 429 pauses all callers all the same.", ""
    else:
        yield f"The limit lets {plural(calls, 'attempt')} through in a month of {DAYS_PER_MONTH} days.", ""
    if plan.worst_month is not None:
        yield f"A month at the limit costs {money_text(plan.worst_month)}.", ""
    if pricing is not None and pricing.monthly_limit is not None:
        yield _budget_words(plan, _budget_end(plan)), ""
    if plan.retention_s is not None:
        yield f"The cache gives no answer older than {seconds_text(plan.retention_s)}.", plan.sources["retention"]
    if plan.logging.personal:
        names = ", ".join(plan.logging.personal)
        yield f"Masked wherever it is shown or stored: {names}.", plan.sources["personal"]
    yield f"Connections use TLS {plan.tls.minimum} or newer.", plan.sources["tls_minimum"]
    for sentence, source in way_sentences(plan):
        yield f"{sentence}.", source


def _budget_words(plan: Plan, end: BudgetEnd | None) -> str:
    pricing = plan.pricing
    if pricing is None or pricing.monthly_limit is None:
        return ""
    budget = f"The budget of {decimal_text(pricing.monthly_limit)} {pricing.currency} a month"
    if end is not None:
        after = "calls are refused" if pricing.hard_stop else "calls go on"
        return f"{budget} runs dry on day {end.day} at the full rate, after {_rough(end.after_s)}; then {after}."
    if plan.limits is None or not plan.limits.windows:
        return f"{budget} can run dry any day, since nothing limits how often calls are made."
    return f"{budget} lasts the month at the full rate."


def _rough(seconds: float) -> str:
    """Return a duration in its two largest units, as people say it."""
    left = int(seconds)
    parts: list[str] = []
    for unit, unit_s in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, unit_s)
        if count:
            parts.append(f"{count} {unit}")
        if len(parts) == 2 or (parts and not left):
            break
    return " ".join(parts) or "0 s"


def _budget_end(plan: Plan) -> BudgetEnd | None:
    """Return when the budget runs dry, all calls being of the operation that uses it up fastest."""
    pricing = plan.pricing
    if pricing is None or plan.limits is None:
        return None
    used = [
        units(expected_quantity(pricing.model, operation, attempt_s=plan.timeouts.wire_s))
        for operation in plan.operations.values()
    ]
    return budget_end(pricing, max(used), plan.limits.windows) if used else None
