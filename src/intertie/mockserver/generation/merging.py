"""Schemas laid on top of each other: references followed, `allOf` merged, one branch of each alternative taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from intertie.core.json_pointer import NOTHING, resolved

Schema = Mapping[str, object]

_APPLICATORS = frozenset(("$ref", "$dynamicRef", "allOf", "oneOf", "anyOf", "if", "then", "else"))
_LARGER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_SMALLER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_DEEPEST = 40
_KEPT_HEIGHTS = 4096


class Unsatisfiable(ValueError):  # noqa: N818  # says what the schema is
    """No value can be made for the schema, or none within the generator's means; the message says where and why."""


class References:
    """Looks up `#/…` pointers and `#anchor` names inside one self-contained schema."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._anchors: dict[str, object] = {}
        self._found: dict[str, object] = {}
        self._heights: dict[int, tuple[object, float]] = {}
        _collect_anchors(root, self._anchors)

    def resolve(self, reference: str) -> object:
        """Return what a reference points at.

        Raises:
            Unsatisfiable: It points outside the schema, or at nothing.
        """
        if reference in self._found:
            return self._found[reference]
        target = self._look_up(reference)
        self._found[reference] = target
        return target

    def height(self, schema: object) -> float:
        """Return `height` of a schema, worked out once."""
        known = self._heights.get(id(schema))
        # The schema is kept beside its height, so that no other one can get its id meanwhile.
        if known is not None:
            return known[1]
        found = height(schema, self)
        if len(self._heights) >= _KEPT_HEIGHTS:
            self._heights.clear()
        self._heights[id(schema)] = (schema, found)
        return found

    def _look_up(self, reference: str) -> object:
        base, _, fragment = reference.partition("#")
        if base:
            if base in self._anchors and not fragment:
                return self._anchors[base]
            raise Unsatisfiable(f"reference {reference} points outside the schema")
        is_anchor = fragment and not fragment.startswith("/")
        found = self._anchors.get(fragment, NOTHING) if is_anchor else resolved(self._root, reference, NOTHING)
        if found is NOTHING:
            raise Unsatisfiable(f"reference {reference} points at nothing")
        return found


def _collect_anchors(schema: object, anchors: dict[str, object]) -> None:
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            for keyword in ("$anchor", "$dynamicAnchor", "$id"):
                name = node.get(keyword)
                if isinstance(name, str):
                    anchors.setdefault(name, node)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


class Flattener:
    """Turns a schema into one without applicators, choosing one way through its alternatives.

    Args:
        references: Of the schema's document.
        choose: Given the branches of an alternative, returns the index of the one to take.
        condition: Returns whether an `if` shall hold.
    """

    def __init__(
        self, references: References, choose: Callable[[list[object]], int], condition: Callable[[], bool]
    ) -> None:
        self._references = references
        self._choose = choose
        self._condition = condition

    def flat(self, schema: object, refs: tuple[str, ...] = ()) -> tuple[Schema, tuple[str, ...]]:
        """Return the flat schema and the references followed on the way.

        Raises:
            Unsatisfiable: The schema is `false`, or its references never end.
        """
        return self._flat(schema, refs, 0)

    def _flat(self, schema: object, refs: tuple[str, ...], depth: int) -> tuple[Schema, tuple[str, ...]]:
        if depth > _DEEPEST:
            raise Unsatisfiable("references never end")
        if schema is True:
            return {}, refs
        if not isinstance(schema, Mapping):
            raise Unsatisfiable("the schema allows no value")
        if _APPLICATORS.isdisjoint(schema):
            return schema, refs
        result = {key: value for key, value in schema.items() if key not in _APPLICATORS}
        for keyword in ("$ref", "$dynamicRef"):
            reference = schema.get(keyword)
            if isinstance(reference, str):
                part, refs = self._flat(self._references.resolve(reference), (*refs, reference), depth + 1)
                result = merge(result, part)
        members = schema.get("allOf")
        for member in members if isinstance(members, list) else ():
            part, refs = self._flat(member, refs, depth + 1)
            result = merge(result, part)
        for keyword in ("oneOf", "anyOf"):
            branches = schema.get(keyword)
            if isinstance(branches, list) and branches:
                branch = branches[self._choose(branches)]
                part, refs = self._flat(branch, refs, depth + 1)
                result = merge(result, part)
                tag = _discriminated(schema.get("discriminator"), branch)
                if tag is not None:
                    result = merge(result, tag)
        if "if" in schema:
            taken = [schema["if"], schema.get("then", True)] if self._condition() else [schema.get("else", True)]
            for member in taken:
                part, refs = self._flat(member, refs, depth + 1)
                result = merge(result, part)
        return result, refs


def _discriminated(discriminator: object, branch: object) -> dict[str, object] | None:
    """Return what OpenAPI's `discriminator` asks of the chosen branch, None where it asks nothing."""
    if not isinstance(discriminator, Mapping) or not isinstance(branch, Mapping):
        return None
    name, reference = discriminator.get("propertyName"), branch.get("$ref")
    if not isinstance(name, str) or not isinstance(reference, str):
        return None
    last = reference.rsplit("/", 1)[-1]
    mapping = discriminator.get("mapping")
    value = last
    if isinstance(mapping, Mapping):
        value = next((str(key) for key, target in mapping.items() if str(target).rsplit("/", 1)[-1] == last), last)
    return {"properties": {name: {"const": value}}, "required": [name]}


def merge(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    """Return a schema that asks for both; what can't be expressed so is left to the validator."""
    result = dict(first)
    for key, value in second.items():
        result[key] = _merged(key, result[key], value) if key in result else value
    return result


def _merged(key: str, first: object, second: object) -> object:
    if key in ("properties", "patternProperties", "dependentSchemas", "$defs"):
        return _merged_maps(first, second)
    if key == "required" and isinstance(first, list) and isinstance(second, list):
        return list(dict.fromkeys([*first, *second]))
    if key == "enum" and isinstance(first, list) and isinstance(second, list):
        return [value for value in first if value in second]
    if key == "type":
        return _merged_types(first, second)
    if key in _LARGER and isinstance(first, int | float) and isinstance(second, int | float):
        return max(first, second)
    if key in _SMALLER and isinstance(first, int | float) and isinstance(second, int | float):
        return min(first, second)
    if key == "multipleOf" and isinstance(first, int) and isinstance(second, int):
        return math.lcm(first, second)
    if key in ("items", "additionalProperties", "contains", "propertyNames", "unevaluatedProperties"):
        return both(first, second)
    if key == "uniqueItems":
        return bool(first) or bool(second)
    return first


def both(first: object, second: object) -> object:
    """Return one schema for two that must both hold."""
    if first is False or second is False:
        return False
    if first is True or first == second:
        return second
    return first if second is True else {"allOf": [first, second]}


def _merged_maps(first: object, second: object) -> object:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return first
    result = dict(first)
    for name, schema in second.items():
        result[name] = both(result[name], schema) if name in result else schema
    return result


def _merged_types(first: object, second: object) -> object:
    left = first if isinstance(first, list) else [first]
    right = second if isinstance(second, list) else [second]
    shared = [kind for kind in left if kind in right or (kind == "integer" and "number" in right)]
    shared += [kind for kind in right if kind == "integer" and "number" in left and kind not in shared]
    if not shared:
        raise Unsatisfiable(f"no value is both {first} and {second}")
    return shared[0] if len(shared) == 1 else shared


def height(schema: object, references: References, seen: frozenset[str] = frozenset()) -> float:
    """Return how deep the shallowest value must be; infinity where every value contains itself."""
    if not isinstance(schema, Mapping):
        return math.inf if schema is False else 0.0
    if "const" in schema or "enum" in schema:
        return 0.0
    heights = [0.0]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return math.inf
        heights.append(height(references.resolve(reference), references, seen | {reference}))
    heights.extend(height(member, references, seen) for member in _list(schema.get("allOf")))
    for keyword in ("oneOf", "anyOf"):
        branches = _list(schema.get(keyword))
        if branches:
            heights.append(min(height(branch, references, seen) for branch in branches))
    kind = schema.get("type")
    nullable = isinstance(kind, list) and any(name in kind for name in ("null", "string", "boolean", "integer"))
    if nullable:
        return max(heights)
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        needed = [properties[name] for name in _list(schema.get("required")) if name in properties]
        heights += [1 + height(part, references, seen) for part in needed]
    if isinstance(schema.get("minItems"), int) and schema["minItems"] != 0 and "items" in schema:
        heights.append(1 + height(schema["items"], references, seen))
    return max(heights)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
