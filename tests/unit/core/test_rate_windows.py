"""The windows of a rate: one table, which the spec's own fields agree with."""

from __future__ import annotations

import pytest

from intertie.core.rate_windows import RATE_WINDOWS, WINDOW_OF_FIELD, WINDOW_OF_LENGTH, RateWindow
from intertie.core.units import SECONDS_PER_UNIT, Rate, parse_rate
from intertie.spec.fields import declared_fields
from intertie.spec.model import RateLimits


def test_the_spec_has_these_fields_and_no_other_for_a_window() -> None:
    """The table names each `requests_per_…` field of the model, in its order."""
    declared = [name for name in declared_fields(RateLimits) if name.startswith("requests_per_")]
    assert [each.field for each in RATE_WINDOWS] == declared


@pytest.mark.parametrize("each", RATE_WINDOWS, ids=lambda each: each.word)
def test_a_window_is_as_long_as_its_word_says(each: RateWindow) -> None:
    """Its word, its short unit and its field's other spellings all mean the same length."""
    assert float(SECONDS_PER_UNIT[each.word]) == each.window_s
    assert parse_rate(f"7 {each.unit.upper()}") == parse_rate(f"7 requests per {each.word}") == Rate(7, each.window_s)
    assert {each.unit, f"per_{each.word}"} <= set(declared_fields(RateLimits)[each.field][1].aliases)


def test_a_window_is_found_by_its_length_and_by_its_field() -> None:
    """Both tables lead to the same windows, shortest first."""
    assert list(WINDOW_OF_LENGTH) == sorted(WINDOW_OF_LENGTH)
    assert tuple(WINDOW_OF_LENGTH.values()) == tuple(WINDOW_OF_FIELD.values()) == RATE_WINDOWS
    assert WINDOW_OF_LENGTH.get(10.0) is None
