"""What a plan amounts to: the longest call, and the money of a call and of a month.

Pure; every formula stands with its function.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from math import inf

from msgspec import Struct

from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.retry.backoff import longest_backoff_s
from intertie.runtime.policies.retry.options import RetryOptions

DAYS_PER_MONTH = 30
MONTH_S = DAYS_PER_MONTH * 86400.0
"""A month is 30 days wherever this page speaks of one; the ledger counts calendar months."""

_COUNTED = 100


class WorstCase(Struct, frozen=True):
    """The longest a call can take.

    Attributes:
        bound_s: With everything: never above `total_s`.
        tries_s: All attempts at their own timeouts, and the longest backoff between them, as if `total` were not there.
        waits_s: What pauses and turns can add to that; infinite where only `total` bounds them.
    """

    bound_s: float
    tries_s: float
    waits_s: float


def attempt_s(timeouts: TimeoutOptions) -> float:
    """Return the longest one attempt can take: `connect + write + read`."""
    return timeouts.connect_s + timeouts.write_s + timeouts.read_s


def all_backoffs_s(retry: RetryOptions) -> float:
    """Return the longest backoffs between all attempts together; from the hundredth on each counts as `max_delay_s`.

    >>> all_backoffs_s(RetryOptions(max_attempts=4, initial_delay_s=0.5, max_delay_s=1.0))
    2.5
    """
    between = retry.max_attempts - 1
    first = sum((longest_backoff_s(attempt, retry) for attempt in range(1, min(between, _COUNTED) + 1)), 0.0)
    return first + max(0, between - _COUNTED) * retry.max_delay_s


def worst_case(
    timeouts: TimeoutOptions, retry: RetryOptions, limits: LimiterOptions | None, *, further_wait_s: float = 0.0
) -> WorstCase:
    """Return the longest a call can take.

    With `n = max_attempts`: `tries = n * (connect + write + read) + sum of the longest backoffs`. A throttled attempt,
    or a 503 with `Retry-After`, pauses for at most `max_pause` instead of the backoff, and each attempt may wait for
    its turn for at most `max_wait` (`total` where there is none, nothing with `on_limit: reject`): that is `waits`.
    Other guards may make an attempt wait for `further_wait_s` too. `bound = min(total, tries + waits)`.

    >>> worst_case(TimeoutOptions(1.0, 4.0, 2.0, 10.0), RetryOptions(), LimiterOptions(on_limit="reject"))
    WorstCase(bound_s=7.0, tries_s=7.0, waits_s=0.0)
    >>> worst_case(TimeoutOptions(1.0, 4.0, 2.0, 10.0), RetryOptions(), None)
    WorstCase(bound_s=10.0, tries_s=7.0, waits_s=inf)
    """
    backoffs_s = all_backoffs_s(retry)
    tries_s = retry.max_attempts * attempt_s(timeouts) + backoffs_s
    # Without declared limits a 429 still pauses everybody, so a turn may have to be waited for all the same.
    limits = limits or LimiterOptions()
    waits_s = max(0.0, (retry.max_attempts - 1) * limits.max_pause_s - backoffs_s)
    if limits.on_limit == "wait":
        waits_s += inf if limits.max_wait_s is None else retry.max_attempts * limits.max_wait_s
    waits_s += retry.max_attempts * further_wait_s
    return WorstCase(min(timeouts.total_s, tries_s + waits_s), tries_s, waits_s)


def calls_per_month(windows: tuple[Window, ...]) -> int | None:
    """Return the most attempts a month of 30 days can hold: the smallest `limit * 30 d / window`; None without a limit.

    >>> calls_per_month((Window(1.0, 25), Window(60.0, 1000)))
    43200000
    """
    return min((int(window.limit * MONTH_S / window.window_s) for window in windows), default=None)


def graduated(tiers: tuple[PriceTier, ...], quantity: Decimal) -> Decimal:
    """Return the price of the first `quantity` units of a month: each part at the price of its own tier.

    >>> tiers = (PriceTier("first", Decimal(10), Decimal("0.5")), PriceTier("beyond", None, Decimal("0.1")))
    >>> graduated(tiers, Decimal(12))
    Decimal('5.2')
    """
    total, start = Decimal(0), Decimal(0)
    for tier in tiers:
        end = quantity if tier.limit is None else min(quantity, tier.limit)
        if end > start:
            total += (end - start) * tier.cost
            start = end
    return total


def affordable(tiers: tuple[PriceTier, ...], amount: Decimal) -> Decimal | None:
    """Return how many units of a month `amount` pays for, None where it never runs out.

    >>> tiers = (PriceTier("first", Decimal(10), Decimal("0.5")), PriceTier("beyond", None, Decimal("0.1")))
    >>> affordable(tiers, Decimal("5.2"))
    Decimal('12')
    """
    left, units = amount, Decimal(0)
    for tier in tiers:
        room = None if tier.limit is None else tier.limit - units
        if tier.cost > 0:
            payable = left / tier.cost
            if room is None or payable <= room:
                return units + payable
            left -= room * tier.cost
        elif room is None:
            return None
        units += room if room is not None else Decimal(0)
    return None


def month_cost(pricing: PricingOptions, units_per_call: Decimal, calls: int) -> Decimal:
    """Return the cost of a month with so many attempts: `monthly_fee + graduated(calls * units_per_call)`."""
    return pricing.monthly_fee + graduated(pricing.tiers, calls * units_per_call)


class BudgetEnd(Struct, frozen=True):
    """When a month's budget is spent at the full rate: seconds from its first, and the day of the month (1-based)."""

    after_s: float
    day: int


def budget_end(pricing: PricingOptions, units_per_call: Decimal, windows: tuple[Window, ...]) -> BudgetEnd | None:
    """Return when the budget runs dry at the full rate, None where it lasts the month or there is none.

    `after = affordable(limit - fee) / units_per_call / rate`, where the rate is the smallest `limit / window`.
    """
    if pricing.monthly_limit is None or not windows:
        return None
    left = pricing.monthly_limit - pricing.monthly_fee
    if left <= 0:
        is_paid = pricing.monthly_fee > 0 or any(tier.cost > 0 for tier in pricing.tiers)
        return BudgetEnd(0.0, 1) if is_paid else None
    units = affordable(pricing.tiers, left)
    rate = min(window.limit / window.window_s for window in windows)
    if units is None or units_per_call <= 0 or rate <= 0:
        return None
    calls = (units / units_per_call).to_integral_value(ROUND_FLOOR)
    after_s = float(calls) / rate
    return BudgetEnd(after_s, int(after_s // 86400) + 1) if after_s < MONTH_S else None
