"""CEL expressions."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from intertie.runtime.mapping import MappingSyntaxError, expressions, parse_transform


@pytest.fixture
def without_cel(monkeypatch):
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    expressions._environment.cache_clear()
    yield
    expressions._environment.cache_clear()


def test_a_missing_extra_is_named(without_cel):
    """Without the extra the message says what to install."""
    with pytest.raises(MappingSyntaxError, match=r"intertie\[expressions\]"):
        parse_transform("cel: value * 2")
    with pytest.raises(MappingSyntaxError, match=r"expected .* as an expression: .*intertie\[expressions\]"):
        parse_transform("value * 2")


class TestWithTheExtra:
    """Where the extra is installed."""

    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("cel_expr_python", reason="the extra `expressions` is not installed")

    @pytest.mark.parametrize(
        ("text", "value", "source", "result"),
        [
            ("value * 100", 5, {}, 500),
            ("cel: source.first + ' ' + source.last", None, {"first": "A", "last": "B"}, None),
            ("cel: source.first + ' ' + source.last", "A", {"first": "A", "last": "B"}, "A B"),
            ("value > 3 ? 'big' : 'small'", 5, {}, "big"),
            ("cel: value == null ? 'none' : value", None, {}, "none"),
            ("value.map(x, x * 2)", [1, 2], {}, [2, 4]),
            ("cel: double(value) * 2.0", Decimal("1.5"), {}, 3.0),
            ("cel: value + 1", Decimal(2), {}, 3),
            ("cel: timestamp(value).getFullYear()", datetime(2026, 1, 1, tzinfo=UTC), {}, 2026),
            ("cel: duration('90s')", 1, {}, Decimal(90)),
            ("cel: {'a': value}", 1, {}, {"a": 1}),
            ("cel: has(source.x) ? source.x : 'd'", 1, {}, "d"),
        ],
    )
    def test_what_expressions_give(self, text, value, source, result):
        """An expression sees value and source; one that says null is asked for null."""
        assert parse_transform(text).apply(value, source) == result

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("cel: value +", "can't be compiled"),
            ("cel:", "empty"),
            ("cel: amount * 2", "a field is `source.name`"),
            ("cel: nope(value)", "undeclared"),
            ("value +* 2", "neither a call"),
            ("cel: " + "1+" * 1000 + "1", "an expression has at most 2000 characters"),
            ("cel: " + "1+" * 2000 + "1", "a transform has at most"),
        ],
    )
    def test_what_is_no_expression_is_refused(self, text, says):
        """The compiler's reason is given in one line."""
        with pytest.raises(MappingSyntaxError, match=says) as refused:
            parse_transform(text)
        assert "\n" not in str(refused.value)

    @pytest.mark.parametrize(
        ("text", "offset"),
        [("cel: value +", 12), ("cel:  nope(value)", 10), ("cel: " + "(" * 500 + "1" + ")" * 500, 5)],
    )
    def test_the_place_of_what_is_wrong_is_told(self, text, offset):
        """The character that CEL names, and the beginning of the expression where it names none."""
        with pytest.raises(MappingSyntaxError) as refused:
            parse_transform(text)
        assert refused.value.offset == offset

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("value * 2", "s3cret"),
            ("1 / value", 0),
            ("value.x", {"s3cret": 1}),
            ("cel: int(value)", "s3cret"),
            ("value + 1", 2**63 - 1),
        ],
    )
    def test_a_failing_expression_never_repeats_the_value(self, text, value):
        """The status is told, not the text behind it."""
        with pytest.raises(ValueError, match="`cel` ") as refused:
            parse_transform(text).apply(value, {})
        assert "s3cret" not in str(refused.value)
        assert str(2**63 - 1) not in str(refused.value)

    def test_expressions_work_on_elements(self):
        """Under a `[]` path an expression takes each element."""
        assert parse_transform("value * 2").apply_at([1, 2, None], {}, 1) == [2, 4, None]
