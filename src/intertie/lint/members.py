"""What a schema says of one of its fields: whether it is there, required, and of what type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.compiler.schema_fields import has_field
from intertie.core.json_pointer import followed
from intertie.runtime.mapping import MappingSyntaxError, parse_path

Json = Mapping[str, object]


def may_have(schema: Json | bool, path: str) -> bool:
    """Return whether data of this schema can have the field; a path that can't be judged may lead anywhere."""
    steps = _steps(path)
    return not steps or has_field(schema, steps)


def is_optional(schema: Json | bool, path: str) -> bool:
    """Return whether a schema has a field and lets data be without it, told only where every part says so plainly.

    >>> charge = {"properties": {"id": {}, "note": {}}, "required": ["id"]}
    >>> is_optional(charge, "note"), is_optional(charge, "id"), is_optional(charge, "other")
    (True, False, False)
    """
    if isinstance(schema, bool):
        return False
    here: Json | None = schema
    for step in _steps(path):
        if here is None or not isinstance(step, str):
            return False
        here = _plain(here, schema)
        properties = here.get("properties") if here is not None else None
        if here is None or not isinstance(properties, Mapping) or step not in properties:
            return False
        if step not in _names(here.get("required")):
            return True
        member = properties[step]
        here = member if isinstance(member, Mapping) else None
    return False


def required_members(schema: Json | bool) -> list[str]:
    """Return the names that an object must have, where the schema says so plainly."""
    plain = None if isinstance(schema, bool) else _plain(schema, schema)
    return _names(plain.get("required")) if plain is not None else []


def schema_at(schema: Json | bool, path: str) -> dict[str, object] | None:
    """Return the schema of one field, with the definitions it may refer to; None where it is not said plainly."""
    if isinstance(schema, bool):
        return None
    here: Json | None = schema
    for step in _steps(path):
        here = _plain(here, schema) if here is not None else None
        if here is None:
            return None
        found = here.get("properties") if isinstance(step, str) else here.get("items")
        member = found.get(step) if isinstance(step, str) and isinstance(found, Mapping) else found
        here = member if isinstance(member, Mapping) and found is not None else None
    if here is None or here is schema:
        return None
    definitions = schema.get("$defs")
    return {**here, "$defs": definitions} if definitions is not None else dict(here)


def types_at(schema: Json | bool, path: str) -> frozenset[str]:
    """Return the JSON types that a field may have, null left out; empty where nothing says so.

    >>> sorted(types_at({"properties": {"id": {"type": ["string", "null"]}}}, "id"))
    ['string']
    """
    return types_of(schema_at(schema, path))


def types_of(found: Json | None) -> frozenset[str]:
    """Return the JSON types that a field's own schema names, null left out; empty where it names none."""
    plain = _plain(found, found) if found is not None else None
    stated = plain.get("type") if plain is not None else None
    return frozenset([stated] if isinstance(stated, str) else _names(stated)) - {"null"}


def _steps(path: str) -> tuple[object, ...]:
    try:
        return getattr(parse_path(path), "steps", ())
    except MappingSyntaxError:
        return ()


def _plain(schema: Json, root: Json) -> Json | None:
    """Return a schema with its references followed; None where it branches, so that nothing is said for certain."""
    for found in followed(schema, root):
        if not isinstance(found, Mapping) or any(keyword in found for keyword in ("allOf", "anyOf", "oneOf", "if")):
            return None
        if not isinstance(found.get("$ref"), str):
            return found
    return None


def _names(value: object) -> list[str]:
    return list(_texts(value))


def _texts(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, str):
            yield item
