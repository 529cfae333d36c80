"""Texts read as what a schema asks for, as a command line or a form gives them; and values as the text it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from intertie.runtime.bounds import BoundsError, decode_json
from intertie.runtime.inputs.scalars import scalar_text
from intertie.runtime.inputs.schema_shape import Shape, shape_of

_INTEGER_RE = re.compile(r"-?(?:0|[1-9]\d{0,300})\Z", re.ASCII)
_NUMBER_RE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_DEEPEST = 60
_LARGEST_WHOLE = 2**53
"""Up to here a float that is whole is one integer and no other."""


def coerced(value: object, schema: object, root: object, *, lenient: bool = True, depth: int = 0) -> object:
    """Return `value` as the schema's type where its text says so without doubt, else unchanged: validation judges.

    `"10"` is 10 for an integer, `"true"` is true for a boolean, `"a,b"` (or JSON) is a list for an array, JSON is an
    object for an object; where the schema asks for text, a number or an instant is written as text. Members of objects
    and elements of lists are read by their own schemas. Where not `lenient` (JSON tells numbers from texts), only
    decimals are written as text.

    >>> coerced("10", {"type": "integer"}, {}), coerced(42, {"type": "string"}, {})
    (10, '42')
    >>> coerced("a,b", {"type": "array"}, {})
    ['a', 'b']
    """
    if depth > _DEEPEST:
        return value
    shape = shape_of(schema, root)
    if isinstance(value, Mapping):
        return {
            name: coerced(member, shape.members.get(name), root, lenient=lenient, depth=depth + 1)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [coerced(element, shape.items, root, lenient=lenient, depth=depth + 1) for element in value]
    if isinstance(value, str):
        read = read_text(value, shape)
        return read if isinstance(read, str) else coerced(read, schema, root, lenient=lenient, depth=depth + 1)
    if isinstance(value, float | Decimal) and shape.types & {"integer", "number", "string"} == {"integer"}:
        return int(value) if -_LARGEST_WHOLE < value < _LARGEST_WHOLE and int(value) == value else value
    return as_text(value, shape) if lenient or isinstance(value, Decimal) else value


def read_text(text: str, shape: Shape) -> object:
    """Return what a text says for a schema that does not allow texts; the text itself for one that does."""
    types = shape.types
    if not types or "string" in types:
        return text
    if "integer" in types and _INTEGER_RE.match(text):
        return int(text)
    if "number" in types and _NUMBER_RE.match(text):
        return int(text) if _INTEGER_RE.match(text) else Decimal(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    if "array" in types and not text.startswith("["):
        return text.split(",") if text else []
    if types & {"array", "object"} and text[:1] in ("[", "{"):
        try:
            return decode_json(text.encode())
        except (msgspec.DecodeError, UnicodeEncodeError, BoundsError):
            return text
    return None if "null" in types and text in ("", "null") else text


def as_text(value: object, shape: Shape) -> object:
    """Return a scalar as text where the schema allows texts and not the scalar's own type, else unchanged."""
    types = shape.types
    if "string" not in types or value is None:
        return value
    if isinstance(value, bool):
        own = "boolean" in types
    elif isinstance(value, int):
        own = bool(types & {"integer", "number"})
    else:
        own = isinstance(value, float | Decimal) and "number" in types
    if own:
        return value
    try:
        return scalar_text(value)
    except ValueError:
        return value
