"""Schemas that no value fits: each one has to hold another of its kind, without end."""

from __future__ import annotations

from collections.abc import Callable

from intertie.importers.plain import mapping, sequence


def endless(schemas: dict[str, object], name_of: Callable[[object], str | None]) -> dict[str, list[str]]:
    """Return name -> required fields that make a schema endless, of those that are.

    Args:
        schemas: Name -> schema.
        name_of: The name that a `$ref` leads to, None where it leads to none of these.
    """
    finite: set[str] = set()

    def has_end(schema: object) -> bool:
        part = mapping(schema)
        if "$ref" in part:
            name = name_of(part["$ref"])
            return name is None or name in finite or name not in schemas
        kind = part.get("type")
        if part.get("nullable") is True or (kind not in (None, "object")):
            return True
        branches = [sequence(part[key]) for key in ("anyOf", "oneOf") if sequence(part.get(key))]
        return (
            all(has_end(mapping(part.get("properties")).get(str(field))) for field in sequence(part.get("required")))
            and all(has_end(each) for each in sequence(part.get("allOf")))
            and all(any(has_end(each) for each in several) for several in branches)
        )

    while more := {name for name, schema in schemas.items() if name not in finite and has_end(schema)}:
        finite |= more
    return {
        name: fields
        for name, schema in schemas.items()
        if name not in finite
        and (
            fields := [
                str(field)
                for field in sequence(mapping(schema).get("required"))
                if not has_end(mapping(mapping(schema).get("properties")).get(str(field)))
            ]
        )
    }
