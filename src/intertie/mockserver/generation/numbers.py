"""Numbers within bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from intertie.mockserver.generation.draws import Draws
from intertie.mockserver.generation.merging import Unsatisfiable


def integer(schema: Mapping[str, object], draws: Draws, wanted: tuple[int, int] | None) -> int:
    """Return an integer within the schema's bounds, out of the range `wanted` where that overlaps them.

    Raises:
        Unsatisfiable: The bounds leave no integer.
    """
    low, high = _bounds(schema, whole=True)
    step = _step(schema, Decimal(1))
    if step != step.to_integral_value():
        # An integer that is a multiple of 2.5 is a multiple of 5.
        step = Decimal(step.as_integer_ratio()[0])
    return int(_multiple(low, high, step, draws, wanted))


def number(schema: Mapping[str, object], draws: Draws, wanted: tuple[int, int] | None) -> int | float:
    """Return a number within the schema's bounds, with at most two decimals where they leave room.

    Raises:
        Unsatisfiable: The bounds leave no number.
    """
    low, high = _bounds(schema, whole=False)
    if "multipleOf" in schema:
        return _plain(_multiple(low, high, _step(schema, Decimal(1)), draws, wanted))
    for exponent in (2, 4, 8, 15):
        step = Decimal(1).scaleb(-exponent)
        try:
            value = _multiple(low, high, step, draws, wanted)
        except Unsatisfiable:
            continue
        return _plain(value)
    if low is not None and high is not None and low < high:
        return float((low + high) / 2)
    raise Unsatisfiable("the bounds leave no number")


def _multiple(
    low: Decimal | None, high: Decimal | None, step: Decimal, draws: Draws, wanted: tuple[int, int] | None
) -> Decimal:
    first = None if low is None else (low / step).to_integral_value(ROUND_CEILING)
    last = None if high is None else (high / step).to_integral_value(ROUND_FLOOR)
    if first is not None and last is not None and first > last:
        raise Unsatisfiable("the bounds leave no number")
    if wanted is not None:
        near = Decimal(wanted[0]) / step, Decimal(wanted[1]) / step
        wish = near[0].to_integral_value(ROUND_CEILING), near[1].to_integral_value(ROUND_FLOOR)
        narrowed = wish[0] if first is None else max(first, wish[0]), wish[1] if last is None else min(last, wish[1])
        if narrowed[0] <= narrowed[1]:
            first, last = narrowed
    if first is None and last is None:
        first, last = Decimal(0), (Decimal(1000) / step).to_integral_value(ROUND_FLOOR)
    if first is None:
        first = (Decimal(0) if last is None else last) - 1000
    if last is None:
        last = first + 1000
    return Decimal(draws.integer(int(first), int(last))) * step


def _bounds(schema: Mapping[str, object], *, whole: bool) -> tuple[Decimal | None, Decimal | None]:
    low, high = _decimal(schema.get("minimum")), _decimal(schema.get("maximum"))
    above, below = _decimal(schema.get("exclusiveMinimum")), _decimal(schema.get("exclusiveMaximum"))
    # A bound that is excluded moves inwards by the smallest step that a value can be away from it.
    away = Decimal(1) if whole else Decimal("1e-15")
    if above is not None:
        inner = (above.to_integral_value(ROUND_FLOOR) if whole else above) + away
        low = inner if low is None else max(low, inner)
    if below is not None:
        inner = (below.to_integral_value(ROUND_CEILING) if whole else below) - away
        high = inner if high is None else min(high, inner)
    return low, high


def _step(schema: Mapping[str, object], default: Decimal) -> Decimal:
    step = _decimal(schema.get("multipleOf"))
    return default if step is None or step <= 0 else step


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Decimal(str(value))


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() and abs(value) >= 10**15 else float(value)
