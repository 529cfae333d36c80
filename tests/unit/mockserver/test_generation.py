"""Generated data: always valid, stable by key, plausible."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.mockserver.generation import Sampler, Unsatisfiable
from intertie.runtime.schemas import CompiledSchema

RECENT_S = 1_795_500_000.0

TREE = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "required": ["value", "children"],
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "additionalProperties": False,
        }
    },
}
LINKED = {
    "$ref": "#/$defs/Cell",
    "$defs": {
        "Cell": {
            "type": "object",
            "required": ["next"],
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Cell"}, {"type": "null"}]}},
        }
    },
}
PETS = {
    "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
    "discriminator": {"propertyName": "kind", "mapping": {"feline": "#/$defs/Cat", "canine": "#/$defs/Dog"}},
    "$defs": {
        "Cat": {
            "type": "object",
            "required": ["kind", "lives"],
            "properties": {"kind": {"const": "feline"}, "lives": {"type": "integer", "minimum": 1, "maximum": 9}},
        },
        "Dog": {
            "type": "object",
            "required": ["kind", "bark"],
            "properties": {"kind": {"const": "canine"}, "bark": {"type": "string"}},
        },
    },
}

NASTY = {
    "anything": True,
    "empty": {},
    "tree": TREE,
    "linked list": LINKED,
    "discriminated": PETS,
    "exclusive bounds": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.01},
    "tiny interval": {"type": "number", "minimum": 1.00001, "maximum": 1.00002},
    "integer interval": {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
    "integer of fractions": {"type": "integer", "minimum": 0.5, "maximum": 1.5},
    "multiple of": {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 57},
    "fractional multiple": {"type": "number", "multipleOf": 0.25, "minimum": 0.1, "maximum": 0.6},
    "integer multiple of a fraction": {"type": "integer", "multipleOf": 2.5, "minimum": 3, "maximum": 9},
    "negative": {"type": "integer", "maximum": -5},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}$"},
    "pattern with length": {"type": "string", "pattern": "^[a-z]+$", "minLength": 30, "maxLength": 32},
    "pattern alternatives": {"type": "string", "pattern": "^(?:in|out)(?:-(?:a|b|c))?$"},
    "pattern escapes": {"type": "string", "pattern": "^\\d{3}\\.\\w+\\/\\u0041\\s?[^\\s@]$"},
    "pattern named group": {"type": "string", "pattern": "^(?<year>20\\d\\d)-(0[1-9]|1[0-2])$"},
    "unanchored pattern": {"type": "string", "pattern": "tok_", "minLength": 10},
    "short text": {"type": "string", "maxLength": 2},
    "long text": {"type": "string", "minLength": 300},
    "exact length": {"type": "string", "minLength": 3, "maxLength": 3},
    "formats": {
        "type": "object",
        "required": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"],
        "properties": {
            name: {"type": "string", "format": kind}
            for name, kind in zip(
                "abcdefghijklmn",
                [
                    "date-time",
                    "date",
                    "time",
                    "duration",
                    "email",
                    "hostname",
                    "ipv4",
                    "ipv6",
                    "uri",
                    "uri-reference",
                    "uuid",
                    "json-pointer",
                    "regex",
                    "uri-template",
                ],
                strict=True,
            )
        },
    },
    "unix time": {"type": "integer", "format": "unix-time"},
    "nullable": {"type": ["string", "null"], "format": "email"},
    "enum": {"enum": ["a", 1, None, {"x": [1]}]},
    "enum narrowed by type": {"type": "integer", "enum": ["a", 3]},
    "const": {"const": {"deep": [1, 2]}},
    "wrong example": {
        "type": "object",
        "required": ["n"],
        "properties": {"n": {"type": "integer", "example": "twelve"}},
    },
    "wrong root example": {"type": "integer", "examples": ["x", 4]},
    "unique items": {"type": "array", "items": {"enum": [1, 2, 3, 4]}, "minItems": 4, "uniqueItems": True},
    "tuple": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False, "minItems": 2},
    "contains": {
        "type": "array",
        "contains": {"const": "x"},
        "minContains": 2,
        "items": {"type": "string"},
        "minItems": 4,
    },
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 3},
    "map with named keys": {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Z]{3}$"},
        "additionalProperties": {"type": "number"},
        "minProperties": 2,
    },
    "pattern properties": {
        "type": "object",
        "patternProperties": {"^x-[a-z]+$": {"type": "boolean"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "at most two": {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "maxProperties": 2},
    "required without schema": {"type": "object", "required": ["ghost"]},
    "all of": {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}},
            {"properties": {"a": {"maximum": 4}, "b": {"type": "string"}}, "required": ["b"]},
        ]
    },
    "sealed all of": {
        "allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"b": {"type": "string"}}}],
        "type": "object",
        "unevaluatedProperties": False,
    },
    "one of exactly": {
        "oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}],
        "minimum": 1,
        "maximum": 40,
    },
    "any of with base": {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "if then else": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["card", "bank"]}},
        "if": {"properties": {"kind": {"const": "card"}}},
        "then": {"required": ["number"], "properties": {"number": {"type": "string"}}},
        "else": {"required": ["iban"], "properties": {"iban": {"type": "string"}}},
    },
    "not": {"type": "integer", "minimum": 1, "maximum": 3, "not": {"const": 2}},
    "dependent": {
        "type": "object",
        "properties": {"card": {"type": "string"}, "cvc": {"type": "string"}},
        "dependentRequired": {"card": ["cvc", "holder"]},
    },
    "dependent schema": {
        "type": "object",
        "properties": {"card": {"type": "string"}},
        "dependentSchemas": {
            "card": {"required": ["zip"], "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}}}
        },
    },
    "anchor": {"$ref": "#code", "$defs": {"c": {"$anchor": "code", "type": "string", "pattern": "^c[0-9]$"}}},
    "escaped pointer": {"$ref": "#/$defs/a~1b%20c", "$defs": {"a/b c": {"type": "boolean"}}},
    "untyped with keywords": {"minimum": 5, "maximum": 5},
    "never optional": {"type": "object", "properties": {"ok": {"type": "boolean"}, "no": False}},
    "mutual recursion": {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {
                "type": "object",
                "required": ["b"],
                "properties": {"b": {"oneOf": [{"$ref": "#/$defs/B"}, {"type": "string"}]}},
            },
            "B": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}},
        },
    },
}


@pytest.mark.parametrize("name", NASTY)
def test_every_sample_of_a_nasty_schema_is_valid(name):
    """What is made for a schema satisfies it, for many keys."""
    schema = CompiledSchema(NASTY[name], name)
    sampler = Sampler(schema, recent_s=RECENT_S)
    for key in range(15):
        value = sampler.sample(f"{name}:{key}")
        assert schema.is_valid(value), (schema.first_error(value), value)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(NASTY)), st.text(max_size=20))
def test_the_same_key_makes_the_same_value(name, key):
    """A sample is a function of schema and key alone."""
    schema = CompiledSchema(NASTY[name])
    one = Sampler(schema, recent_s=RECENT_S).sample(key)
    assert one == Sampler(schema, recent_s=RECENT_S).sample(key)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (False, "no value"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "bounds leave no number"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "minLength is above maxLength"),
        ({"$ref": "#"}, "never end"),
        ({"type": "object", "required": ["me"], "properties": {"me": {"$ref": "#"}}}, "contains itself"),
        ({"$ref": "#/$defs/none"}, "itself is invalid|points at nothing"),
        ({"type": "date"}, "itself is invalid"),
    ],
)
def test_a_schema_without_values_says_why(schema, words):
    """A schema that nothing satisfies raises with the reason, and ends."""
    sampler = Sampler(CompiledSchema(schema), recent_s=RECENT_S)
    with pytest.raises(Unsatisfiable, match=words):
        sampler.sample("k")


def test_the_authors_examples_come_first():
    """An example in the schema is what the first sample shows; items of a list get identifiers of the same shape."""
    charge = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "examples": ["ch_3OqM2x"]},
            "amount": {"type": "integer", "examples": [1250]},
        },
    }
    assert Sampler(CompiledSchema(charge), recent_s=RECENT_S).sample("k") == {"id": "ch_3OqM2x", "amount": 1250}
    rows = Sampler(CompiledSchema({"type": "array", "items": charge, "minItems": 4}), recent_s=RECENT_S).sample("k")
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == 4
    assert all(one.startswith("ch_") and len(one) == 9 for one in ids)


def test_names_tell_what_a_field_holds():
    """Fields get values that their names promise."""
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "string"}
            for name in ("email", "currency", "country", "callback_url", "request_uuid", "created_at")
        }
        | {"created": {"type": "integer"}, "amount": {"type": "integer"}},
    }
    made = Sampler(CompiledSchema(schema), recent_s=RECENT_S).sample("k")
    assert "@" in made["email"]
    assert made["currency"] in ("EUR", "USD", "GBP")
    assert len(made["country"]) == 2
    assert made["callback_url"].startswith("https://")
    assert len(made["request_uuid"]) == 36
    assert made["created_at"].startswith("2026-")
    assert RECENT_S - 31 * 86400 < made["created"] < RECENT_S
    assert 500 <= made["amount"] <= 20_000
