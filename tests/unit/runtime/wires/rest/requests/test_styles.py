"""Parameters in their OpenAPI styles."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from intertie.runtime.wires.rest.requests.styles import header_text, path_text, query_text

LIST = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("simple", False, "blue", "blue"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, "", "."),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, "", ";color"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
    ],
)
def test_path_styles(style, explode, value, written):
    """The table of the OpenAPI Specification holds for paths."""
    assert path_text("color", value, style, explode=explode) == written


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("form", True, "blue", "color=blue"),
        ("form", True, "", "color="),
        ("form", False, LIST, "color=blue,black,brown"),
        ("form", True, LIST, "color=blue&color=black&color=brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, LIST, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, LIST, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("deepObject", True, {"a": {"b": [1, 2]}, "n": None}, "color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2"),
        ("form", True, [], ""),
        ("form", False, [], ""),
        ("form", True, True, "color=true"),
        ("form", True, Decimal("1.50"), "color=1.50"),
        ("form", True, 1e21, "color=1000000000000000000000"),
        ("form", True, [1, None], "color=1&color="),
        ("form", True, {"a": None, "b": 1}, "b=1"),
        ("form", True, datetime(2026, 11, 24, 9, tzinfo=UTC), "color=2026-11-24T09%3A00%3A00Z"),
    ],
)
def test_query_styles(style, explode, value, written):
    """The table of the OpenAPI Specification holds for queries; numbers, booleans and instants have one form."""
    assert query_text("color", value, style, explode=explode) == written


def test_delimiters_inside_values_never_separate():
    """Every reserved character of a value is encoded, whatever the style."""
    assert query_text("c&=", ["a,b", "c d", "e|f", "g&h=i#j", "ö/?"], "form", explode=False) == (
        "c%26%3D=a%2Cb,c%20d,e%7Cf,g%26h%3Di%23j,%C3%B6%2F%3F"
    )
    assert path_text("id", "a/b;c?d#e", "simple", explode=False) == "a%2Fb%3Bc%3Fd%23e"


def test_header_styles():
    """Headers are simple and not encoded."""
    assert header_text(LIST, explode=False) == "blue,black,brown"
    assert header_text(OBJECT, explode=True) == "R=100,G=200,B=150"


@pytest.mark.parametrize("value", [[["a"]], [{"a": 1}], float("nan"), object()])
def test_what_has_no_form_is_refused(value):
    """Nested lists and not-a-number can't be written into a query."""
    with pytest.raises(ValueError, match=r"must be|can't be"):
        query_text("c", value, "form", explode=True)


def test_deep_object_needs_an_object():
    """A scalar in style deepObject is refused."""
    with pytest.raises(ValueError, match="must be an object"):
        query_text("c", "x", "deepObject", explode=True)
