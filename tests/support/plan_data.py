"""A whole plan as data that can be compared: every field, every type, and what compares by identity by what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from msgspec import Struct

from intertie.runtime.schemas import CompiledSchema


def data_of(value: Any) -> Any:
    """Return what a plan, or a part of one, is; members in their order, and each leaf with its type."""
    if isinstance(value, CompiledSchema):
        return "schema", value.name, data_of(value.json)
    if isinstance(value, Struct):
        return type(value).__name__, [(name, data_of(getattr(value, name))) for name in value.__struct_fields__]
    if is_dataclass(value):
        return type(value).__name__, [(each.name, data_of(getattr(value, each.name))) for each in fields(value)]
    if isinstance(value, Mapping):
        return "mapping", [(name, data_of(member)) for name, member in value.items()]
    if isinstance(value, frozenset):
        return "set", sorted(value)
    if isinstance(value, list | tuple):
        return type(value).__name__, [data_of(member) for member in value]
    if hasattr(value, "text") and hasattr(value, "read"):
        return type(value).__name__, value.text, getattr(value, "name", None), repr(getattr(value, "steps", None))
    if hasattr(value, "text") and hasattr(value, "apply"):
        return type(value).__name__, value.text, value.name
    # A text that differs where the values do, NaN and the sign of zero included.
    return type(value).__name__, repr(value)
