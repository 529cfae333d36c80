"""Scalars as the text they have in a URL, a header or a form."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from uuid import UUID


def scalar_text(value: object) -> str:
    """Return a scalar as text: booleans `true` and `false`, null empty, numbers exactly, instants in ISO 8601.

    >>> scalar_text(True), scalar_text(None), scalar_text(Decimal("1E+2")), scalar_text(1e21)
    ('true', '', '100', '1000000000000000000000')

    Raises:
        ValueError: It is no scalar, or a number that is not finite.
    """
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return value.value if isinstance(value, Enum) else value
    if value is None:
        return ""
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError("must be a finite number")
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("must be a finite number")
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return scalar_text(value.value)
    raise ValueError(f"can't be a {type(value).__name__} here")
