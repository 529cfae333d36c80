"""What a call of each endpoint can take and cost, above its heading."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from intertie.compiler.arithmetic import calls_per_month, month_cost
from intertie.core.errors import snake_case
from intertie.core.units import seconds_text
from intertie.lsp.page import Page
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.budget.quantities import expected_quantity


class Lens(Struct, frozen=True):
    """A line of text above line `line`."""

    line: int
    title: str


def lenses(page: Page) -> list[Lens]:
    """Return one lens for each endpoint that the plan has."""
    if page.plan is None:
        return []
    found = []
    for endpoint in page.spec.endpoints:
        operation = page.plan.operations.get(snake_case(endpoint.name.value)) if endpoint.name is not None else None
        if endpoint.name is not None and operation is not None:
            found.append(Lens(endpoint.name.span.line, summary(page.plan, operation)))
    return found


def summary(plan: Plan, operation: OperationPlan) -> str:
    """Say the worst case of one operation: the longest call, the most attempts, the dearest month."""
    attempts = "1 attempt" if operation.max_attempts == 1 else f"{operation.max_attempts} attempts"
    parts = [f"at most {seconds_text(operation.worst_case_s)}, {attempts}"]
    if operation.unsupported is not None:
        parts.insert(0, "calls are refused")
    cost = month_words(plan, operation)
    if cost:
        parts.append(cost)
    return " · ".join(parts)


def month_words(plan: Plan, operation: OperationPlan) -> str:
    """Say what a month costs in which nothing but this operation is called, as often as the limit allows."""
    pricing, limits = plan.pricing, plan.limits
    if pricing is None:
        return ""
    calls = calls_per_month(limits.windows) if limits is not None else None
    if calls is None:
        return "no limit on a month's cost" if pricing.tiers else ""
    units = expected_quantity(pricing.model, operation, None, attempt_s=plan.timeouts.wire_s)
    cost = month_cost(pricing, units, calls).quantize(Decimal("0.01"))
    words = f"{cost:,} {pricing.currency} a month at the limit"
    if pricing.hard_stop and pricing.monthly_limit is not None and pricing.monthly_limit < cost:
        words += f", stopped at {pricing.monthly_limit:,}"
    return words
