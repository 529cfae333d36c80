"""Transforms of numbers: exact, and of the kind that came in (see `mapping.values`)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)

from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, decimal, integer, like

EXACT = Context(prec=60)
"""Wide enough that sums and products of amounts are never rounded; quotients carry 28 digits."""
_MOST_DIGITS = 60
_QUOTIENT = Context(prec=28)
_MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}
Number = int | float | Decimal


def multiply(value: Number, by: Decimal) -> Number:
    """Product.

    >>> multiply(12, 100), multiply("12.50", 100), multiply(0.1, 3)
    (1200, Decimal('1250.00'), 0.3)
    """
    return like(EXACT.multiply(decimal(value), decimal(by)), value)


def divide(value: Number, by: Decimal) -> Number:
    """Quotient, to 28 digits; of an integer it is a decimal, so that no cent is lost.

    >>> divide(1250, 100), divide(1250.0, 100)
    (Decimal('12.5'), 12.5)
    """
    divisor = decimal(by)
    if not divisor:
        raise TransformError("can't divide by zero")
    quotient = _QUOTIENT.divide(decimal(value), divisor)
    return float(quotient) if isinstance(value, float) else quotient


def modulo(value: Number, by: Decimal) -> Number:
    """Remainder of the division, with the sign of the value.

    >>> modulo(125, 60)
    5
    """
    divisor = decimal(by)
    if not divisor:
        raise TransformError("can't divide by zero")
    try:
        return like(EXACT.remainder(decimal(value), divisor), value)
    except InvalidOperation:
        raise TransformError("takes a number whose quotient has at most 60 digits") from None


def add(value: Number, number: Decimal) -> Number:
    """Sum.

    >>> add("0.10", "0.20")
    Decimal('0.30')
    """
    return like(EXACT.add(decimal(value), decimal(number)), value)


def subtract(value: Number, number: Decimal) -> Number:
    """Difference.

    >>> subtract(10, 3)
    7
    """
    return like(EXACT.subtract(decimal(value), decimal(number)), value)


def round_(value: Number, places: int = 0, mode: str = "half_up") -> Number:
    """Rounded to `places` decimal places; `mode` is half_up, half_even, half_down, up, down, ceiling or floor.

    >>> round_("2.345", 2), round_(2.5), round_("2.345", 2, "half_even")
    (Decimal('2.35'), 3.0, Decimal('2.34'))
    """
    if mode not in _MODES:
        raise TransformError(f"rounds by {', '.join(_MODES)}")
    count = integer(places)
    if not -30 <= count <= 30:
        raise TransformError("rounds to between -30 and 30 places")
    if decimal(value).adjusted() > _MOST_DIGITS:
        raise TransformError(f"takes a number of at most {_MOST_DIGITS} digits")
    rounded = decimal(value).quantize(Decimal(1).scaleb(-count), rounding=_MODES[mode], context=Context(prec=100))
    return like(rounded if count >= 0 else rounded.quantize(Decimal(1), context=Context(prec=100)), value)


def floor(value: Number) -> int:
    """Largest whole number that is not above the value.

    >>> floor("2.7"), floor(-2.1)
    (2, -3)
    """
    return _whole(value, ROUND_FLOOR)


def ceil(value: Number) -> int:
    """Smallest whole number that is not below the value.

    >>> ceil("2.1")
    3
    """
    return _whole(value, ROUND_CEILING)


def abs_(value: Number) -> Number:
    """Value without its sign.

    >>> abs_(-3)
    3
    """
    return like(decimal(value).copy_abs(), value)


def negate(value: Number) -> Number:
    """Value with the other sign.

    >>> negate("12.50")
    Decimal('-12.50')
    """
    return like(EXACT.minus(decimal(value)), value)


def at_least(value: Number, number: Decimal) -> Number:
    """The value, or `number` where that is larger.

    >>> at_least(3, 5)
    5
    """
    return like(max(decimal(value), decimal(number)), value)


def at_most(value: Number, number: Decimal) -> Number:
    """The value, or `number` where that is smaller.

    >>> at_most(300, 100)
    100
    """
    return like(min(decimal(value), decimal(number)), value)


def clamp(value: Number, low: Decimal, high: Decimal) -> Number:
    """The value, kept between `low` and `high`.

    >>> clamp(300, 1, 100)
    100
    """
    if decimal(low) > decimal(high):
        raise TransformError("needs a `low` that is not above `high`")
    return at_most(at_least(value, low), high)


def percent_to_ratio(value: Number) -> Number:
    """Percentage as a ratio.

    >>> percent_to_ratio("19")
    Decimal('0.19')
    """
    return divide(value, Decimal(100))


def ratio_to_percent(value: Number) -> Number:
    """Ratio as a percentage.

    >>> ratio_to_percent("0.19")
    Decimal('19.00')
    """
    return multiply(value, Decimal(100))


def basis_points_to_percent(value: Number) -> Number:
    """Basis points (hundredths of a percent) as a percentage.

    >>> basis_points_to_percent(250)
    Decimal('2.5')
    """
    return divide(value, Decimal(100))


def percent_to_basis_points(value: Number) -> Number:
    """Percentage as basis points.

    >>> percent_to_basis_points("2.5")
    Decimal('250.0')
    """
    return multiply(value, Decimal(100))


def _whole(value: Number, rounding: str) -> int:
    number = decimal(value)
    if number.adjusted() > 400:
        raise TransformError("takes a number of at most 400 digits")
    return int(number.to_integral_value(rounding=rounding))


NUMBERS: tuple[TransformSpec, ...] = (
    TransformSpec(multiply, "number", "number", inverse="divide"),
    TransformSpec(divide, "number", "number", inverse="multiply"),
    TransformSpec(modulo, "number", "number"),
    TransformSpec(add, "number", "number", inverse="subtract"),
    TransformSpec(subtract, "number", "number", inverse="add"),
    TransformSpec(round_, "number", "number"),
    TransformSpec(floor, "number", "integer"),
    TransformSpec(ceil, "number", "integer"),
    TransformSpec(abs_, "number", "number"),
    TransformSpec(negate, "number", "number", inverse="negate"),
    TransformSpec(at_least, "number", "number"),
    TransformSpec(at_most, "number", "number"),
    TransformSpec(clamp, "number", "number"),
    TransformSpec(percent_to_ratio, "number", "number", inverse="ratio_to_percent"),
    TransformSpec(ratio_to_percent, "number", "number", inverse="percent_to_ratio"),
    TransformSpec(basis_points_to_percent, "number", "number", inverse="percent_to_basis_points"),
    TransformSpec(percent_to_basis_points, "number", "number", inverse="basis_points_to_percent"),
)
