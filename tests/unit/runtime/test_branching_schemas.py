"""Schemas that refer to themselves and branch: a small answer must not hold whoever judges it."""

from __future__ import annotations

import pytest

from intertie.runtime.schemas import CompiledSchema

_SELF = {"$ref": "#/$defs/node"}
_TEXT = {"properties": {"child": _SELF, "leaf": {"type": "string"}}}
_FLAG = {"properties": {"child": _SELF, "leaf": {"type": "boolean"}}}
_DEPTH = 60
"""A validator that tries every way takes 2^60 steps: this test does not end where it does."""


def _nested(leaf: object) -> object:
    value: object = {"leaf": leaf}
    for _ in range(_DEPTH):
        value = {"child": value}
    return value


def _schema(node: object) -> CompiledSchema:
    return CompiledSchema({"$ref": "#/$defs/node", "$defs": {"node": node}})


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"anyOf": [_TEXT, _FLAG]}, ("$", "anyOf")),
        ({"oneOf": [_TEXT, _FLAG]}, ("$", "oneOf")),
        ({"anyOf": [_TEXT, _FLAG], "oneOf": [_TEXT, _FLAG]}, ("$", "anyOf")),
        ({"allOf": [_TEXT, _TEXT]}, ("$" + ".child" * _DEPTH + ".leaf", "type string")),
        ({"properties": {"child": {"anyOf": [_SELF, _SELF]}, "leaf": {"type": "string"}}}, ("$.child", "anyOf")),
        ({"anyOf": [_TEXT, _FLAG], "unevaluatedProperties": False}, ("$", "schema")),
    ],
)
def test_what_is_wrong_is_found_as_fast_as_whether_it_is(node: object, expected: tuple[str, str]) -> None:
    schema = _schema(node)
    assert not schema.is_valid(_nested(1))
    assert schema.first_error(_nested(1)) == expected


def test_a_valid_value_has_no_error() -> None:
    assert _schema({"anyOf": [_TEXT, _FLAG]}).first_error(_nested("x")) is None
    assert _schema({"anyOf": [_TEXT, _FLAG]}).first_error(_nested(True)) is None


def test_members_named_like_keywords_are_members() -> None:
    schema = _schema({"anyOf": [{"type": "integer"}, {"properties": {"default": {"oneOf": [_SELF, _SELF]}}}]})
    value: object = 1
    for _ in range(_DEPTH):
        value = {"default": value}
    assert schema.first_error(value) == ("$", "anyOf")


def test_a_choice_without_references_says_what_it_asks() -> None:
    assert CompiledSchema({"anyOf": [{"type": "string"}]}).first_error(1) == ("$", 'anyOf [{"type": "string"}]')


def test_a_reference_into_a_choice_is_judged_without_a_place() -> None:
    assert _schema({"anyOf": [{"$ref": "#/$defs/node/anyOf/1"}, _FLAG]}).first_error(_nested(1)) == ("$", "schema")
