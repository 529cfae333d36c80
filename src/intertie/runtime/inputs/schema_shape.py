"""What a JSON Schema says at first sight: types, members, whether others are allowed. References are followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from intertie.core.json_pointer import resolved

_ANNOTATIONS = frozenset(
    {
        "type",
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
    }
)
_DEEPEST = 12


class Shape(Struct, frozen=True):
    """A schema at first sight.

    Attributes:
        types: JSON types it allows; empty where it says nothing.
        members: Name -> schema of the properties.
        required: Names that must be there.
        closed: `additionalProperties` (or `unevaluatedProperties`) is false, and nothing else names members.
        items: Schema of an array's items, None where it says nothing.
        only_types: It asks for nothing but its types, so that a value of the type needs no validator.
    """

    types: frozenset[str]
    members: Mapping[str, object]
    required: tuple[str, ...]
    closed: bool
    items: object
    only_types: bool


NOTHING = Shape(frozenset(), {}, (), closed=False, items=None, only_types=False)


def shape_of(schema: object, root: object) -> Shape:
    """Return the shape of `schema`, whose references point into `root`.

    >>> shape = shape_of({"type": "integer"}, {})
    >>> shape.types, shape.only_types
    (frozenset({'integer'}), True)
    """
    types: frozenset[str] | None = None
    members: dict[str, object] = {}
    required: list[str] = []
    closed, has_patterns, items = False, False, None
    for part in _parts(schema, root, 0):
        named = part.get("type")
        if isinstance(named, str | list):
            own = frozenset([named] if isinstance(named, str) else [str(each) for each in named])
            types = own if types is None else (types & own) or own
        for name, member in _mapping(part.get("properties")).items():
            members.setdefault(str(name), member)
        names = part.get("required")
        required += [str(name) for name in names if name not in required] if isinstance(names, list) else []
        closed = closed or part.get("additionalProperties") is False or part.get("unevaluatedProperties") is False
        has_patterns = has_patterns or "patternProperties" in part
        items = part.get("items", items)
    plain = isinstance(schema, Mapping) and schema.keys() <= _ANNOTATIONS
    return Shape(
        types or frozenset(),
        members,
        tuple(required),
        closed and not has_patterns,
        items,
        only_types=plain and bool(types),
    )


def only_value(schema: object) -> object:
    """Return the one scalar that a schema allows by `const` or an `enum` of one, None where it allows others.

    >>> only_value({"const": "a"}), only_value({"enum": [1]}), only_value({"enum": [1, 2]})
    ('a', 1, None)
    """
    if not isinstance(schema, Mapping):
        return None
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(choices, list) or len(choices) != 1 or isinstance(choices[0], Mapping | list):
        return None
    return choices[0]


def fixed_members(shape: Shape) -> dict[str, object]:
    """Return the required members that have one possible value, with it."""
    found = {name: only_value(shape.members.get(name)) for name in shape.required}
    return {name: value for name, value in found.items() if value is not None}


def _parts(schema: object, root: object, depth: int) -> Iterator[Mapping[str, object]]:
    """Yield the schema and what it is composed of: references, `allOf`, the branches of `anyOf` and `oneOf`."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _parts(resolved(root, reference), root, depth + 1)
    for part in _sequence(schema.get("allOf")):
        yield from _parts(part, root, depth + 1)
    branches = [*_sequence(schema.get("anyOf")), *_sequence(schema.get("oneOf"))]
    for branch in branches:
        # A branch need not hold: its members are known, what it requires or forbids is not said of the whole.
        for part in _parts(branch, root, depth + 1):
            yield {
                key: value
                for key, value in part.items()
                if key in ("properties", "patternProperties", "items") or (key == "type" and len(branches) == 1)
            }
    if branches and "type" not in schema:
        types = [kind for branch in branches for kind in _types(branch, root, depth + 1)]
        if types and all(_types(branch, root, depth + 1) for branch in branches):
            yield {"type": types}


def _types(schema: object, root: object, depth: int) -> list[str]:
    found: list[str] = []
    for part in _parts(schema, root, depth):
        named = part.get("type")
        found += [named] if isinstance(named, str) else [str(each) for each in named] if isinstance(named, list) else []
    return found


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> list[object]:
    return value if isinstance(value, list) else []
