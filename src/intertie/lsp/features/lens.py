"""What a call of each endpoint can take and cost, above its heading."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from msgspec import Struct

from intertie.compiler.arithmetic import budget_end, calls_per_month, month_cost
from intertie.core.errors import snake_case
from intertie.core.money import units
from intertie.core.plurals import plural
from intertie.core.units import seconds_text
from intertie.lsp.page import Page
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.budget.quantities import expected_quantity

_WITHOUT_CENTS = 100
_ONE_PERCENT = Decimal("0.01")
_TENTH = Decimal("0.1")
_MANY = 10


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
    attempts = plural(operation.max_attempts, "attempt")
    parts = [f"at most {seconds_text(operation.worst_case_s)}, {attempts}"]
    if operation.unsupported is not None:
        parts.insert(0, "calls are refused")
    cost = month_words(plan, operation)
    if cost:
        parts.append(cost)
    return " · ".join(parts)


def month_words(plan: Plan, operation: OperationPlan) -> str:
    """Say what a month costs in which nothing but this operation is called, as often as the limit allows.

    Then what part of the budget that is, and when it is spent.
    """
    pricing, limits = plan.pricing, plan.limits
    if pricing is None:
        return ""
    calls = calls_per_month(limits.windows) if limits is not None else None
    if limits is None or calls is None:
        return "no limit on a month's cost" if pricing.tiers else ""
    used = units(expected_quantity(pricing.model, operation, attempt_s=plan.timeouts.wire_s))
    cost = month_cost(pricing, used, calls)
    words = f"at the limit {_amount(cost)} {pricing.currency} a month"
    if pricing.monthly_limit is None:
        return words
    end = budget_end(pricing, used, limits.windows)
    if end is not None:
        words += (
            f", {_share(cost, pricing.monthly_limit)}: {'stopped' if pricing.hard_stop else 'spent'} on day {end.day}"
        )
    elif cost:
        words += f", {_share(cost, pricing.monthly_limit)}"
    return words


def _amount(cost: Decimal) -> str:
    """Say an amount: without cents where they say nothing.

    >>> _amount(Decimal("43210.004")), _amount(Decimal("9.5"))
    ('43,210', '9.50')
    """
    return f"{cost:,.0f}" if cost >= _WITHOUT_CENTS else f"{cost:,.2f}"


def _share(cost: Decimal, budget: Decimal) -> str:
    """Say what part of a budget a cost is.

    >>> _share(Decimal(45), Decimal(150)), _share(Decimal(43210), Decimal(150)), _share(Decimal(180), Decimal(150))
    ('30 % of the budget', '288 times the budget', '1.2 times the budget')
    """
    if not budget:
        return "with a budget of 0"
    share = cost / budget
    if share <= 1:
        percent = f"{share * 100:.0f}" if share >= _ONE_PERCENT else "under 1"
        return f"{percent} % of the budget"
    # Rounded up, so that what is over never reads as what is just enough.
    return (
        f"{share:,.0f} times the budget"
        if share >= _MANY
        else f"{share.quantize(_TENTH, ROUND_CEILING)} times the budget"
    )
