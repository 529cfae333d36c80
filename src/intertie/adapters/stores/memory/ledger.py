"""What the calls of one process cost, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from math import inf

from intertie.core.clock import Clock
from intertie.core.errors import Reach
from intertie.core.forking import renew_after_fork
from intertie.core.money import EXACT, Money, Trillionths, units
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.budget.state import (
    marginal_cost,
    month_bounds,
    month_name,
    strictest_budget,
    tier_cost,
)
from intertie.runtime.policies.budget.tariff import Tariff
from intertie.runtime.state import BudgetRefusal, LedgerMonth, Reservation
from intertie.runtime.state_key import StateKey

_ZERO = Decimal(0)


class _Month:
    """The books of one month, in cumulative quantities; it lasts from `begins_s` to `ends_s` (UTC)."""

    __slots__ = ("begins_s", "calls", "ends_s", "name", "reserved", "settled")

    def __init__(self, name: str) -> None:
        self.name = name
        self.begins_s = self.ends_s = 0.0
        self.calls = 0
        self.settled: Trillionths = 0
        self.reserved: Trillionths = 0


class MemoryLedger:
    """What the handles on one ledger share, which ends with its process."""

    def __init__(self, key: StateKey, pricing: PricingOptions, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._utc_s = clock.utc_s
        self._lock = threading.Lock()
        self._months: dict[str, _Month] = {}
        self._current = _Month("")
        self._tariff = Tariff(pricing)
        self._strictest, self._affordable = strictest_budget((pricing,))
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock; what was under way is the parent's."""
        self._lock = threading.Lock()

    def replan(self, plans: Sequence[PricingOptions]) -> None:
        """Go on under the newest price and the strictest budget; what was spent stays spent."""
        with self._lock:
            if plans:
                self._tariff = Tariff(plans[-1])
                self._strictest, self._affordable = strictest_budget(plans)
                self._current = _Month("")  # another time zone has other months

    def reserve_nowait(self, quantity: Trillionths) -> Reservation | None:
        """Set `quantity` aside; None where `reserve` would refuse."""
        reservation: Reservation | None = None
        try:
            with self._lock:
                month = self._current
                if not month.begins_s <= self._utc_s() < month.ends_s:
                    month = self._this_month_locked()
                before = month.settled + month.reserved
                if self._affordable is None or before + quantity <= self._affordable:
                    made = Reservation(quantity, before, month)
                    month.reserved += quantity
                    reservation = made
        except BaseException:
            if reservation is not None:  # an interrupt kept it from its caller
                self.settle(reservation, quantity=0, reached=Reach.NO)
            raise
        return reservation

    async def reserve(
        self,
        quantity: Trillionths,
        *,
        deadline_s: float = inf,  # noqa: ARG002  # memory answers at once
    ) -> Reservation | BudgetRefusal:
        """Set it aside, or refuse where the month's limit would be passed."""
        reservation = self.reserve_nowait(quantity)
        if reservation is not None:
            return reservation
        with self._lock:
            month, pricing = self._current, self._strictest
            spent = EXACT.add(tier_cost(pricing, units(month.settled + month.reserved)), pricing.monthly_fee)
            return BudgetRefusal(max(0.0, month.ends_s - self._utc_s()), pricing.monthly_limit or _ZERO, spent)

    def _this_month_locked(self) -> _Month:
        """Return the month of now: the one after the last, or after a step of the clock one of before."""
        now, time_zone = self._clock.utc_now(), self._tariff.pricing.time_zone
        name = month_name(now, time_zone)
        self._current = self._months.setdefault(name, _Month(name))
        self._current.begins_s, self._current.ends_s = month_bounds(now, time_zone)
        return self._current

    def expected_cost(self, reservation: Reservation) -> Money:
        """Return what a reservation is expected to cost."""
        return self._tariff.cost(reservation.before, reservation.quantity)

    def settle(self, reservation: Reservation, *, quantity: Trillionths, reached: Reach) -> Money:
        """Turn a reservation into what the attempt cost (nothing where it reached nobody); return that.

        Raises:
            ValueError: The reservation was settled before.
        """
        with self._lock:
            month = reservation.books
            if month is None:
                msg = f"a reservation of {self._key} was settled before"
                raise ValueError(msg)
            # What can be interrupted comes first: the changes are one step.
            cost = self._tariff.nothing if reached is Reach.NO else self._tariff.cost(month.settled, quantity)
            reservation.books = None
            month.reserved -= reservation.quantity
            if reached is not Reach.NO:
                month.settled += quantity
                month.calls += 1
            return cost

    def month(self) -> LedgerMonth:
        """Return the current month."""
        with self._lock:
            return self._told_locked(self._this_month_locked())

    def months(self) -> list[LedgerMonth]:
        """Return all months on record, oldest first."""
        with self._lock:
            return [self._told_locked(month) for _, month in sorted(self._months.items())]

    def _told_locked(self, month: _Month) -> LedgerMonth:
        pricing, settled = self._tariff.pricing, units(month.settled)
        return LedgerMonth(
            key=self._key,
            month=month.name,
            currency=pricing.currency,
            calls=month.calls,
            quantity=settled,
            amount=tier_cost(pricing, settled),
            reserved=marginal_cost(pricing, settled, units(month.reserved)),
            unreconciled=_ZERO,
            monthly_limit=self._strictest.monthly_limit,
        )
