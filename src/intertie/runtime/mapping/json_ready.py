"""Mapped results as JSON: decimals, instants and their like become texts that lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from uuid import UUID

import msgspec

from intertie.core.secret import Secret

_PLAIN = (str, int, bool, type(None))


def to_json_ready(value: object) -> object:
    """Return `value` in the types of JSON: decimals as exact text, instants in ISO 8601, bytes in Base64.

    A value that is JSON-ready already comes back as it is.

    >>> from datetime import UTC
    >>> to_json_ready({"amount": Decimal("12.50"), "at": datetime(2026, 11, 24, 9, tzinfo=UTC)})
    {'amount': '12.50', 'at': '2026-11-24T09:00:00Z'}

    Raises:
        ValueError: It holds something that JSON has no place for (not-a-number, an object of a class of its own).
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {str(name): to_json_ready(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json_ready(element) for element in value]
    if isinstance(value, float):
        if isfinite(value):
            return value
        raise ValueError("JSON has no number that is infinite or not a number")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray):
        return msgspec.to_builtins(bytes(value))
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, Enum):
        return to_json_ready(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    raise ValueError(f"JSON has no place for a {type(value).__name__}")


def canonical(value: object) -> bytes:
    """Return one text for all equal values: JSON with sorted keys. Numbers, booleans and texts are told apart.

    >>> canonical({"b": 1, "a": True}) == canonical({"a": True, "b": 1})
    True
    """
    return msgspec.json.encode(to_json_ready(value), order="sorted")
