"""Paths read and write plain data."""

from __future__ import annotations

import pytest

from intertie.runtime.mapping import MISSING, MappingSyntaxError, parse_path

SOURCE = {
    "id": "ch_1",
    "nothing": None,
    "billing": {"email": "a", "lines": [{"sku": "x", "price": 1}, {"price": 2}, {"sku": None}]},
    "data": [{"id": 1}, {"id": 2}],
    "odd.key": {"x y": 3},
    "orders": [{"lines": [{"n": 1}, {"n": 2}]}, {"lines": []}],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("id", "ch_1"),
        (" id ", "ch_1"),
        ("billing.email", "a"),
        ("data[0].id", 1),
        ("data[-1].id", 2),
        ("data[].id", [1, 2]),
        ("data[*].id", [1, 2]),
        ("data[]", [{"id": 1}, {"id": 2}]),
        ('"odd.key"."x y"', 3),
        ("['odd.key']['x y']", 3),
        ('["odd.key"]', {"x y": 3}),
        ("billing.lines[].sku", ["x", None, None]),
        ("orders[].lines[].n", [[1, 2], []]),
        ("$.billing.email", "a"),
        ("$.data[0].id", 1),
        ("$['odd.key']['x y']", 3),
        ("@type", MISSING),
        ("$", SOURCE),
        ("nothing", None),
        ("missing", MISSING),
        ("nothing.more", MISSING),
        ("id.more", MISSING),
        ("data.id", MISSING),
        ("data[7]", MISSING),
        ("data[-3]", MISSING),
        ("billing[].x", MISSING),
        ("billing[0]", MISSING),
    ],
)
def test_what_a_path_reads(path, found):
    """A path reads the value at its place, null as null, and MISSING where nothing is."""
    assert parse_path(path).read(SOURCE) == found


def test_missing_is_told_from_null_inside_lists():
    """The aligned reading keeps absent and null elements apart."""
    assert parse_path("billing.lines[].sku").read_aligned(SOURCE) == ["x", MISSING, None]


@pytest.mark.parametrize("source", [None, 5, "text", [], True])
def test_a_path_of_names_finds_nothing_in_what_is_no_object(source):
    """Reading never fails, whatever the source is."""
    assert parse_path("a.b").read(source) is MISSING
    assert parse_path("a").read(source) is MISSING


@pytest.mark.parametrize(
    ("path", "value", "made"),
    [
        ("a", 1, {"a": 1}),
        ("a.b.c", 1, {"a": {"b": {"c": 1}}}),
        ("a[1]", 1, {"a": [None, 1]}),
        ("a[-1].b", 1, {"a": [{"b": 1}]}),
        ("a[].b", [1, 2], {"a": [{"b": 1}, {"b": 2}]}),
        ("a[].b", [1, MISSING, None], {"a": [{"b": 1}, {}, {"b": None}]}),
        ("a[].b", 1, {"a": [{"b": 1}]}),
        ("a[]", [1, 2], {"a": [1, 2]}),
        ("a[].b[].c", [[1], [2, 3]], {"a": [{"b": [{"c": 1}]}, {"b": [{"c": 2}, {"c": 3}]}]}),
        ("a[].tags", [["x"], ["y"]], {"a": [{"tags": ["x"]}, {"tags": ["y"]}]}),
        ('"a.b".c', 1, {"a.b": {"c": 1}}),
        ("$", {"x": 1}, {"x": 1}),
    ],
)
def test_what_a_path_writes(path, value, made):
    """Writing makes the objects and lists on the way."""
    target: dict[str, object] = {}
    parse_path(path).write(target, value)
    assert target == made


@pytest.mark.parametrize("before", [1, {"b": 2}, [3], None])
def test_what_is_written_takes_the_place_of_what_was_there(before):
    """Of whatever kind that was; what stands beside it stays."""
    target: dict[str, object] = {"a": {"b": before, "c": 0}}
    parse_path("a.b").write(target, "new")
    assert target == {"a": {"b": "new", "c": 0}}


def test_lists_written_by_several_paths_are_aligned():
    """Two `[]` paths into one list write into the same elements."""
    target: dict[str, object] = {}
    parse_path("lines[].sku").write(target, ["a", "b"])
    parse_path("lines[].quantity").write(target, [1, 2, 3])
    parse_path("lines[].currency").write(target, "EUR")
    assert target == {
        "lines": [
            {"sku": "a", "quantity": 1, "currency": "EUR"},
            {"sku": "b", "quantity": 2, "currency": "EUR"},
            {"quantity": 3, "currency": "EUR"},
        ]
    }


def test_a_list_is_as_long_as_the_places_that_were_written():
    """Whatever order they are written in, nothing stands behind the last."""
    for order in ((0, 1, 3), (3, 0, 1)):
        target: dict[str, object] = {}
        for place in order:
            parse_path(f"a[{place}]").write(target, place)
        assert target == {"a": [0, 1, None, 3]}


def test_null_on_the_way_is_replaced():
    """A null parent is no obstacle to writing below it."""
    target: dict[str, object] = {"a": None}
    parse_path("a.b").write(target, 1)
    assert target == {"a": {"b": 1}}


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ({"a": 1}, "a.b"),
        ({"a": "x"}, "a[0]"),
        ({"a": {}}, "a[].b"),
        ({"a": []}, "a.b"),
        ({}, "a[-2]"),
        ({"a": [1]}, "a[-2].b"),
    ],
)
def test_what_can_not_be_written_is_refused(target, path):
    """Something else in the way is an error that names the path, and no value."""
    with pytest.raises(ValueError, match="can't be written"):
        parse_path(path).write(target, "s3cret")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("a..b", 2),
        ("a.", 1),
        (".a", 0),
        ("a[", 2),
        ("a[x]", 2),
        ("a['b]", 2),
        ("a.[0]", 1),
        ("a[0]b", 4),
        ('"a', 0),
        ("a[99999999]", 2),
        ("a]", 1),
        ("items.*.sku", 6),
        ("a|b", 1),
        ("a = b", 2),
        ("{a}", 0),
        ("x" * 1001, 0),
    ],
)
def test_a_path_written_wrongly_is_refused_with_its_place(text, offset):
    """The error says where in the text the trouble is."""
    with pytest.raises(MappingSyntaxError) as refused:
        parse_path(text)
    assert refused.value.offset == offset
    assert str(refused.value) == refused.value.message


def test_the_text_of_a_path_stays():
    """A compiled path knows how it was written, and is compiled once."""
    assert parse_path("a[].b").text == "a[].b"
    assert parse_path("a[].b") is parse_path("a[].b")


@pytest.mark.parametrize(("dollar", "plain"), [("$.a.b[0]", "a.b[0]"), ("$[0].a", "[0].a")])
def test_a_jsonpath_that_says_no_more_than_a_path_is_one(dollar, plain):
    """It reads and writes as the path does; a query can't be written through."""
    assert parse_path(dollar).steps == parse_path(plain).steps
