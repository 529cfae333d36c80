"""Units of temperature, duration, mass, length and data, converted by exact factors."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final, TypeAlias

from intertie.core.units import parse_duration_s
from intertie.runtime.mapping.transforms.numbers import EXACT, Number, add, divide, multiply, subtract
from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, decimal

Word: TypeAlias = str

_FACTORS: Final[dict[str, dict[str, Decimal]]] = {
    quantity: {unit: Decimal(factor) for unit, factor in (entry.split("=") for entry in written.split())}
    for quantity, written in {
        "duration": "ns=1E-9 us=1E-6 ms=1E-3 s=1 min=60 h=3600 d=86400 w=604800",
        "mass": "mg=1E-6 g=1E-3 kg=1 t=1000 oz=0.028349523125 lb=0.45359237",
        "length": "mm=1E-3 cm=1E-2 m=1 km=1000 in=0.0254 ft=0.3048 yd=0.9144 mi=1609.344 nmi=1852",
        "volume": "ml=1E-3 cl=1E-2 l=1 m3=1000 gal=3.785411784",
        "data": "bit=0.125 B=1 kB=1E3 MB=1E6 GB=1E9 TB=1E12 KiB=1024 MiB=1048576 GiB=1073741824 TiB=1099511627776",
        "speed": "m/s=3600 km/h=1000 mph=1609.344 kn=1852",
    }.items()
}
"""Unit -> its size in one base unit of its quantity. Inches, pounds, gallons: exact by the 1959 and US definitions."""


def convert(value: Number, from_: Word, to: Word) -> Number:
    """Value of one unit in another of the same quantity (duration, mass, length, volume, data, speed).

    >>> convert(1500, "g", "kg"), convert("2.5", "GB", "MB"), convert(72, "km/h", "m/s")
    (Decimal('1.5'), Decimal('2500'), Decimal('20'))
    """
    for units in _FACTORS.values():
        if from_ in units and to in units:
            product = EXACT.multiply(decimal(value), units[from_])
            converted = Context(prec=28).divide(product, units[to])
            return float(converted) if isinstance(value, float) else _plain(converted)
    known = " · ".join(", ".join(units) for units in _FACTORS.values())
    raise TransformError(f"converts between two units of one quantity: {known}")


def kelvin_to_celsius(value: Number) -> Number:
    """Temperature in degrees Celsius.

    >>> kelvin_to_celsius(293.15), kelvin_to_celsius("273.15")
    (20.0, Decimal('0.00'))
    """
    return subtract(value, Decimal("273.15"))


def celsius_to_kelvin(value: Number) -> Number:
    """Temperature in kelvins.

    >>> celsius_to_kelvin(20.0)
    293.15
    """
    return add(value, Decimal("273.15"))


def celsius_to_fahrenheit(value: Number) -> Number:
    """Temperature in degrees Fahrenheit.

    >>> celsius_to_fahrenheit(20.0)
    68.0
    """
    return add(multiply(value, Decimal("1.8")), Decimal(32))


def fahrenheit_to_celsius(value: Number) -> Number:
    """Temperature in degrees Celsius.

    >>> fahrenheit_to_celsius(68.0)
    20.0
    """
    return divide(subtract(value, Decimal(32)), Decimal("1.8"))


def milliseconds_to_seconds(value: Number) -> Number:
    """Duration in seconds.

    >>> milliseconds_to_seconds(1500)
    Decimal('1.5')
    """
    return divide(value, Decimal(1000))


def seconds_to_milliseconds(value: Number) -> Number:
    """Duration in milliseconds.

    >>> seconds_to_milliseconds("1.5")
    Decimal('1500.0')
    """
    return multiply(value, Decimal(1000))


def duration_to_seconds(value: str) -> Decimal:
    """Duration as written (`PT2M`, `250ms`, `2 h`) in seconds; a bare number is in seconds.

    >>> duration_to_seconds("PT2M"), duration_to_seconds("250ms")
    (Decimal('120'), Decimal('0.250'))
    """
    seconds = parse_duration_s(value, bare_unit="s")
    if seconds is None:
        raise TransformError("takes a duration such as `PT2M`, `250ms` or `2 h`")
    return seconds


def seconds_to_duration(value: Number) -> str:
    """Seconds as an ISO 8601 duration.

    >>> seconds_to_duration(3690), seconds_to_duration("0.5"), seconds_to_duration(0)
    ('PT1H1M30S', 'PT0.5S', 'PT0S')
    """
    seconds = decimal(value)
    if seconds < 0 or seconds.adjusted() > 15:
        raise TransformError("takes seconds from 0 to 10^15")
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    written = "".join(f"{part:f}{unit}" for part, unit in ((hours, "H"), (minutes, "M"), (_plain(rest), "S")) if part)
    return f"PT{written or '0S'}"


def _plain(number: Decimal) -> Decimal:
    """Return the number without trailing zeros and without an exponent above 0."""
    short = number.normalize(EXACT)
    exponent = short.as_tuple().exponent
    return (
        short.quantize(Decimal(1), context=Context(prec=500)) if isinstance(exponent, int) and exponent > 0 else short
    )


UNITS: tuple[TransformSpec, ...] = (
    TransformSpec(convert, "number", "number", inverse="convert"),
    TransformSpec(kelvin_to_celsius, "number", "number", inverse="celsius_to_kelvin"),
    TransformSpec(celsius_to_kelvin, "number", "number", inverse="kelvin_to_celsius"),
    TransformSpec(celsius_to_fahrenheit, "number", "number", inverse="fahrenheit_to_celsius"),
    TransformSpec(fahrenheit_to_celsius, "number", "number", inverse="celsius_to_fahrenheit"),
    TransformSpec(milliseconds_to_seconds, "number", "number", inverse="seconds_to_milliseconds"),
    TransformSpec(seconds_to_milliseconds, "number", "number", inverse="milliseconds_to_seconds"),
    TransformSpec(duration_to_seconds, "text", "number", inverse="seconds_to_duration"),
    TransformSpec(seconds_to_duration, "number", "text", inverse="duration_to_seconds"),
)
