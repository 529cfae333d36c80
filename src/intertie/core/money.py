"""Money: an exact decimal with its currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


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
