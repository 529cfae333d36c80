"""Texts read as what a schema asks for; shapes of schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from intertie.runtime.inputs.coercion import coerced
from intertie.runtime.inputs.schema_shape import shape_of

ROOT = {
    "$ref": "#/$defs/Order",
    "$defs": {
        "Order": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string"}, "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}}},
        },
        "Line": {
            "allOf": [{"properties": {"n": {"type": "integer"}}}, {"properties": {"p": {"type": ["number", "null"]}}}]
        },
    },
}


@pytest.mark.parametrize(
    ("schema", "value", "result"),
    [
        ({"type": "integer"}, "10", 10),
        ({"type": "integer"}, "-0", 0),
        ({"type": "integer"}, "1.5", "1.5"),
        ({"type": "integer"}, "010", "010"),
        ({"type": "integer"}, "٣", "٣"),
        ({"type": "number"}, "2.50", Decimal("2.50")),
        ({"type": "number"}, "3", 3),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "yes", "yes"),
        ({"type": ["integer", "string"]}, "10", "10"),
        ({"type": ["integer", "null"]}, "", None),
        ({"type": "array", "items": {"type": "integer"}}, "1,2", [1, 2]),
        ({"type": "array", "items": {"type": "integer"}}, '["1", 2]', [1, 2]),
        ({"type": "array"}, "", []),
        ({"type": "object"}, '{"a": 1}', {"a": 1}),
        ({"type": "object"}, "{broken", "{broken"),
        ({"type": "string"}, 42, "42"),
        ({"type": "string"}, True, "true"),
        ({"type": "string"}, Decimal("1.50"), "1.50"),
        ({"type": "string"}, datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        ({"type": ["string", "integer"]}, 42, 42),
        ({}, "10", "10"),
        (True, "10", "10"),
        ({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, "true", True),
    ],
)
def test_what_texts_become(schema, value, result):
    """A text becomes the schema's type where it is one without doubt, else it stays for validation to judge."""
    got = coerced(value, schema, schema)
    assert got == result
    assert type(got) is type(result)


def test_members_and_elements_are_read_by_their_own_schemas():
    """References, compositions, objects and lists are followed."""
    assert coerced({"id": 5, "lines": [{"n": "1", "p": "2.5"}, {"n": "x"}], "more": "7"}, ROOT, ROOT) == {
        "id": "5",
        "lines": [{"n": 1, "p": Decimal("2.5")}, {"n": "x"}],
        "more": "7",
    }


def test_json_tells_numbers_from_texts():
    """Where not lenient, a number stays a number, and a decimal becomes the text the schema asks for."""
    assert coerced(42, {"type": "string"}, {}, lenient=False) == 42
    assert coerced(Decimal("1.50"), {"type": "string"}, {}, lenient=False) == "1.50"
    assert coerced("42", {"type": "integer"}, {}, lenient=False) == 42


def test_shapes_follow_references_and_compositions():
    """A schema at first sight: members, required names, closed or open."""
    shape = shape_of(ROOT, ROOT)
    assert shape.types == {"object"}
    assert set(shape.members) == {"id", "lines"}
    assert shape.required == ("id",)
    assert not shape.closed
    closed = {"properties": {"a": {}}, "additionalProperties": False}
    assert shape_of({"allOf": [closed]}, {}).closed
    assert not shape_of({"anyOf": [closed, {"type": "object"}]}, {}).closed
    assert not shape_of({**closed, "patternProperties": {"^x": {}}}, {}).closed
    assert set(shape_of({"oneOf": [closed, {"properties": {"b": {}}}]}, {}).members) == {"a", "b"}


def test_only_types_means_that_the_type_decides_all():
    """Annotations ask for nothing; anything else does."""
    assert shape_of({"type": "string", "description": "x", "examples": ["a"]}, {}).only_types
    assert not shape_of({"type": "string", "format": "uuid"}, {}).only_types
    assert not shape_of({"description": "x"}, {}).only_types


def test_a_schema_that_refers_to_itself_is_read_to_an_end():
    """Recursion in schemas and references that lead nowhere are no trouble."""
    loop = {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}], "properties": {"next": {"$ref": "#/$defs/A"}}}},
    }
    assert "next" in shape_of(loop, loop).members
    deep = value = {}
    for _ in range(100):
        deep["next"] = {}
        deep = deep["next"]
    assert coerced(value, loop, loop) == value
    assert shape_of({"$ref": "#/nowhere"}, {}).types == frozenset()
    assert shape_of({"$ref": "https://elsewhere.example/x"}, {}).types == frozenset()
