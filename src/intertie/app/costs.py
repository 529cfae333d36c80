"""The cost report: the ledger's months beside budgets and forecasts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from intertie.app.records import open_records
from intertie.app.workbench import Workbench
from intertie.core.clock import BlockingClock
from intertie.core.errors import UsageError
from intertie.core.money import Money
from intertie.diagnostics import SpecError
from intertie.runtime.plan import Plan
from intertie.runtime.policies.budget.state import forecast, month_name
from intertie.runtime.state import LedgerMonth
from intertie.runtime.state_key import StateKey

_CENT = Decimal("0.01")


class CostLine(Struct, frozen=True):
    """One integration and environment, at one origin, in one month.

    Attributes:
        origin: Empty for the spec's own URL; else where the calls went, such as a mock.
        service: None where the workspace has no spec of that id any more.
        amount: What settled attempts cost, the monthly fee included.
        reserved: Set aside by attempts under way.
        unreconciled: Left by dead processes; counts as spent.
        monthly_limit: None where there is no budget.
        forecast: The month's end at the pace so far; None for past months and where nothing can be said.
    """

    id: str
    service: str | None
    environment: str
    origin: str
    calls: int
    amount: Money
    reserved: Money
    unreconciled: Money
    monthly_limit: Money | None
    alert_ratio: float | None
    hard_stop: bool
    forecast: Money | None

    @property
    def used_ratio(self) -> float:
        """Share of the budget that is gone, what is set aside included; 0.0 without a budget."""
        if self.monthly_limit is None or not self.monthly_limit.amount:
            return 0.0
        gone = self.amount.amount + self.reserved.amount + self.unreconciled.amount
        return float(gone / self.monthly_limit.amount)

    @property
    def is_alerted(self) -> bool:
        """Whether the month has reached the budget's mark."""
        return self.monthly_limit is not None and self.alert_ratio is not None and self.used_ratio >= self.alert_ratio

    def as_json(self) -> dict[str, object]:
        """Return the line in the shape of `report cost --format json`."""
        budget = None
        if self.monthly_limit is not None:
            budget = {
                "monthly_limit": self.monthly_limit.as_json(),
                "used_ratio": round(self.used_ratio, 6),
                "alert_ratio": self.alert_ratio,
                "hard_stop": self.hard_stop,
            }
        return {
            "id": self.id,
            "service": self.service,
            "environment": self.environment,
            "origin": self.origin,
            "calls": self.calls,
            "amount": self.amount.as_json(),
            "reserved": self.reserved.as_json(),
            "unreconciled": self.unreconciled.as_json(),
            "budget": budget,
            "forecast": None if self.forecast is None else {"amount": self.forecast.as_json()},
        }


class CostReport(Struct, frozen=True):
    """All lines of one month, `YYYY-MM`."""

    period: str
    lines: tuple[CostLine, ...]


def cost_report(bench: Workbench, specs: Sequence[str | Path], *, month: str | None = None) -> CostReport:
    """Return what the ledger holds of a month: of the specs given, or of everything.

    Raises:
        UsageError: There is no such spec, or the month is not `YYYY-MM`.
    """
    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError(f"--month {month} is not a month such as 2026-11")
    now = BlockingClock().utc_now()
    wanted = {bench.identity(spec) for spec in specs}
    with open_records(bench) as journal:
        months = [found for found in journal.months(month) if not wanted or found.key.integration in wanted]
    lines: list[CostLine] = []
    for found in months:
        plan = _plan(bench, found.key)
        zone = plan.pricing.time_zone if plan and plan.pricing else "UTC"
        if month is not None or found.month == month_name(now, zone):  # each integration's own current month
            lines.append(_line(found, plan, now if month is None else None))
    return CostReport(month or month_name(now, "UTC"), tuple(lines))


def _line(month: LedgerMonth, plan: Plan | None, now: datetime | None) -> CostLine:
    """Return a month's line; a forecast only where the month is not over, which `now` says."""
    pricing = plan.pricing if plan else None
    if plan is not None and pricing is not None and month.key != plan.key:
        pricing = replace(pricing, monthly_fee=Decimal(0))  # the fee is the service's: calls to a mock cost none
    fee = pricing.monthly_fee if pricing else Decimal(0)
    ahead = forecast(pricing, month.quantity, now) if pricing and now else None

    def money(amount: Decimal) -> Money:
        return Money(amount, month.currency)

    return CostLine(
        id=month.key.integration,
        service=plan.service if plan else None,
        environment=month.key.environment,
        origin=month.key.origin,
        calls=month.calls,
        amount=money(month.amount + fee),
        reserved=money(month.reserved),
        unreconciled=money(month.unreconciled),
        monthly_limit=None if month.monthly_limit is None else money(month.monthly_limit),
        alert_ratio=pricing.alert_ratio if pricing else None,
        hard_stop=pricing.hard_stop if pricing else False,
        forecast=None if ahead is None else money(ahead.amount.quantize(_CENT)),
    )


def _plan(bench: Workbench, key: StateKey) -> Plan | None:
    """Return the plan that the month belongs to, None where the workspace has it no more."""
    try:
        environment = None if key.environment == "default" else key.environment
        return bench.plan(key.integration, environment=environment, judged=False)
    except (UsageError, SpecError):
        return None  # the ledger outlives specs and their errors: its figures stand without their names
