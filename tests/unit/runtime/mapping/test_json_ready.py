"""Mapped results as JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from intertie.core.secret import Secret
from intertie.runtime.mapping.json_ready import canonical, to_json_ready


class Color(Enum):
    RED = "red"


def test_everything_a_mapping_makes_is_ready_for_json():
    """Nothing is lost that text can say."""
    ready = to_json_ready(
        {
            "d": Decimal("1E+2"), "at": datetime(2026, 11, 24, 9, tzinfo=UTC), "day": date(2026, 11, 24), "t": time(9, 5),
            "u": UUID(int=1), "e": Color.RED, "b": b"ab", "l": (1, {2}), "s": Secret("s3cret", reference="env:X"),
            "td": timedelta(seconds=90), 5: None, "f": 1.5, "ok": True,
        }
    )  # fmt: skip
    assert json.loads(json.dumps(ready)) == {
        "d": "100", "at": "2026-11-24T09:00:00Z", "day": "2026-11-24", "t": "09:05:00",
        "u": "00000000-0000-0000-0000-000000000001", "e": "red", "b": "YWI=", "l": [1, [2]], "s": "Secret(env:X)",
        "td": 90.0, "5": None, "f": 1.5, "ok": True,
    }  # fmt: skip


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_has_no_place_for_is_refused(value):
    """Not-a-number and foreign objects are errors."""
    with pytest.raises(ValueError, match="JSON has no"):
        to_json_ready([value])


def test_equal_values_have_one_canonical_text():
    """Order of members does not matter, kinds do."""
    assert canonical({"a": 1, "b": [True]}) == canonical({"b": [True], "a": 1})
    assert len({canonical(1), canonical(True), canonical("1")}) == 3
