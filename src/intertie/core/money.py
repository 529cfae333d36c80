"""Money is an exact decimal with its currency; what is paid for is counted in trillionths of a unit.

Sizes are whole billionths of a gigabyte, times are minutes to twelve places, requests are whole: as integers all of
them add and compare exactly, at a tenth of what decimals cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import Final, TypeAlias

EXACT: Final = Context(prec=60)
"""Wide enough that sums of a month never round."""
Trillionths: TypeAlias = int
"""A quantity: 10^12 of them are one unit of a price (a request, a gigabyte, a minute)."""
ONE_UNIT: Final[Trillionths] = 10**12
_PLACES = 12


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{decimal_text(self.amount)} {self.currency}"

    def as_json(self) -> dict[str, str]:
        """Return `{"amount": "…", "currency": "…"}`, the shape money has wherever Intertie prints JSON."""
        return {"amount": decimal_text(self.amount), "currency": self.currency}


def decimal_text(amount: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros beyond two places.

    >>> decimal_text(Decimal("0.5")), decimal_text(Decimal("0.0020")), decimal_text(Decimal("1E+2"))
    ('0.50', '0.002', '100.00')
    """
    text = f"{amount:f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(2, "0")
    return f"{whole}.{fraction}"


def units(quantity: Trillionths) -> Decimal:
    """Return a quantity in units: exact, without trailing zeros and without exponent where it is whole.

    >>> units(3 * 10**12), units(2_500_000_000), units(0)
    (Decimal('3'), Decimal('0.0025'), Decimal('0'))
    """
    whole, part = divmod(quantity, ONE_UNIT)
    return EXACT.normalize(EXACT.scaleb(Decimal(quantity), -_PLACES)) if part else Decimal(whole)


def trillionths(quantity: Decimal) -> Trillionths:
    """Return units as trillionths; what is finer than one counts as one.

    >>> trillionths(Decimal("0.0025")), trillionths(Decimal("3")), trillionths(Decimal("1E-15"))
    (2500000000, 3000000000000, 1)
    """
    return int(EXACT.scaleb(quantity, _PLACES).to_integral_value(ROUND_CEILING, EXACT))
