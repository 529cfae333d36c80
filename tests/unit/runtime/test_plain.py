import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from intertie.runtime.plain import decode_plain, encode_plain


@pytest.mark.parametrize(
    "value",
    [
        None, True, 1, 1.5, "x", [], {}, {"a": [1, {"b": None}]},
        Decimal("12.50"), {"amount": Decimal("0.10"), "at": datetime(2026, 11, 24, 9, tzinfo=UTC)},
        date(2026, 11, 24), time(9, 30), timedelta(seconds=90), UUID(int=7), b"\x00\xff",
        {"$decimal": "12.50"}, {"$typed": 1}, {"$object": {"x": 1}}, [{"$date": "2026-11-24"}, Decimal(1)],
        {"$typed": Decimal(1)}, math.inf, {"": {"$": {"$uuid": "x"}, "n": Decimal(1)}},
    ],
)  # fmt: skip
def test_what_is_stored_comes_back_equal(value):
    """Types that JSON has no word for are kept, and data that looks like our words stays data."""
    again = decode_plain(encode_plain(value))
    assert again == value
    assert type(again) is type(value)


def test_json_data_is_stored_as_plain_json():
    """The common case needs no wrapping."""
    assert encode_plain({"a": [1, "x"]}) == b'{"a":[1,"x"]}'


@pytest.mark.parametrize("value", [object(), {"a": {1: 2}}, {"a": {1, 2}}])
def test_what_is_no_data_is_refused(value):
    """The message names the type, never the value."""
    with pytest.raises(TypeError, match=r"object|set|int"):
        encode_plain(value)


@pytest.mark.parametrize("leaf", [1, Decimal(1)])
def test_what_is_too_deep_is_refused(leaf):
    """As data that can't be stored, not as a stack that is full."""
    value = leaf
    for _ in range(100_000):
        value = [value]
    with pytest.raises(TypeError, match="nested too deeply"):
        encode_plain(value)
