"""Laws of the transforms."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.runtime.mapping import MappingSyntaxError, parse_transform
from intertie.runtime.mapping.transforms import LIBRARY
from intertie.runtime.mapping.transforms.money import decimal_to_minor_units, minor_unit_places, minor_units_to_decimal

CURRENCIES = ["EUR", "JPY", "KWD", "CLF", "ISK", "USD"]
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def apply(text, value):
    return parse_transform(text).apply(value, {})


def test_money_survives_round_trips():
    """Minor units to decimal and back is the identity for every currency's places, exactly."""
    draw = random.Random(7)
    for _ in range(100_000):
        currency = draw.choice(CURRENCIES)
        units = draw.randrange(-(10**15), 10**15)
        amount = minor_units_to_decimal(units, currency)
        assert decimal_to_minor_units(amount, currency) == units
        assert decimal_to_minor_units(str(amount), currency) == units
        assert -amount.as_tuple().exponent == minor_unit_places(currency)


@given(units=st.integers(), currency=st.sampled_from(CURRENCIES))
@settings(deadline=None, max_examples=200)
def test_no_size_of_amount_loses_a_cent(units, currency):
    """The same for integers of any size."""
    assert decimal_to_minor_units(minor_units_to_decimal(units, currency), currency) == units


@given(amount=st.decimals(-(10**15), 10**15, places=5))
@settings(deadline=None, max_examples=200)
def test_an_amount_is_exact_or_refused(amount):
    """A fraction of a cent is never rounded away silently."""
    try:
        units = decimal_to_minor_units(amount, "EUR")
    except ValueError:
        assert amount * 100 != int(amount * 100)
        return
    assert Decimal(units) / 100 == amount


ROUND_TRIPS = [
    ("base64_encode", TEXT), ("base64url_encode", TEXT), ("hex_encode", TEXT), ("url_encode", TEXT), ("html_escape", TEXT),
    ("json_encode", st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=6)),
    ("reverse", st.lists(st.integers())), ("not", st.booleans()), ("negate", st.integers()),
    ("unix_to_datetime", st.integers(-(10**10), 10**11)), ("unix_ms_to_datetime", st.integers(-(10**13), 10**14)),
    ("datetime_to_iso8601", INSTANTS), ("entries", st.dictionaries(TEXT, st.integers())),
    ("kelvin_to_celsius", st.decimals(-1000, 1000, places=3)), ("celsius_to_fahrenheit", st.decimals(-1000, 1000, places=1)),
    ("percent_to_ratio", st.decimals(-1000, 1000, places=4)), ("seconds_to_duration", st.decimals(0, 10**9, places=3)),
    ("milliseconds_to_seconds", st.integers(0, 10**12)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), ROUND_TRIPS, ids=[name for name, _ in ROUND_TRIPS])
def test_the_inverse_undoes(name, values):
    """A transform and then its inverse give the value back."""
    inverse = LIBRARY[name].inverse

    @given(values)
    @settings(deadline=None, max_examples=20)
    def holds(value):
        if value is not None:
            assert apply(f"{name} | {inverse}", value) == value

    holds()


@given(st.text(alphabet="abctrim(){}[]|,.\"'=:0123 -+*", max_size=30))
@settings(deadline=None, max_examples=400)
def test_any_text_is_a_transform_or_a_syntax_error(text):
    """Parsing never does anything else, and places are inside the text."""
    try:
        parse_transform(text)
    except MappingSyntaxError as error:
        assert 0 <= error.offset <= len(text) + 1  # noqa: PT017  # both outcomes are right
        assert "\n" not in error.message  # noqa: PT017


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | TEXT | st.binary() | INSTANTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ARGUMENTS = {
    "text": '","', "integer": "2", "number": "1.5", "boolean": "true", "map": "{a: b}", "list": "[a]", "path": "a",
    "currency": "EUR", "zone": "Europe/Berlin", "word": "a", "any": "1",
}  # fmt: skip


@pytest.mark.parametrize("name", LIBRARY)
def test_any_value_is_transformed_or_refused(name):
    """No value makes a transform do anything but give a result or a ValueError that does not repeat it."""
    spec = LIBRARY[name]
    given_arguments = ", ".join(ARGUMENTS[argument.kind] for argument in spec.arguments if argument.required)
    transform = parse_transform(f"{name}({given_arguments})")

    @given(ANYTHING)
    @settings(deadline=None, max_examples=10)
    def holds(value):
        try:
            transform.apply(value, {})
        except ValueError as error:
            assert str(error).startswith(f"`{name}` ")  # noqa: PT017  # both outcomes are right

    holds()


@given(at=INSTANTS, zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "+05:45"]))
@settings(deadline=None, max_examples=100)
def test_a_time_zone_never_moves_the_instant(at, zone):
    """Clocks differ, the instant does not."""
    assert apply(f"to_timezone('{zone}')", at) - at == timedelta(0)
