"""What calls cost, and what a month may cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from intertie.comparing.change import Found, Impact, Places
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import money, percent, shown
from intertie.core.money import Money, decimal_text
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions


@rule(
    "pricing",
    risky="always: calls are counted and paid otherwise",
    plan=("pricing.model", "pricing.currency"),
)
def pricing(pair: Pair) -> Iterator[Found]:
    """What is paid for, and in which currency."""
    old, new = pair.old.plan.pricing, pair.new.plan.pricing
    models = (old.model if old else None, new.model if new else None)
    if models[0] != models[1]:
        reason = f"calls are paid {_words(models[1])} instead of {_words(models[0])}{pair.consequences}"
        at = pair.at("costs", "pricing_model")
        yield Found(Impact.RISKY, "costs.pricing_model", *models, reason, at)
    if old and new and old.currency != new.currency:
        reason = f"amounts are in {new.currency} instead of {old.currency}, and the ledger's months don't add up"
        at = pair.at("costs", "currency")
        yield Found(Impact.RISKY, "costs.currency", old.currency, new.currency, reason, at)


@rule(
    "price",
    risky="a call or a month can cost more, or that can't be told",
    safe="they cost less, or are called otherwise",
    plan=("pricing.tiers.limit", "pricing.tiers.cost", "pricing.tiers.name", "pricing.monthly_fee"),
)
def price(pair: Pair) -> Iterator[Found]:
    """What one unit costs, tier by tier, and what a month costs whatever is called."""
    old, new = pair.old.plan.pricing, pair.new.plan.pricing
    if old is None or new is None:
        return
    before, after = _tiers(old), _tiers(new)
    if before != after:
        risky = pair.heavier or not _cheaper(old.tiers, new.tiers)
        reason = f"units cost {after} instead of {before}{pair.consequences}"
        yield Found(
            Impact.RISKY if risky else Impact.SAFE, "costs.tiers", before, after, reason, pair.at("costs", "tiers")
        )
    names = [", ".join(tier.name for tier in each.tiers) for each in (old, new)]
    if before == after and names[0] != names[1]:
        reason = "the tiers are called otherwise in reports"
        yield Found(Impact.SAFE, "costs.tiers: names", names[0], names[1], reason, pair.at("costs", "tiers"))
    if old.monthly_fee != new.monthly_fee:
        fees = [money(Money(each.monthly_fee, each.currency)) for each in (old, new)]
        reason = f"a month costs {fees[1]} instead of {fees[0]}, whatever is called"
        impact = Impact.RISKY if new.monthly_fee > old.monthly_fee else Impact.SAFE
        yield Found(impact, "costs.monthly_fee", fees[0], fees[1], reason, pair.at("costs", "monthly_fee"))


@rule(
    "budget",
    risky="lower or gone; calls beyond it are refused, or made, where it was the other way round",
    safe="higher",
    plan=("pricing.monthly_limit", "pricing.hard_stop", "pricing.time_zone"),
)
def budget(pair: Pair) -> Iterator[Found]:
    """What a month may cost, and what happens then."""
    old, new = pair.old.plan.pricing, pair.new.plan.pricing
    if old is None or new is None:
        return
    if old.monthly_limit != new.monthly_limit:
        texts = [_budget(each) for each in (old, new)]
        month = money(pair.new.plan.worst_month)
        at_most = f"; a month at the limit costs {month}" if month else ""
        reason = f"a month may cost {texts[1] or 'anything'} instead of {texts[0] or 'anything'}{at_most}"
        higher = (
            old.monthly_limit is not None and new.monthly_limit is not None and new.monthly_limit > old.monthly_limit
        )
        impact = Impact.SAFE if higher else Impact.RISKY
        yield Found(
            impact,
            "costs.budget.monthly_limit",
            texts[0],
            texts[1],
            reason,
            pair.at("costs", "budget", "monthly_limit"),
        )
    if old.hard_stop != new.hard_stop:
        after = "refused" if new.hard_stop else "made and paid"
        limit = _budget(new)
        reason = f"calls beyond the budget{f' of {limit}' if limit else ''} are {after}"
        at = pair.at("costs", "budget", "hard_stop")
        yield Found(Impact.RISKY, "costs.budget.hard_stop", shown(old.hard_stop), shown(new.hard_stop), reason, at)
    if old.time_zone != new.time_zone:
        reason = f"the budget's months begin by the calendar of {new.time_zone} instead of {old.time_zone}"
        at = pair.at("costs", "time_zone")
        yield Found(Impact.RISKY, "costs.time_zone", old.time_zone, new.time_zone, reason, at)


@rule(
    "budget-alert",
    risky="later, or not at all",
    safe="sooner",
    plan=("pricing.alert_ratio",),
)
def budget_alert(pair: Pair) -> Iterator[Found]:
    """When the budget's use is told."""
    old, new = pair.old.plan.pricing, pair.new.plan.pricing
    if old is None or new is None or old.alert_ratio == new.alert_ratio:
        return
    later = new.alert_ratio is None or (old.alert_ratio is not None and new.alert_ratio > old.alert_ratio)
    marks = [percent(each.alert_ratio) for each in (old, new)]
    reason = f"the use of the budget is told at {marks[1] or 'no mark'} instead of {marks[0] or 'no mark'}"
    at = pair.at("costs", "budget", "alert_at")
    yield Found(Impact.RISKY if later else Impact.SAFE, "costs.budget.alert_at", marks[0], marks[1], reason, at)


@rule(
    "cost",
    risky="more, where neither prices nor limits have changed",
    safe="less, where neither prices nor limits have changed",
    plan=("worst_month", "operations.cost_per_call"),
)
def cost(pair: Pair) -> Iterator[Found]:
    """What an attempt is expected to cost, and a month at the limit."""
    if pair.both(lambda plan: (plan.pricing, plan.limits, plan.timeouts)):
        return  # told where it comes from
    at = pair.at("costs")
    if months := pair.both(lambda plan: plan.worst_month):
        yield _dearer("a month at the limit", months, at, None)
    for each in pair.operations:
        if costs := each.both(lambda operation: operation.cost_per_call):
            yield _dearer("an attempt", costs, at, each.name)


def _dearer(what: str, amounts: tuple[Money | None, Money | None], at: Places, operation: str | None) -> Found:
    old, new = amounts
    more = old is None or new is None or new.amount > old.amount
    reason = f"{what} costs {money(new) or 'an unknown amount'} instead of {money(old) or 'an unknown amount'}"
    subject = f"{operation}: cost of {what}" if operation else f"cost of {what}"
    return Found(Impact.RISKY if more else Impact.SAFE, subject, money(old), money(new), reason, at, operation)


def _tiers(options: PricingOptions) -> str:
    told = [
        f"{_exact(tier.cost)} {options.currency}" + (f" up to {_exact(tier.limit)}" if tier.limit is not None else "")
        for tier in options.tiers
    ]
    return ", then ".join(told) or "nothing"


def _exact(amount: Decimal) -> str:
    return decimal_text(amount).removesuffix(".00")


def _cheaper(old: tuple[PriceTier, ...], new: tuple[PriceTier, ...]) -> bool:
    """Return whether every unit costs less or the same: the tiers end at the same quantities."""
    if [tier.limit for tier in old] != [tier.limit for tier in new]:
        return False
    return all(after.cost <= before.cost for before, after in zip(old, new, strict=True))


def _budget(options: PricingOptions) -> str | None:
    return None if options.monthly_limit is None else money(Money(options.monthly_limit, options.currency))


def _words(model: str | None) -> str:
    return "for nothing" if model is None else model.replace("_", " ")


RULES = (pricing, price, budget, budget_alert, cost)
