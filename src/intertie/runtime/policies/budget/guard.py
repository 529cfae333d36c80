"""What attempts cost, and what a month may cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT, decimal_text
from intertie.runtime.guard import Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.budget.options import SETTLE, STAGE
from intertie.runtime.policies.budget.quantities import expecting, used_quantity
from intertie.runtime.wording import percent

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.policies.budget.policy import BudgetPolicy
    from intertie.runtime.state import LedgerHandle, Reservation

_FLAT = frozenset({"per_request", "subscription"})
"""Models by which every attempt is one unit."""


class BudgetGuard(Guard):
    """Sets aside what an attempt may cost, and settles what it did cost."""

    name = "budget"
    stage = STAGE
    events = (
        EventKind("reserve", "debug", ("amount", "currency"), "the expected cost is set aside"),
        EventKind("warn", "warning", ("message",), "the month's budget has reached its mark, `alert_at`"),
        EventKind("reject", "error", ("spent", "limit"), "the attempt would exceed the month's budget"),
        EventKind("unavailable", "error", (), "the cost can't be recorded; nothing was sent"),
    )

    def open(self, opening: Opening) -> LedgerHandle | None:
        """Return the ledger."""
        plan = opening.plan
        return None if plan.pricing is None else opening.surroundings.journal.ledger(plan.key, plan.pricing)

    def policy(self, site: Site, handle: LedgerHandle | None) -> BudgetPolicy | None:
        """Return the general path."""
        pricing = site.plan.pricing
        if pricing is None or handle is None:
            return None
        from intertie.runtime.policies.budget.policy import BudgetPolicy  # noqa: PLC0415  # calls alone need it
        from intertie.runtime.policies.budget.state import alert_quantity  # noqa: PLC0415  # calls alone need it

        expected = expecting(pricing.model, site.operation, attempt_s=site.plan.timeouts.wire_s)
        return BudgetPolicy(pricing, handle, expected, site.surroundings.clock, alert_quantity(pricing))

    def quick(self, site: Site, handle: LedgerHandle | None) -> Quick | None:
        """Reserve from this process's share; from the budget's mark on everybody is told, on the general path."""
        pricing = site.plan.pricing
        if pricing is None or handle is None:
            return None
        from intertie.runtime.policies.budget.state import alert_quantity  # noqa: PLC0415  # calls alone need it

        model, warned_from = pricing.model, alert_quantity(pricing)
        expected = expecting(model, site.operation, attempt_s=site.plan.timeouts.wire_s)
        reserve_nowait, settle_now = handle.reserve_nowait, handle.settle

        def take_one(_attempt: Attempt) -> Reservation | None:
            return reserve_nowait(ONE_UNIT)

        def take(attempt: Attempt) -> Reservation | None:
            quantity = expected(attempt.request)
            reservation = reserve_nowait(quantity)
            if warned_from is not None and reservation is not None and reservation.before + quantity >= warned_from:
                attempt.hands_over = True
            return reservation

        def settle_one(attempt: Attempt, reservation: Reservation) -> None:
            attempt.cost = settle_now(reservation, quantity=ONE_UNIT, reached=Reach.YES)

        def settle(attempt: Attempt, reservation: Reservation) -> None:
            wire_s = attempt.ended_s - attempt.sent_s
            used = used_quantity(model, attempt.response, wire_s=wire_s, expected=reservation.quantity)
            attempt.cost = settle_now(reservation, quantity=used, reached=Reach.YES)

        def undo(attempt: Attempt, reservation: Reservation) -> None:
            if reservation.books is not None:
                # What may have left counts as what was expected, never as nothing.
                reached = Reach.MAYBE if attempt.sent else Reach.NO
                attempt.cost = settle_now(reservation, quantity=reservation.quantity, reached=reached)

        if model in _FLAT:
            taking = take_one if warned_from is None else take
            return Quick(taking, settle_one, taken=("reserve",), settled=("settle",), undo=undo)
        return Quick(take, settle, taken=("reserve",), settled=("settle",), undo=undo)

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the month's budget."""
        pricing = plan.pricing
        if pricing is None or pricing.monthly_limit is None:
            return None
        options: dict[str, object] = {
            "monthly_limit": decimal_text(pricing.monthly_limit),
            "currency": pricing.currency,
            "hard_stop": pricing.hard_stop,
            "time_zone": pricing.time_zone,
        }
        return options if pricing.alert_ratio is None else {**options, "alert_at": pricing.alert_ratio}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say how much, and what happens beyond it."""
        text = f"{options['monthly_limit']} {options['currency']} a month ({options['time_zone']})"
        if "alert_at" in options:
            text += f"; results and log warn from {percent(options['alert_at'])} on"
        yield text, sources["monthly_limit"]
        beyond = "are refused" if options["hard_stop"] else "are made all the same"
        yield f"calls beyond it {beyond}", sources["hard_stop"]


class SettleStep(Guard):
    """The price of an attempt, settled by the budget's policy on the way out."""

    stage = SETTLE
    events = (
        EventKind("settle", "debug", ("amount", "currency", "reached"), "the attempt is billed"),
        EventKind("settle_later", "debug", ("amount", "currency"), "a stream is settled when it ends"),
    )

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return the price."""
        pricing = plan.pricing
        if pricing is None:
            return None
        options: dict[str, object] = {
            "model": pricing.model,
            "currency": pricing.currency,
            "tiers": [
                {
                    "name": tier.name,
                    "limit": None if tier.limit is None else _number(tier.limit),
                    "cost": decimal_text(tier.cost),
                }
                for tier in pricing.tiers
            ],
        }
        return {**options, "monthly_fee": decimal_text(pricing.monthly_fee)} if pricing.monthly_fee else options

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say the price of each tier."""
        unit = {"per_request": "request", "per_gb": "GB", "per_minute": "minute"}.get(options["model"], "month")
        if "monthly_fee" in options:
            yield f"{options['monthly_fee']} {options['currency']} a month, whatever is called", sources["monthly_fee"]
        source = sources["tiers"]
        for tier in options["tiers"]:
            until = f" up to {tier['limit']:,} a month" if tier["limit"] is not None else ""
            yield f"{tier['cost']} {options['currency']} a {unit}{until}", source
            source = ""
        if not options["tiers"] and "monthly_fee" not in options:
            yield "calls are counted; the spec gives no price", sources["model"]


def _number(amount: Decimal) -> int | float:
    value = float(amount)
    return int(value) if value.is_integer() else value
