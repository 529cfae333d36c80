"""Monitoring and cost: running an integration."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located
from intertie.spec.model.values import MoneyText


class Logging(Block):
    """What is logged."""

    level: Located[str] | None = f.choice(
        "Lowest level.", "debug", "info", "warn", "error", choice_aliases={"warning": "warn"}
    )
    include_headers: Located[bool] | None = f.flag("Headers, masked.")
    include_body: Located[bool] | None = f.flag("Bodies, masked.")
    mask_sensitive: Located[bool] | None = f.flag("Mask e-mail, card numbers, tokens; credentials are always masked.")


class Alert(Block):
    """When to tell whom."""

    condition: Located[str] | None = f.text("Condition over what is measured.")
    severity: Located[str] | None = f.choice("How much it matters.", "critical", "warning", "info")
    channel: Located[str] | None = f.choice("Whom to tell.", "email", "slack", "pagerduty", "webhook")


class Monitoring(Block):
    """What is measured, logged and alerted; the breaker's switches stand in it too."""

    metrics: tuple[Located[str], ...] = f.list_of(
        "What is measured.", f.choice("Metric.", "request_count", "error_rate", "response_time", "throughput")
    )
    logging: Logging | None = f.block("Logging.", Logging)
    alerts: tuple[Alert, ...] = f.blocks("Alerts.", Alert)
    metrics_enabled: Located[bool] | None = f.flag("Breaker metrics.")
    alert_on_open: Located[bool] | None = f.flag("Alert when the breaker opens.")


class Tier(Block):
    """A step of the price."""

    name: Located[str] | None = f.text("Name.")
    limit: Located[float] | None = f.number(
        "Cumulative monthly quantity up to which the cost holds.", aliases=("up_to",)
    )
    cost: Located[MoneyText] | None = f.money("Price of one unit.")
    unit: Located[str] | None = f.choice(
        "Unit.", "request", "gb", "minute", "month", choice_aliases={"requests": "request"}
    )


class Budget(Block):
    """What a month may cost."""

    monthly_limit: Located[MoneyText] | None = f.money("Most a month may cost.")
    alert_at: Located[float] | None = f.ratio(
        "Share of the limit from which results, log, `status` and `report cost` warn."
    )
    hard_stop: Located[bool] | None = f.flag("Refuse a call that would pass the limit.")


class Costs(Block):
    """What calls cost."""

    pricing_model: Located[str] | None = f.choice(
        "What is paid for.", "per_request", "per_gb", "per_minute", "subscription"
    )
    currency: Located[str] | None = f.text("ISO 4217 code.", template=False)
    time_zone: Located[str] | None = f.text("Zone whose months count, IANA name.", template=False)
    monthly_fee: Located[MoneyText] | None = f.money("Fixed price of a month (subscription).", template=False)
    tiers: tuple[Tier, ...] = f.blocks("Graduated price.", Tier)
    budget: Budget | None = f.block("Budget.", Budget)
