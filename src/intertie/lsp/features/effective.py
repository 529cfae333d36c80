"""What a field comes to in the plan: its effective value, and what said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from intertie.compiler.defaults import DEFAULTS
from intertie.core.rate_windows import RATE_WINDOWS
from intertie.core.units import seconds_text
from intertie.runtime.plan import OperationPlan, Plan, StageDescription
from intertie.runtime.stages import Stage

_WINDOWS_S = {f"rate_limits.{each.field}": each.window_s for each in RATE_WINDOWS}
_RATIOS = frozenset({"retry_budget", "failure_ratio", "alert_at"})

OPTIONS: Mapping[str, tuple[Stage, tuple[str, ...]]] = MappingProxyType(
    {
        "timeouts.connect": (Stage.CONNECTION, ("connect_s",)),
        "timeouts.read": (Stage.SEND, ("read_s",)),
        "timeouts.write": (Stage.SEND, ("write_s",)),
        "timeouts.total": (Stage.DEADLINE, ("total_s",)),
        "retry.max_attempts": (Stage.RETRY, ("max_attempts",)),
        "retry.initial_delay": (Stage.RETRY, ("initial_delay_s",)),
        "retry.max_delay": (Stage.RETRY, ("max_delay_s",)),
        "retry.backoff": (Stage.RETRY, ("backoff",)),
        "retry.multiplier": (Stage.RETRY, ("multiplier",)),
        "retry.jitter": (Stage.RETRY, ("jitter",)),
        "retry.retry_on": (Stage.RETRY, ("retry_on",)),
        "retry.retry_conditions": (Stage.RETRY, ("retry_conditions",)),
        "retry.retry_budget": (Stage.RETRY, ("retry_budget",)),
        "circuit_breaker.failure_threshold": (Stage.CIRCUIT_BREAKER, ("failure_threshold", "failure_ratio")),
        "circuit_breaker.success_threshold": (Stage.CIRCUIT_BREAKER, ("success_threshold",)),
        "circuit_breaker.timeout": (Stage.CIRCUIT_BREAKER, ("open_s",)),
        "circuit_breaker.half_open_requests": (Stage.CIRCUIT_BREAKER, ("half_open_requests",)),
        "circuit_breaker.window": (Stage.CIRCUIT_BREAKER, ("window",)),
        "circuit_breaker.minimum_calls": (Stage.CIRCUIT_BREAKER, ("minimum_calls",)),
        "circuit_breaker.scope": (Stage.CIRCUIT_BREAKER, ("scope",)),
        "circuit_breaker.failure_on": (Stage.CIRCUIT_BREAKER, ("failure_on",)),
        **dict.fromkeys(_WINDOWS_S, (Stage.RATE_LIMIT, ("windows",))),
        "rate_limits.burst_size": (Stage.RATE_LIMIT, ("burst",)),
        "rate_limits.concurrent_requests": (Stage.RATE_LIMIT, ("concurrent",)),
        "throttling.strategy": (Stage.RATE_LIMIT, ("strategy",)),
        "throttling.retry_after": (Stage.RATE_LIMIT, ("retry_after_s",)),
        "throttling.backoff_multiplier": (Stage.RATE_LIMIT, ("backoff_multiplier",)),
        "throttling.on_limit": (Stage.RATE_LIMIT, ("on_limit",)),
        "throttling.max_wait": (Stage.RATE_LIMIT, ("max_wait_s",)),
        "authentication.type": (Stage.AUTHENTICATION, ("type",)),
        "authentication.config.key_location": (Stage.AUTHENTICATION, ("location",)),
        "authentication.config.key_name": (Stage.AUTHENTICATION, ("name",)),
        "authentication.config.scheme": (Stage.AUTHENTICATION, ("scheme",)),
        "authentication.config.secret": (Stage.AUTHENTICATION, ("secret",)),
        "authentication.config.username": (Stage.AUTHENTICATION, ("username",)),
        "authentication.config.password": (Stage.AUTHENTICATION, ("password",)),
        "versioning.strategy": (Stage.VERSION, ("strategy",)),
        "versioning.current": (Stage.VERSION, ("current",)),
        "versioning.header": (Stage.VERSION, ("name",)),
        "versioning.parameter": (Stage.VERSION, ("name",)),
        "versioning.supported": (Stage.VERSION, ("supported",)),
        "fallback_behavior.strategy": (Stage.FALLBACK, ("strategy",)),
        "fallback_behavior.cache_ttl": (Stage.FALLBACK, ("cache_ttl_s",)),
        "fallback_behavior.default_response": (Stage.FALLBACK, ("default_response",)),
        "fallback_behavior.idempotency_ttl": (Stage.FALLBACK, ("idempotency_ttl_s",)),
        "validation.responses": (Stage.RESPONSE_VALIDATION, ("mode",)),
        "response.success.status": (Stage.CLASSIFY, ("success",)),
        "monitoring.logging.level": (Stage.TELEMETRY, ("log_level",)),
        "monitoring.logging.include_headers": (Stage.TELEMETRY, ("include_headers",)),
        "monitoring.logging.include_body": (Stage.TELEMETRY, ("include_body",)),
        "monitoring.logging.mask_sensitive": (Stage.TELEMETRY, ("mask_sensitive",)),
        "costs.pricing_model": (Stage.SETTLE, ("model",)),
        "costs.currency": (Stage.SETTLE, ("currency",)),
        "costs.monthly_fee": (Stage.SETTLE, ("monthly_fee",)),
        "costs.time_zone": (Stage.BUDGET, ("time_zone",)),
        "costs.budget.monthly_limit": (Stage.BUDGET, ("monthly_limit",)),
        "costs.budget.alert_at": (Stage.BUDGET, ("alert_at",)),
        "costs.budget.hard_stop": (Stage.BUDGET, ("hard_stop",)),
    }
)
"""Field -> stage and the option (or options, the first that is there) that it becomes."""


class Effective(Struct, frozen=True):
    """A field's part in the plan.

    Attributes:
        value: In words, None where the plan has no use for it as the spec stands.
        source: Where the value is from, in words.
    """

    value: str | None
    source: str = ""


def effective(plan: Plan, operation: OperationPlan | None, name: str) -> Effective | None:
    """Return what a field comes to, None where no single value of the plan is made from it.

    Args:
        plan: Of the spec.
        operation: The endpoint that is looked at; else the first one that has the stage counts.
        name: The field, such as `retry.max_attempts`.
    """
    if name == "service.base_url":
        return Effective(plan.origin.url, source_words(plan.sources.get("base_url", "default"), plan, name))
    if name == "security.tls_minimum":
        return Effective(plan.tls.minimum, source_words(plan.sources.get("tls_minimum", "default"), plan, name))
    known = OPTIONS.get(name)
    if known is None:
        return None
    stage_name, options = known
    operations = [operation] if operation is not None else list(plan.operations.values())
    for stage in _stages(operations, stage_name):
        for option in options:
            value = _value(stage, option, name)
            if value is not None:
                return Effective(value, source_words(stage.sources.get(option, "default"), plan, name))
    return Effective(None)


def has_effect(name: str) -> bool:
    """Return whether a single value of a plan is made from a field."""
    return name in OPTIONS or name in {"service.base_url", "security.tls_minimum"}


def source_words(source: str, plan: Plan, name: str = "") -> str:
    """Say where a value is from.

    Args:
        source: `path:line`, `config`, `default`, or a name such as a variable's.
        plan: Whose spec's own lines are said without the path.
        name: The field, for the reason of its default.
    """
    path, _, line = source.rpartition(":")
    if path == plan.spec_path:
        return f"line {line}"
    if source == "config":
        return "the workspace's configuration"
    if source == "default":
        default = DEFAULTS.get(name)
        return f"the default: {default.why}" if default is not None else "the default"
    return source


def _stages(operations: Iterable[OperationPlan], name: Stage) -> Iterable[StageDescription]:
    return (stage for operation in operations for stage in operation.stages if stage.stage == name.value)


def _value(stage: StageDescription, option: str, name: str) -> str | None:
    value = stage.options.get(option)
    if value is None:
        return None
    if option == "windows":
        window_s = _WINDOWS_S[name]
        limits = [each["limit"] for each in value if each["window_s"] == window_s] if isinstance(value, list) else []
        return f"{limits[0]:,} in {seconds_text(window_s)}" if limits else None
    return value_words(option, value)


def value_words(option: str, value: object) -> str:
    """Say an option's value: seconds by the name's `_s`, shares as percent.

    >>> value_words("open_s", 15.0), value_words("retry_budget", 0.2), value_words("jitter", True)
    ('15 s', '20 %', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if option.endswith("_s") and isinstance(value, int | float):
        return seconds_text(float(value))
    if option in _RATIOS and isinstance(value, int | float):
        return f"{value * 100:g} %"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each) for each in value) or "none"
    return str(value)
