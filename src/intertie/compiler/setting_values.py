"""Values of `[defaults]`, read by the same declarations that read a spec: same names, same units, same choices."""

from __future__ import annotations

from types import MappingProxyType

from intertie.core.units import parse_duration_s, parse_number, parse_ratio
from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.model import CircuitBreaker, Costs, Logging, RateLimits, Retry, Throttling, Timeouts, Validation

DEFAULT_BLOCKS: MappingProxyType[str, type[Block]] = MappingProxyType(
    {
        "timeouts": Timeouts,
        "rate_limits": RateLimits,
        "throttling": Throttling,
        "retry": Retry,
        "circuit_breaker": CircuitBreaker,
        "validation": Validation,
        "logging": Logging,
        "costs": Costs,
    }
)
"""Blocks that `[defaults.<block>]` may speak of."""

_NOT_DEFAULTS = frozenset({"enabled", "max_retries", "rate_limit", "tiers", "budget", "pricing_model", "monthly_fee"})
"""Fields that only make sense in a spec, or that another field says better."""


def default_fields(block: str) -> dict[str, FieldInfo]:
    """Return field -> declaration for what `[defaults.<block>]` may hold."""
    return {key: info for key, (_, info) in declared_fields(DEFAULT_BLOCKS[block]).items() if key not in _NOT_DEFAULTS}


def read_setting(value: object, info: FieldInfo) -> object:
    """Return a configured value in the model's units.

    Raises:
        ValueError: It is not what the field holds; the message says what is expected.
    """
    if info.kind is Kind.LIST and info.item is not None:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list):
            raise ValueError("expected a list")
        return tuple(read_setting(item, info.item) for item in items)
    read = _scalar(value, info)
    if isinstance(read, int | float) and not isinstance(read, bool):
        if info.minimum is not None and read < info.minimum:
            raise ValueError(f"expected at least {info.minimum:g}")
        if info.maximum is not None and read > info.maximum:
            raise ValueError(f"expected at most {info.maximum:g}")
    return read


def _scalar(value: object, info: FieldInfo) -> object:
    text = str(value).strip()
    match info.kind:
        case Kind.FLAG:
            if isinstance(value, bool):
                return value
            if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            raise ValueError("expected true or false")
        case Kind.INTEGER:
            number = None if isinstance(value, bool) else parse_number(text)
            if number is None or number != int(number):
                raise ValueError("expected a whole number")
            return int(number)
        case Kind.NUMBER:
            number = None if isinstance(value, bool) else parse_number(text)
            if number is None:
                raise ValueError("expected a number")
            return float(number)
        case Kind.DURATION:
            seconds = None if isinstance(value, bool) else parse_duration_s(text, bare_unit=info.bare_unit)
            if seconds is None:
                raise ValueError(f"expected a duration: a number of {info.bare_unit}, or one with a unit such as `2s`")
            return float(seconds)
        case Kind.RATIO:
            ratio = None if isinstance(value, bool) else parse_ratio(text)
            if ratio is None:
                raise ValueError("expected a percentage such as `20%`")
            return float(ratio)
        case Kind.CHOICE:
            chosen = info.choice_aliases.get(text, text)
            if chosen not in info.choices:
                raise ValueError(f"expected one of {', '.join(info.choices)}")
            return chosen
        case _:
            if isinstance(value, dict | list):
                raise ValueError("expected a single value")  # noqa: TRY004  # what a user wrote, not a caller
            return text
