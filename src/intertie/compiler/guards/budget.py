"""What calls cost, and what a month may cost."""

from __future__ import annotations

from decimal import Decimal

from intertie.compiler.build import Build, Chosen
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.diagnostics import Label, Severity
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.spec.fields import Located
from intertie.spec.model import Costs, MoneyText, Tier

_UNITS = {"per_request": "request", "per_gb": "gb", "per_minute": "minute", "subscription": "month"}
_MODELS = {unit: model for model, unit in _UNITS.items()}


def compile_pricing(build: Build) -> tuple[PricingOptions | None, dict[str, str]]:
    """Return price and budget, None where the spec says nothing of costs."""
    costs = build.spec.costs
    if costs is None or not (costs.pricing_model or costs.tiers or costs.budget or costs.monthly_fee):
        return None, {}
    model = _model(costs)
    currency = _currency(build, costs)
    zone = _time_zone(build, costs)
    budget = costs.budget
    limit = budget.monthly_limit if budget else None
    alert = budget.alert_at if budget else None
    hard_stop = build.choose(budget.hard_stop if budget else None, "budget.hard_stop")
    fee = _fee(build, costs, model.value)
    tiers = _tiers(build, costs, model.value)
    if limit is not None and not tiers and not fee.value:
        build.leave_out("budget", "the spec has no price, so nothing is ever spent", limit.span)
    if alert is not None and limit is None:
        build.leave_out("budget alert", "`monthly_limit` is missing", alert.span)
    options = PricingOptions(
        model=model.value,
        currency=currency.value,
        tiers=tiers,
        monthly_fee=fee.value,
        monthly_limit=limit.value.amount if limit else None,
        alert_ratio=alert.value if alert else None,
        hard_stop=hard_stop.value,
        time_zone=zone.value,
    )
    return options, {
        "model": model.source,
        "currency": currency.source,
        "tiers": str(costs.tiers[0].head) if costs.tiers else "default",
        "monthly_fee": fee.source,
        "monthly_limit": str(limit.span) if limit else "default",
        "alert_at": str(alert.span) if alert else "default",
        "hard_stop": hard_stop.source,
        "time_zone": zone.source,
    }


def _model(costs: Costs) -> Chosen[str]:
    """Return the pricing model; where none is stated, the tiers' unit tells it."""
    if costs.pricing_model is not None:
        return Chosen(costs.pricing_model.value, str(costs.pricing_model.span))
    unit = next((tier.unit for tier in costs.tiers if tier.unit is not None), None)
    if unit is not None:
        return Chosen(_MODELS[unit.value], str(unit.span))
    if costs.monthly_fee is not None:
        return Chosen("subscription", str(costs.monthly_fee.span))
    return Chosen("per_request", "default")


def _amounts(costs: Costs) -> list[Located[MoneyText]]:
    amounts = [tier.cost for tier in costs.tiers] + [
        costs.monthly_fee,
        costs.budget.monthly_limit if costs.budget else None,
    ]
    return [amount for amount in amounts if amount is not None]


def _currency(build: Build, costs: Costs) -> Chosen[str]:
    """Return the one currency: `costs.currency`, else what the amounts name; two different ones are an error."""
    named = [amount for amount in _amounts(costs) if amount.value.currency is not None]
    if costs.currency is not None:
        chosen = Chosen(costs.currency.value.strip().upper(), str(costs.currency.span))
        first = costs.currency.span
    elif named:
        chosen = Chosen(named[0].value.currency or "", str(named[0].span))
        first = named[0].span
    else:
        return build.fallback("costs.currency")
    for amount in named:
        if amount.value.currency != chosen.value:
            build.report(
                "mixed-currencies",
                f"`{amount.text}` is in {amount.value.currency}, other amounts are in {chosen.value}",
                amount.span,
                related=(Label(first, f"{chosen.value} is chosen here"),),
            )
    return chosen


def _time_zone(build: Build, costs: Costs) -> Chosen[str]:
    zone: Chosen[str] = build.choose(costs.time_zone, "costs.time_zone")
    if zone.value != "UTC":
        from zoneinfo import ZoneInfo  # noqa: PLC0415  # most specs bill in UTC

        try:
            ZoneInfo(zone.value)
        except (KeyError, ValueError, OSError):
            place = costs.time_zone.span if costs.time_zone else costs.head
            build.report("unknown-time-zone", f"`{zone.value}` is not an IANA time zone", place)
            return Chosen("UTC", zone.source)
    return zone


def _fee(build: Build, costs: Costs, model: str) -> Chosen[Decimal]:
    """Return the fixed part of a month: `monthly_fee`, else the subscription's first tier with unit `month`."""
    if costs.monthly_fee is not None:
        return Chosen(costs.monthly_fee.value.amount, str(costs.monthly_fee.span))
    if model != "subscription":
        return Chosen(Decimal(0), "default")
    monthly = [tier for tier in costs.tiers if tier.cost is not None and _unit(tier, model) == "month"]
    for other in monthly[1:]:
        build.leave_out(
            f"tier {_name(other)}", "a subscription has one monthly fee; the first tier's holds", other.head
        )
    if monthly and monthly[0].limit is not None:
        build.leave_out(
            f"limit of tier {_name(monthly[0])}", "what a subscription includes is not counted", monthly[0].limit.span
        )
    first = monthly[0].cost if monthly else None
    return Chosen(first.value.amount, str(first.span)) if first else Chosen(Decimal(0), "default")


def _tiers(build: Build, costs: Costs, model: str) -> tuple[PriceTier, ...]:
    """Return the graduated price: limits grow, the last has none."""
    wanted = _UNITS[model]
    tiers: list[PriceTier] = []
    reached = Decimal(0)
    for position, tier in enumerate(costs.tiers):
        if tier.cost is None:
            continue
        unit = _unit(tier, model)
        if unit != wanted:
            place = tier.unit.span if tier.unit else tier.head
            if model == "subscription" and tier.cost.value.amount == 0:
                continue
            build.report(
                "wrong-tier-unit",
                f"tier {_name(tier)} is paid per {unit}, but the pricing model is `{model}`: its price is not counted",
                place,
                severity=Severity.WARNING if model == "subscription" else None,
            )
            continue
        if unit == "month":
            continue
        limit = None if tier.limit is None else Decimal(str(tier.limit.value))
        if tiers and tiers[-1].limit is None:
            build.report(
                "unordered-tiers", f"tier {_name(tier)} follows one without a limit, so it is never reached", tier.head
            )
            continue
        if limit is not None and limit <= reached:
            place = tier.limit.span if tier.limit else tier.head
            build.report(
                "unordered-tiers",
                f"tier {_name(tier)} ends at {_plain(limit)}, where {_plain(reached)} is passed",
                place,
            )
            continue
        reached = reached if limit is None else limit
        tiers.append(PriceTier(tier.name.value if tier.name else f"tier {position + 1}", limit, tier.cost.value.amount))
    return _open_ended(build, costs, tiers)


def _plain(number: Decimal | None) -> str:
    """Return a quantity as people write it: 10, not 10.0."""
    return f"{number.normalize():f}" if number is not None else ""


def _open_ended(build: Build, costs: Costs, tiers: list[PriceTier]) -> tuple[PriceTier, ...]:
    if tiers and tiers[-1].limit is not None:
        last = tiers[-1]
        build.report(
            "limited-last-tier",
            f"no tier has a price for calls beyond {_plain(last.limit)}; they cost {last.cost}, too",
            costs.tiers[-1].head,
        )
        tiers[-1] = PriceTier(last.name, None, last.cost)
    return tuple(tiers)


def _unit(tier: Tier, model: str) -> str:
    return tier.unit.value if tier.unit else _UNITS[model]


def _name(tier: Tier) -> str:
    return f"`{tier.name.value}`" if tier.name else "without name"


class BudgetHalf(Half):
    """What calls cost, and what a month may cost."""

    stages = ("budget", "settle")
    plan_field = "pricing"
    fields = (
        *guard_fields(
            "costs",
            How.CHECKED,
            "must agree with the tiers' units; stage settle",
            "pricing_model=model",
            stage="settle",
        ),
        *guard_fields(
            "costs",
            How.ENFORCED,
            "stages budget and settle; the ledger",
            "currency=currency monthly_fee=monthly_fee",
            stage="settle",
        ),
        *guard_fields(
            "costs", How.ENFORCED, "stages budget and settle; the ledger", "time_zone=time_zone", stage="budget"
        ),
        *guard_fields("costs.tiers[]", How.ENFORCED, "stage settle; the ledger", "name limit cost"),
        *guard_fields("costs.tiers[]", How.CHECKED, "must agree with `pricing_model`, and stands in for it", "unit"),
        *guard_fields(
            "costs.budget",
            How.ENFORCED,
            "stage budget",
            "monthly_limit=monthly_limit",
            stage="budget",
            stricter="lower",
        ),
        *guard_fields("costs.budget", How.ENFORCED, "stage budget", "hard_stop=hard_stop", stage="budget"),
        *guard_fields(
            "costs.budget",
            How.ENFORCED,
            "stage budget: a warning on results, in the log, in `status` and in `report cost`",
            "alert_at=alert_at",
            stage="budget",
            stricter="lower",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_pricing(build))


HALF = BudgetHalf()
