"""Money between minor units (cents) and decimals, by the currency's own number of decimal places."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Final, TypeAlias

from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, decimal, integer

Currency: TypeAlias = str

_MOST_DIGITS: Final = 400
_WIDE: Final = Context(prec=_MOST_DIGITS + 100)
"""So wide that moving the point never rounds."""

_PLACES: Final = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
     "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3) | dict.fromkeys(("CLF", "UYW"), 4)  # fmt: skip
"""Currencies whose minor unit is not a hundredth. Source: ISO 4217:2015, list one, minor units."""
_WITHOUT: Final = frozenset(("XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"))
"""Codes for metals, bond units, tests and no currency: list one gives them no minor unit."""


@lru_cache(maxsize=512)
def minor_unit_places(currency: str) -> int:
    """Return the number of decimal places of a currency.

    >>> minor_unit_places("EUR"), minor_unit_places("jpy"), minor_unit_places("KWD"), minor_unit_places("CLF")
    (2, 0, 3, 4)

    Raises:
        TransformError: It is no code of three letters, or one without minor units (gold, special drawing rights).

    Source: ISO 4217:2015.
    """
    code = currency.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise TransformError("needs a currency code of three letters such as `EUR`")
    if code in _WITHOUT:
        raise TransformError("needs a currency with minor units")
    return _PLACES.get(code, 2)


def minor_units_to_decimal(value: int, currency: Currency) -> Decimal:
    """Amount in minor units (cents) as an exact decimal, with the currency's places.

    >>> minor_units_to_decimal(1250, "EUR"), minor_units_to_decimal(1250, "JPY"), minor_units_to_decimal(1250, "KWD")
    (Decimal('12.50'), Decimal('1250'), Decimal('1.250'))
    """
    return Decimal(integer(value)).scaleb(-minor_unit_places(currency), context=_WIDE)


def decimal_to_minor_units(value: float | Decimal | str, currency: Currency) -> int:
    """Amount as whole minor units (cents); an amount with more places than the currency has is refused, never rounded.

    >>> decimal_to_minor_units("12.50", "EUR"), decimal_to_minor_units("1250", "JPY")
    (1250, 1250)
    """
    places = minor_unit_places(currency)
    if type(value) is str and len(value) < 30 and value.isascii():
        # Plain digits, the usual case, need no decimal arithmetic.
        whole_units, _, fraction = value.partition(".")
        if whole_units.isdigit() and len(fraction) <= places and (not fraction or fraction.isdigit()):
            return int(whole_units + fraction.ljust(places, "0"))
    amount = decimal(value)
    if amount.adjusted() > _MOST_DIGITS:
        raise TransformError(f"takes an amount of at most {_MOST_DIGITS} digits")
    units = amount.scaleb(places, context=_WIDE)
    whole = int(units)
    if whole != units:
        raise TransformError(f"takes an amount with at most {places} decimal places in this currency")
    return whole


def round_money(value: float | Decimal | str, currency: Currency) -> Decimal:
    """Amount rounded to the currency's places, half to even.

    >>> round_money("12.345", "EUR"), round_money("12.5", "JPY")
    (Decimal('12.34'), Decimal('12'))
    """
    unit = Decimal(1).scaleb(-minor_unit_places(currency))
    return decimal(value).quantize(unit, rounding="ROUND_HALF_EVEN", context=_WIDE)


def money_text(value: float | Decimal | str, currency: Currency) -> str:
    """Amount with its currency code, as `12.50 EUR`.

    >>> money_text("12.5", "eur")
    '12.50 EUR'
    """
    return f"{round_money(value, currency):f} {currency.strip().upper()}"


MONEY: tuple[TransformSpec, ...] = (
    TransformSpec(minor_units_to_decimal, "integer", "number", inverse="decimal_to_minor_units"),
    TransformSpec(decimal_to_minor_units, "number", "integer", inverse="minor_units_to_decimal"),
    TransformSpec(round_money, "number", "number"),
    TransformSpec(money_text, "number", "text"),
)
