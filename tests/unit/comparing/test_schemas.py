"""Schemas compared part by part."""

from __future__ import annotations

import itertools

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.comparing.schemas import Effect, compare_schemas

CASES = [
    ({"type": "integer"}, {"type": "number"}, "type", "wider"),
    ({"type": "number"}, {"type": "integer"}, "type", "narrower"),
    ({"type": "string"}, {"type": "integer"}, "type", "other"),
    ({"type": "string"}, {"type": ["string", "null"]}, "type", "wider"),
    ({}, {"type": "string"}, "type", "narrower"),
    ({"enum": [1, 2]}, {"enum": [2, 1]}, None, None),
    ({"enum": [1]}, {"enum": [True]}, "enum", "other"),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}, "enum", "wider"),
    ({"const": 1}, {"const": 2}, "const", "other"),
    ({"minimum": 1}, {"minimum": 2}, "minimum", "narrower"),
    ({"maximum": 1}, {"maximum": 2}, "maximum", "wider"),
    ({"maxLength": 5}, {}, "maxLength", "wider"),
    ({"pattern": "a"}, {"pattern": "b"}, "pattern", "other"),
    ({"multipleOf": 2}, {"multipleOf": 4}, "multipleOf", "narrower"),
    ({"uniqueItems": True}, {"uniqueItems": False}, "uniqueItems", "wider"),
    ({"additionalProperties": False}, {}, "not", "wider"),
    ({"dependentRequired": {"a": ["b"]}}, {"dependentRequired": {"a": ["b", "c"]}}, "dependentRequired", "narrower"),
    ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, "anyOf", "wider"),
    ({"oneOf": [{"const": 1}, {"const": 2}]}, {"oneOf": [{"const": 1}]}, "oneOf", "narrower"),
    ({"description": "a"}, {"description": "b"}, "description", "note"),
    ({"x-owner": "a"}, {}, "x-owner", "note"),
    ({"strange": 1}, {"strange": 2}, "strange", "other"),
    ({"if": {"type": "string"}, "then": {"minLength": 1}}, {"if": {"type": "string"}, "then": {"minLength": 2}},
     "minLength", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "keyword", "effect"), CASES)
def test_one_keyword(old, new, keyword, effect):
    """A keyword that differs is narrower, wider, neither, or a note; the other way round it is the opposite."""
    found = [(delta.keyword, delta.effect.value) for delta in compare_schemas(old, new)]
    assert found == ([(keyword, effect)] if keyword else [])
    opposite = {"narrower": "wider", "wider": "narrower"}
    back = [(delta.keyword, delta.effect.value) for delta in compare_schemas(new, old)]
    assert back == ([(keyword, opposite.get(effect, effect))] if keyword else [])


def test_paths_are_readable_through_definitions():
    """What differs deep behind references has a path as people write it."""
    old = {"$ref": "#/$defs/Order", "$defs": {
        "Order": {"properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/Item"}}}},
        "Item": {"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"count": {"minimum": 1}}}]},
        "Base": {"properties": {"sku": {"type": "string"}}},
    }}  # fmt: skip
    new = {"$ref": "#/$defs/Order", "$defs": old["$defs"] | {
        "Base": {"properties": {"sku": {"type": "string", "maxLength": 8}}, "required": ["sku"]},
    }}  # fmt: skip
    found = [(delta.path, delta.keyword, delta.effect.value) for delta in compare_schemas(old, new)]
    assert found == [("items[].sku", "required", "narrower"), ("items[].sku", "maxLength", "narrower")]


def test_a_schema_that_holds_itself_ends():
    """Trees and cycles are compared once on the way down."""
    old = {"$ref": "#/$defs/Node", "$defs": {
        "Node": {"properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "integer"}}}}}  # fmt: skip
    new = {"$ref": "#/$defs/Node", "$defs": {
        "Node": {"properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "string"}}}}}  # fmt: skip
    assert [delta.path for delta in compare_schemas(old, new)] == ["value"]


def test_many_shared_definitions_end():
    """Definitions that use each other over and over are walked through in reasonable time."""

    def tower(leaf):
        defs = {f"L{n}": {"properties": {name: {"$ref": f"#/$defs/L{n + 1}"} for name in "abc"}} for n in range(30)}
        return {"$ref": "#/$defs/L0", "$defs": {**defs, "L30": leaf}}

    found = compare_schemas(tower({"type": "string"}), tower({"type": "integer"}))
    assert found
    assert {delta.keyword for delta in found} == {"type"}


VALUES = [None, True, 0, 1, 5, 2.5, "", "a", "abc", [], [1], [1, 1], {}, {"a": 1}, {"a": "x", "b": 2}, {"b": "x"}]
scalars = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "object", "array", ["string", "null"]]),
        "minimum": st.integers(0, 3),
        "maximum": st.integers(2, 6),
        "minLength": st.integers(0, 2),
        "maxLength": st.integers(1, 3),
        "enum": st.lists(st.sampled_from(["a", 1, 5, None]), min_size=1, max_size=3, unique_by=repr),
    },
)
schemas = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2)},
            optional={
                "required": st.lists(st.sampled_from("ab"), unique=True),
                "additionalProperties": st.booleans(),
                "type": st.just("object"),
            },
        ),
        st.fixed_dictionaries({"items": inner}, optional={"minItems": st.integers(0, 2)}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=6,
)


@given(old=schemas, new=schemas)
@settings(deadline=None, max_examples=300)
def test_what_is_judged_safe_is_safe(old, new):
    """Where nothing is narrower and nothing unclear, whatever the old schema accepts the new one accepts too."""
    deltas = compare_schemas(old, new)
    # A field that comes or goes is judged by its own rules: an open schema accepts it without naming it.
    if any(delta.effect in (Effect.NARROWER, Effect.OTHER) or delta.keyword == "field" for delta in deltas):
        return
    before, after = (jsonschema_rs.Draft202012Validator(each) for each in (old, new))
    for value in (*VALUES, *({"a": each} for each in VALUES)):
        assert not before.is_valid(value) or after.is_valid(value), (value, deltas)


def test_equal_schemas_have_no_differences():
    """A schema in another order of keys is the same."""
    for first, second in itertools.pairwise(
        [{"type": "object", "required": ["a", "b"]}, {"required": ["b", "a"], "type": "object"}]
    ):
        assert compare_schemas(first, second) == ()
