"""Units in the names of fields, and the factor between two of them."""

from __future__ import annotations

from fractions import Fraction

_UNITS: dict[str, tuple[str, Fraction]] = {
    name: (dimension, Fraction(size))
    for dimension, sizes in {
        "length": {"mm": "1/1000", "cm": "1/100", "m": "1", "meters": "1", "metres": "1", "km": "1000"},
        "mass": {"mg": "1/1000", "g": "1", "grams": "1", "kg": "1000"},
        "time": {"ms": "1/1000", "millis": "1/1000", "milliseconds": "1/1000", "s": "1", "secs": "1", "seconds": "1",
                 "minutes": "60", "hours": "3600", "days": "86400"},
        "share": {"percent": "1/100", "pct": "1/100", "ratio": "1", "fraction": "1"},
        "data": {"bytes": "1"},
    }.items()
    for name, size in sizes.items()
}  # fmt: skip
"""Last word of a name -> what it measures, and the size of its unit."""


def factor_between(source: str, target: str) -> Fraction | None:
    """Return what a value of `source` is multiplied with to be one of `target`; None where the names don't say.

    >>> factor_between("distance_m", "distance_km"), factor_between("ttl_s", "ttl_ms"), factor_between("a_m", "b_s")
    (Fraction(1, 1000), Fraction(1000, 1), None)
    """
    one, other = _unit(source), _unit(target)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1] / other[1]


def _unit(path: str) -> tuple[str, Fraction] | None:
    stem, _, last = path.rpartition(".")[2].removesuffix("[]").rpartition("_")
    return _UNITS.get(last.lower()) if stem else None
