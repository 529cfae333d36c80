"""Parameters: required, defaults, coercion, validation, and what a path must never become."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import InvalidInput
from support.mapped_operations import build, mapping_row, operation_plan, parameter_plan


def target(schema, value, location="query", **parts):
    path = "/a/{p}" if location == "path" else "/a"
    operation = operation_plan(path=path, parameters=(parameter_plan("p", location, schema, **parts),))
    return build(operation, {} if value is Ellipsis else {"p": value}).target


@pytest.mark.parametrize(
    ("schema", "value", "written"),
    [
        ({"type": "integer"}, "10", "/a?p=10"),
        ({"type": "integer"}, 10, "/a?p=10"),
        ({"type": "integer"}, 10.0, "/a?p=10"),
        ({"type": "number"}, "1.50", "/a?p=1.50"),
        ({"type": "boolean"}, "true", "/a?p=true"),
        ({"type": "boolean"}, False, "/a?p=false"),
        ({"type": "string"}, 42, "/a?p=42"),
        ({"type": "array", "items": {"type": "integer"}}, "1,2", "/a?p=1&p=2"),
        ({"type": "array", "items": {"type": "integer"}}, (1, 2), "/a?p=1&p=2"),
        ({"type": "object"}, '{"x": 1}', "/a?x=1"),
        ({"type": "string"}, None, "/a"),
        ({"type": "array"}, [], "/a"),
    ],
)
def test_values_are_coerced_and_written(schema, value, written):
    """A command line's text is read as the schema's type; null and empty lists send nothing."""
    assert target(schema, value) == written


def test_defaults_are_used_and_validated_like_any_value():
    """A parameter that is not given has its default."""
    assert target({"type": "integer"}, ..., default=10) == "/a?p=10"
    assert target({"type": "integer"}, ..., default="10") == "/a?p=10"
    assert target({"type": "integer"}, None, default=10) == "/a?p=10"
    with pytest.raises(InvalidInput):
        target({"type": "integer"}, ..., default="ten")


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        ({"type": "integer"}, "s3cret", "`p` must be of type integer"),
        ({"type": "integer"}, True, "`p` must be of type integer"),
        ({"type": "integer", "minimum": 1}, 0, "`p` must be at least 1"),
        ({"type": "string", "enum": ["a", "b"]}, "s3cret", '`p` must be one of "a", "b"'),
        ({"enum": [True, None, 1.5, "ä"]}, "s3cret", '`p` must be one of true, null, 1.5, "ä"'),
        ({"const": True}, "s3cret", "`p` must be true"),
        ({"type": "string", "pattern": "^x"}, "s3cret", r"`p` must match the pattern \^x"),
        ({"type": "string", "format": "uuid"}, "s3cret", "`p` must be in the format uuid"),
        ({"type": "array", "items": {"type": "integer"}}, "1,s3cret", r"`p\[1\]` must be of type integer"),
        ({"type": "string"}, object(), "`p` can't be a object"),
        ({}, float("nan"), "`p` must be a finite number"),
        ({}, [["s3cret"]], "`p` can't be a list"),
        ({"type": "string"}, "\ud800", "`p` must be text that can be encoded"),
    ],
)
def test_what_breaks_the_schema_is_refused_without_the_value(schema, value, says):
    """The refusal names field and rule, never the value."""
    with pytest.raises(InvalidInput, match=says) as refused:
        target(schema, value)
    assert refused.value.field.startswith("p")
    assert "s3cret" not in str(refused.value)


def test_a_missing_parameter_is_named_as_the_caller_knows_it():
    """The outbound mapping's internal name is told."""
    operation = operation_plan(path="/a/{p}", parameters=(parameter_plan("p", "path"),))
    with pytest.raises(InvalidInput, match=r"op: `p` is required \(path parameter\)"):
        build(operation, {})
    mapped = operation_plan(
        path="/a/{p}", parameters=(parameter_plan("p", "path"),), outbound=(mapping_row("charge", "p"),)
    )
    with pytest.raises(InvalidInput) as refused:
        build(mapped, {})
    assert refused.value.field == "charge"


@pytest.mark.parametrize("value", [".", "..", "", "../x", "a/../b", "a/./b", "..\\x", "x/.."])
def test_a_path_parameter_never_is_a_dot_segment(value):
    """Nothing a caller gives can climb, not even behind a server that decodes slashes."""
    with pytest.raises(InvalidInput, match="part of the path"):
        target({"type": "string"}, value, "path")


@pytest.mark.parametrize(("style", "value"), [("label", [".."]), ("simple", ["a", ".."]), ("matrix", "..")])
def test_other_styles_are_no_way_around(style, value):
    """Lists and other styles are looked at element by element."""
    with pytest.raises(InvalidInput, match="part of the path"):
        target({}, value, "path", style=style)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a/b", "/a/a%2Fb"),
        ("%2e%2e", "/a/%252e%252e"),
        ("...", "/a/..."),
        ("a?b#c", "/a/a%3Fb%23c"),
        ("a..b", "/a/a..b"),
        ("ü", "/a/%C3%BC"),
    ],
)
def test_reserved_characters_are_data(value, written):
    """A slash in a value never adds a segment."""
    assert target({"type": "string"}, value, "path") == written


@given(value=st.text(min_size=1))
@settings(deadline=None, max_examples=300)
def test_no_text_adds_a_segment_a_query_or_a_fragment(value):
    """Whatever the value, the path keeps its number of segments, and decodes to the value."""
    try:
        written = target({"type": "string"}, value, "path")
    except InvalidInput:
        return
    assert written.isascii()
    assert written.count("/") == 2
    assert not set("?#\\ \r\n") & set(written)
    assert unquote(written.split("/")[2], errors="strict") == value


@given(value=st.text(), name=st.text(min_size=1))
@settings(deadline=None, max_examples=200)
def test_no_text_breaks_out_of_its_query_parameter(value, name):
    """A query has one pair for one parameter, whatever name and value hold."""
    try:
        operation = operation_plan(parameters=(parameter_plan(name),))
        written = build(operation, {name: value}).target
    except (InvalidInput, UnicodeEncodeError):
        return
    assert written.count("?") == written.count("=") == 1
    assert "&" not in written
    assert "#" not in written
