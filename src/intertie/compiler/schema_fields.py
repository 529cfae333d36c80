"""Whether a JSON Schema has a field: what decides which mapping rows are for which endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intertie.core.json_pointer import resolved

Json = Mapping[str, object]

_BRANCHES = ("allOf", "anyOf", "oneOf")
_SAYS_SOMETHING = ("type", "properties", "patternProperties", "additionalProperties", "items", "prefixItems")


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
    return _Search(schema, tuple(steps)).at_top(schema)


class _Search:
    """One question to one schema. What was answered for a part is not asked again, so that cycles and branches end."""

    def __init__(self, root: Json, steps: tuple[object, ...]) -> None:
        self._root = root
        self._steps = steps
        self._answers: dict[tuple[int, int], bool] = {}
        self._lists: set[int] = set()

    def at_top(self, schema: object) -> bool:
        if self._has(schema, 0):
            return True
        if not self._steps or not isinstance(self._steps[0], str):
            return False
        for view in self._views(schema):
            if isinstance(view, Mapping) and "items" in view and _may_be(view, "array") and id(view) not in self._lists:
                self._lists.add(id(view))
                if self.at_top(view["items"]):
                    return True
        return False

    def _has(self, schema: object, at: int) -> bool:
        """Return whether the steps from number `at` on lead somewhere in `schema`."""
        if at == len(self._steps):
            return True
        key = (id(schema), at)
        if key not in self._answers:
            self._answers[key] = False  # who comes here again on the way is in a cycle
            self._answers[key] = self._found(schema, at)
        return self._answers[key]

    def _found(self, schema: object, at: int) -> bool:
        views = list(self._views(schema))
        if any(view is True for view in views):
            return True
        objects = [view for view in views if isinstance(view, Mapping)]
        step = self._steps[at]
        if isinstance(step, str):
            return self._member(objects, step, at + 1)
        return any(self._element(view, at + 1) for view in objects)

    def _member(self, views: list[Json], name: str, rest: int) -> bool:
        declared = not views
        for view in views:
            properties = view.get("properties")
            if isinstance(properties, Mapping) and properties:
                declared = True
                if name in properties and self._has(properties[name], rest):
                    return True
            others = view.get("additionalProperties")
            if isinstance(others, Mapping):
                declared = True
                if self._has(others, rest):
                    return True
            if view.get("patternProperties"):
                return True
        if declared:
            return False
        # Nothing is declared: an object may have whatever is asked of it, unless it is no object or closed.
        return all(_may_be(view, "object") and view.get("additionalProperties") is not False for view in views)

    def _element(self, view: Json, rest: int) -> bool:
        if not _may_be(view, "array"):
            return False
        items, prefix = view.get("items"), view.get("prefixItems")
        if items is None and not isinstance(prefix, list):
            return "properties" not in view
        if items is not None and items is not False and self._has(items, rest):
            return True
        return isinstance(prefix, list) and any(self._has(item, rest) for item in prefix)

    def _views(self, schema: object) -> Iterator[Json | bool]:
        """Yield every part of the schema that says something about the same value, each once."""
        seen: set[int] = set()
        waiting = [schema]
        while waiting:
            part = waiting.pop()
            if isinstance(part, bool):
                yield part
            if not isinstance(part, Mapping) or id(part) in seen:
                continue
            seen.add(id(part))
            parts = self._parts(part)
            if not parts or any(keyword in part for keyword in _SAYS_SOMETHING):
                yield part
            waiting.extend(reversed(parts))

    def _parts(self, schema: Json) -> list[object]:
        parts: list[object] = []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            parts.append(resolved(self._root, reference))
        for keyword in _BRANCHES:
            branches = schema.get(keyword)
            if isinstance(branches, list):
                parts.extend(branches)
        parts.extend(schema[keyword] for keyword in ("then", "else") if keyword in schema)
        return parts


def _may_be(view: Json, kind: str) -> bool:
    stated = view.get("type")
    if stated is None:
        return "enum" not in view and "const" not in view
    return kind in stated if isinstance(stated, list) else stated == kind
