"""What transforms take and give: kinds of values, told apart strictly and named the same way in every message.

A boolean is not a number. Numbers are computed exactly: a float counts as the decimal it prints as, and gives a float
back; a text that is a number counts as a decimal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite


class TransformError(ValueError):
    """A value a transform can't take. The message names kinds and rules, never the value.

    Attributes:
        positions: Where in the lists of a `[]` path it happened, outermost first; empty elsewhere.
    """

    def __init__(self, message: str, positions: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.positions = positions


_NUMBER_RE = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\s*\Z", re.ASCII)


def kind_of(value: object) -> str:
    """Return the kind of a value in words.

    >>> kind_of(True), kind_of(1), kind_of("a"), kind_of([1]), kind_of(None)
    ('a boolean', 'an integer', 'text', 'a list', 'null')
    """
    if value is None:
        return "null"
    for kinds, words in _KINDS:
        if isinstance(value, kinds):
            return words
    return f"a {type(value).__name__}"


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    (int, "an integer"),
    ((float, Decimal), "a number"),
    (str, "text"),
    ((bytes, bytearray), "bytes"),
    (Mapping, "an object"),
    ((list, tuple), "a list"),
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time of day"),
    (timedelta, "a duration"),
)


def text(value: object) -> str:
    """Return the text."""
    if isinstance(value, str):
        return value
    raise TransformError(f"takes text, not {kind_of(value)}")


def decimal(value: object) -> Decimal:
    """Return a number, or a text that is one, as an exact decimal.

    >>> decimal(0.1), decimal("12.50"), decimal(3)
    (Decimal('0.1'), Decimal('12.50'), Decimal('3'))
    """
    if isinstance(value, str):
        if not _NUMBER_RE.match(value):
            raise TransformError("takes a number, or text that is one such as `12.50`")
        return Decimal(value)
    if isinstance(value, bool):
        raise TransformError("takes a number, not a boolean")
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise TransformError("takes a finite number")
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TransformError("takes a finite number")
        return value
    raise TransformError(f"takes a number, not {kind_of(value)}")


def like(result: Decimal, value: object) -> int | float | Decimal:
    """Return a result as the kind of its input: a float for a float, an integer where both are, else a decimal."""
    if isinstance(value, float):
        return float(result)
    if isinstance(value, int):
        exponent = result.as_tuple().exponent
        return int(result) if exponent == 0 else result
    return result


def integer(value: object) -> int:
    """Return a whole number, or text that is one.

    >>> integer("12"), integer(3.0)
    (12, 3)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = decimal(value)
    try:
        if number != number.to_integral_value():
            raise TransformError("takes a whole number, not a fraction")
    except InvalidOperation:
        raise TransformError("takes a whole number of at most 28 digits") from None
    if number.adjusted() > 400:
        raise TransformError("takes a whole number of at most 400 digits")
    return int(number)


def boolean(value: object) -> bool:
    """Return the boolean."""
    if isinstance(value, bool):
        return value
    raise TransformError(f"takes a boolean, not {kind_of(value)}")


def a_list(value: object) -> list[object]:
    """Return the list."""
    if isinstance(value, list):
        return value
    if isinstance(value, tuple):
        return list(value)
    raise TransformError(f"takes a list, not {kind_of(value)}")


def an_object(value: object) -> Mapping[str, object]:
    """Return the object."""
    if isinstance(value, Mapping):
        return value
    raise TransformError(f"takes an object, not {kind_of(value)}")


def instant(value: object) -> datetime:
    """Return a date and time with its offset; without one it is in UTC. ISO 8601 text is read.

    >>> instant("2026-11-24T09:00:00Z")
    datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.timezone.utc)
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value.strip())
        except ValueError:
            raise TransformError("takes a date and time, or ISO 8601 text such as `2026-11-24T09:00:00Z`") from None
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    raise TransformError(f"takes a date and time, not {kind_of(value)}")


def anything(value: object) -> object:
    """Return the value."""
    return value


READERS: Mapping[str, Callable[[object], object]] = {
    "text": text,
    "number": anything,  # the arithmetic reads it, since its result is of the same kind
    "integer": integer,
    "boolean": boolean,
    "list": a_list,
    "object": an_object,
    "datetime": instant,
    "any": anything,
}
"""Kind of a transform's input -> the reader that checks it."""
