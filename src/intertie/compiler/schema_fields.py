"""Whether a JSON Schema has a field: what decides which mapping rows are for which endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Json = Mapping[str, object]

_BRANCHES = ("allOf", "anyOf", "oneOf")
_DEEPEST = 64


def has_field(schema: Json | bool, steps: Sequence[object]) -> bool:
    """Return whether data of this schema can have the field that the steps lead to.

    A step is a member's name (`str`) or goes into a list (anything else). `$ref`, `allOf`, `anyOf`, `oneOf`, `then` and
    `else` are looked through; an object that declares no members may have any. A list at the top is mapped element by
    element, so a name is looked for in its elements.

    >>> charge = {"properties": {"id": {}, "lines": {"type": "array", "items": {"properties": {"sku": {}}}}}}
    >>> has_field(charge, ["id"]), has_field(charge, ["lines", 0, "sku"]), has_field(charge, ["lines", 0, "price"])
    (True, True, False)
    >>> has_field({"type": "array", "items": charge}, ["id"])
    True
    """
    if isinstance(schema, bool):
        return schema
    return _at_top(schema, schema, tuple(steps), 0)


def _at_top(root: Json, schema: object, steps: tuple[object, ...], depth: int) -> bool:
    if _has(root, schema, steps):
        return True
    if not steps or not isinstance(steps[0], str) or depth > _DEEPEST:
        return False
    return any(
        _at_top(root, view["items"], steps, depth + 1)
        for view in _views(root, schema, 0)
        if isinstance(view, Mapping) and "items" in view and _may_be(view, "array")
    )


def _has(root: Json, schema: object, steps: tuple[object, ...]) -> bool:
    if not steps:
        return True
    views = list(_views(root, schema, 0))
    if any(view is True for view in views):
        return True
    objects = [view for view in views if isinstance(view, Mapping)]
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        return _member(root, objects, step, rest)
    return any(_element(root, view, rest) for view in objects)


def _member(root: Json, views: list[Json], name: str, rest: tuple[object, ...]) -> bool:
    declared = False
    for view in views:
        properties = view.get("properties")
        if isinstance(properties, Mapping):
            declared = declared or bool(properties)
            if name in properties and _has(root, properties[name], rest):
                return True
        others = view.get("additionalProperties")
        if isinstance(others, Mapping) and _has(root, others, rest):
            return True
        if view.get("patternProperties"):
            return True
    if declared:
        return False
    # Nothing is declared: an open object has whatever is asked of it, unless it is no object or closed.
    return all(_may_be(view, "object") and view.get("additionalProperties") is not False for view in views)


def _element(root: Json, view: Json, rest: tuple[object, ...]) -> bool:
    if not _may_be(view, "array"):
        return False
    items = view.get("items")
    if items is None and "prefixItems" not in view:
        return not _declares_object(view)
    if items is not None and items is not False and _has(root, items, rest):
        return True
    prefix = view.get("prefixItems")
    return isinstance(prefix, list) and any(_has(root, item, rest) for item in prefix)


def _views(root: Json, schema: object, depth: int) -> Iterator[Json | bool]:
    """Yield every object of the schema that says something about the same value."""
    if depth > _DEEPEST or not isinstance(schema, Mapping):
        if isinstance(schema, bool):
            yield schema
        return
    parts: list[object] = []
    reference = schema.get("$ref")
    if isinstance(reference, str):
        parts.append(_resolved(root, reference))
    for keyword in _BRANCHES:
        branches = schema.get(keyword)
        if isinstance(branches, list):
            parts.extend(branches)
    parts.extend(schema[keyword] for keyword in ("then", "else") if keyword in schema)
    if not parts or any(
        keyword in schema for keyword in ("properties", "items", "additionalProperties", "prefixItems")
    ):
        yield schema
    for part in parts:
        yield from _views(root, part, depth + 1)


def _resolved(root: Json, reference: str) -> object:
    """Follow `#/$defs/X` inside the schema; `None` where it leads nowhere."""
    if not reference.startswith("#"):
        return None
    found: object = root
    for part in reference[1:].split("/"):
        if not part:
            continue
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def _may_be(view: Json, kind: str) -> bool:
    stated = view.get("type")
    if stated is None:
        return "enum" not in view and "const" not in view
    return kind in stated if isinstance(stated, list) else stated == kind


def _declares_object(view: Json) -> bool:
    return "properties" in view or view.get("type") == "object"
