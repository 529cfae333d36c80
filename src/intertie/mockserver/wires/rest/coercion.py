"""Texts of the wire as the types that a schema asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from intertie.mockserver.generation.merging import References, Unsatisfiable

_INTEGER_RE = re.compile(r"-?(?:0|[1-9]\d*)\Z")
_NUMBER_RE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")


def kinds(schema: object, references: References, depth: int = 0) -> frozenset[str]:
    """Return the JSON types that a schema names, through references and branches; empty where it names none."""
    if not isinstance(schema, Mapping) or depth > 20:
        return frozenset()
    declared = schema.get("type")
    if isinstance(declared, str):
        return frozenset((declared,))
    if isinstance(declared, list):
        return frozenset(str(one) for one in declared)
    found: frozenset[str] = frozenset()
    try:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            found |= kinds(references.resolve(reference), references, depth + 1)
    except Unsatisfiable:
        return frozenset()
    for keyword in ("allOf", "oneOf", "anyOf"):
        members = schema.get(keyword)
        for member in members if isinstance(members, list) else ():
            found |= kinds(member, references, depth + 1)
    if not found:
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        found = frozenset(_kind_of(value) for value in values) if isinstance(values, list) else found
    if not found and "properties" in schema:
        return frozenset(("object",))
    return found


def member(schema: object, name: str, references: References, depth: int = 0) -> object:
    """Return the schema of a property, through references and branches; True where none is declared."""
    if not isinstance(schema, Mapping) or depth > 20:
        return True
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and name in properties:
        return properties[name]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        try:
            found = member(references.resolve(reference), name, references, depth + 1)
        except Unsatisfiable:
            return True
        if found is not True:
            return found
    for keyword in ("allOf", "oneOf", "anyOf"):
        members = schema.get(keyword)
        for part in members if isinstance(members, list) else ():
            found = member(part, name, references, depth + 1)
            if found is not True:
                return found
    extra = schema.get("additionalProperties", True)
    return extra if isinstance(extra, Mapping) else True


def property_names(schema: object, references: References, depth: int = 0) -> tuple[str, ...]:
    """Return the declared properties' names, through references and branches, in the author's order."""
    if not isinstance(schema, Mapping) or depth > 20:
        return ()
    properties = schema.get("properties")
    names = list(properties) if isinstance(properties, Mapping) else []
    reference = schema.get("$ref")
    if isinstance(reference, str):
        try:
            names += property_names(references.resolve(reference), references, depth + 1)
        except Unsatisfiable:
            return tuple(names)
    for keyword in ("allOf", "oneOf", "anyOf"):
        members = schema.get(keyword)
        for part in members if isinstance(members, list) else ():
            names += property_names(part, references, depth + 1)
    return tuple(dict.fromkeys(names))


def items(schema: object, references: References, depth: int = 0) -> object:
    """Return the schema of an array's items, True where none is declared."""
    if not isinstance(schema, Mapping) or depth > 20:
        return True
    if "items" in schema:
        return schema["items"]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        try:
            return items(references.resolve(reference), references, depth + 1)
        except Unsatisfiable:
            return True
    return True


def coerced(value: object, schema: object, references: References) -> object:
    """Return `value` with its texts turned into what the schema asks for; what can't be turned stays text.

    >>> coerced({"n": "12"}, {"properties": {"n": {"type": "integer"}}}, References({}))
    {'n': 12}
    """
    if isinstance(value, Mapping):
        return {name: coerced(part, member(schema, name, references), references) for name, part in value.items()}
    wanted = kinds(schema, references)
    if isinstance(value, list):
        inner = items(schema, references)
        return [coerced(part, inner, references) for part in value]
    if not isinstance(value, str):
        return value
    if "array" in wanted and "string" not in wanted:
        return [coerced(value, items(schema, references), references)]
    if "string" in wanted or not wanted:
        return value
    if "integer" in wanted and _INTEGER_RE.match(value):
        return int(value)
    if "number" in wanted and _NUMBER_RE.match(value):
        return int(value) if _INTEGER_RE.match(value) else float(value)
    if "boolean" in wanted and value in ("true", "false"):
        return value == "true"
    if "null" in wanted and value in ("", "null"):
        return None
    return value


def _kind_of(value: object) -> str:
    for kind, types in (("boolean", bool), ("integer", int), ("number", float), ("string", str), ("array", list)):
        if isinstance(value, types):
            return kind
    return "null" if value is None else "object"
