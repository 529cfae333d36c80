"""What a field comes to in the plan: its effective value, and what said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from intertie.compiler.defaults import DEFAULTS
from intertie.compiler.guards import HALVES
from intertie.core.rate_windows import RATE_WINDOWS
from intertie.core.units import seconds_text
from intertie.runtime.plan import OperationPlan, Plan, StageDescription
from intertie.runtime.stages import Stage

_WINDOWS_S = {f"rate_limits.{each.field}": each.window_s for each in RATE_WINDOWS}
_RATIOS = frozenset({"retry_budget", "failure_ratio", "alert_at"})

OPTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "validation.responses": (Stage.RESPONSE_VALIDATION, ("mode",)),
        "response.success.status": (Stage.CLASSIFY, ("success",)),
        "monitoring.logging.level": (Stage.TELEMETRY, ("log_level",)),
        "monitoring.logging.include_headers": (Stage.TELEMETRY, ("include_headers",)),
        "monitoring.logging.include_body": (Stage.TELEMETRY, ("include_body",)),
        "monitoring.logging.mask_sensitive": (Stage.TELEMETRY, ("mask_sensitive",)),
        **{
            field.path.removeprefix("endpoints[]."): (field.stage, field.options)
            for half in HALVES.values()
            for field in half.fields
            if field.stage
        },
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


def _stages(operations: Iterable[OperationPlan], name: str) -> Iterable[StageDescription]:
    return (stage for operation in operations for stage in operation.stages if stage.stage == name)


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
