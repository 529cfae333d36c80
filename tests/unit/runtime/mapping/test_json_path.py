"""JSONPath for what dotted paths can't say."""

from __future__ import annotations

import pytest

from intertie.runtime.mapping import MISSING, MappingSyntaxError, parse_path

SOURCE = {"items": [{"p": 5, "sku": "a"}, {"p": 15, "sku": "b"}], "deep": {"sku": "c"}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.items[?@.p > 10].sku", ["b"]),
        ("$..sku", ["a", "b", "c"]),
        ("$.items[0:1].sku", ["a"]),
        ("$.items[?@.p > 100].sku", []),
        ("$.items[?length(@.sku) == 1].p", [5, 15]),
    ],
)
def test_queries_read_lists(path, found):
    """A query that may find several nodes reads the list of them."""
    assert parse_path(path).read(SOURCE) == found


def test_a_query_finds_nothing_in_a_scalar():
    """Reading from what is neither object nor list is MISSING."""
    assert parse_path("$..sku").read("text") is MISSING


def test_queries_are_not_written_through():
    """Writing is refused: a query does not say what to make."""
    with pytest.raises(ValueError, match="can't be written through"):
        parse_path("$..sku").write({}, 1)


@pytest.mark.parametrize("path", ["$.a[?@.b =~ /(a+)+$/]", '$.a[?match(@.b, "(a+)+")]', '$.a[?search(@.b, "x")]'])
def test_regular_expressions_are_refused(path):
    """A pattern from a document never reaches a backtracking engine."""
    with pytest.raises(MappingSyntaxError, match="regular expressions"):
        parse_path(path)


@pytest.mark.parametrize("path", ["$[", "$.a[?]", "$..", "$.a | $.b", "$" + "[?@.a" * 150])
def test_a_broken_query_is_refused(path):
    """What is no JSONPath is a syntax error of ours."""
    with pytest.raises(MappingSyntaxError):
        parse_path(path)


@pytest.mark.parametrize(
    ("path", "offset"),
    [("$.a | $.b", 4), ("  $.a | $.b", 6), ("$.a[?]", 5), ("$[", 2), (" $.. ", 4)],
)
def test_the_place_of_what_is_broken_is_told(path, offset):
    """The character that can't be, and the end where more is wanted."""
    with pytest.raises(MappingSyntaxError) as refused:
        parse_path(path)
    assert refused.value.offset == offset
