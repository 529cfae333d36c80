"""What the calls of one process cost, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from math import inf

from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.core.forking import renew_after_fork
from intertie.core.money import Money
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import (
    EXACT,
    affordable_quantity,
    marginal_cost,
    month_bounds,
    month_name,
    strictest_budget,
    tier_cost,
)
from intertie.runtime.state import BudgetRefusal, LedgerMonth, Reservation
from intertie.runtime.state_key import StateKey

_ZERO = Decimal(0)


class _Month:
    """The books of one month, in cumulative quantities."""

    __slots__ = ("calls", "ends_s", "name", "reserved", "settled")

    def __init__(self, name: str, ends_s: float) -> None:
        self.name = name
        self.ends_s = ends_s
        self.calls = 0
        self.settled = _ZERO
        self.reserved = _ZERO


class MemoryLedger:
    """What the handles on one ledger share, which ends with its process."""

    def __init__(self, key: StateKey, pricing: PricingOptions, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._lock = threading.Lock()
        self._months: dict[str, _Month] = {}
        self._current = _Month("", 0.0)
        self._open: dict[int, tuple[_Month, Decimal]] = {}
        self._next_id = 1
        self._pricing = self._strictest = pricing
        self._affordable = affordable_quantity(pricing)
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; what was under way is the parent's."""
        self._lock = threading.Lock()

    def replan(self, plans: Sequence[PricingOptions]) -> None:
        """Go on under the newest price and the strictest budget; what was spent stays spent."""
        with self._lock:
            if plans:
                self._pricing = plans[-1]
                self._strictest, self._affordable = strictest_budget(plans)

    def reserve_nowait(self, quantity: Decimal) -> Reservation | None:
        """Set aside the cost of `quantity` units; None where `reserve` would refuse."""
        with self._lock:
            return self._reserve(quantity)

    async def reserve(
        self,
        quantity: Decimal,
        *,
        deadline_s: float = inf,  # noqa: ARG002  # memory answers at once
    ) -> Reservation | BudgetRefusal:
        """Set aside the cost, or refuse where the month's limit would be passed."""
        with self._lock:
            reservation = self._reserve(quantity)
            if reservation is not None:
                return reservation
            month, pricing = self._current, self._strictest
            spent = EXACT.add(tier_cost(pricing, EXACT.add(month.settled, month.reserved)), pricing.monthly_fee)
            retry_after_s = max(0.0, month.ends_s - self._clock.utc_s())
            return BudgetRefusal(retry_after_s, pricing.monthly_limit or _ZERO, spent)

    def _reserve(self, quantity: Decimal) -> Reservation | None:
        month = self._this_month()
        before = EXACT.add(month.settled, month.reserved)
        after = EXACT.add(before, quantity)
        if self._affordable is not None and after > self._affordable:
            return None
        month.reserved = EXACT.add(month.reserved, quantity)
        number = self._next_id
        self._next_id += 1
        self._open[number] = (month, quantity)
        return Reservation(number, quantity, marginal_cost(self._pricing, before, quantity), before)

    def _this_month(self) -> _Month:
        if self._clock.utc_s() >= self._current.ends_s:
            now = self._clock.utc_now()
            name = month_name(now, self._pricing.time_zone)
            _, ends_s = month_bounds(now, self._pricing.time_zone)
            self._current = self._months.setdefault(name, _Month(name, ends_s))
        return self._current

    def settle(self, reservation: Reservation, *, quantity: Decimal, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that.

        Raises:
            ValueError: The reservation was settled before.
        """
        with self._lock:
            if reservation.id not in self._open:
                msg = f"reservation {reservation.id} of {self._key} was settled before"
                raise ValueError(msg)
            month, reserved = self._open.pop(reservation.id)
            month.reserved = EXACT.subtract(month.reserved, reserved)
            cost = _ZERO
            if reached is not Reach.NO:
                cost = marginal_cost(self._pricing, month.settled, quantity)
                month.settled = EXACT.add(month.settled, quantity)
                month.calls += 1
            return Money(cost, self._pricing.currency)

    def month(self) -> LedgerMonth:
        """Return the current month."""
        with self._lock:
            return self._told(self._this_month())

    def months(self) -> list[LedgerMonth]:
        """Return all months on record, oldest first."""
        with self._lock:
            return [self._told(month) for _, month in sorted(self._months.items())]

    def _told(self, month: _Month) -> LedgerMonth:
        pricing = self._pricing
        return LedgerMonth(
            key=self._key,
            month=month.name,
            currency=pricing.currency,
            calls=month.calls,
            quantity=month.settled,
            amount=tier_cost(pricing, month.settled),
            reserved=marginal_cost(pricing, month.settled, month.reserved),
            unreconciled=_ZERO,
            monthly_limit=self._strictest.monthly_limit,
        )
