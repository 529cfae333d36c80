"""Whether a body is plain and valid, told at once by one validator: nothing looks at each value in Python.

A request schema says of most values what type they have, and the validator then refuses whatever is no JSON: bytes,
sets, instants, numbers that are not finite. Where the schema leaves a place open, the stricter schema made here allows
scalars alone. What remains to be seen is that containers are no subclasses, whose members may be others than those the
encoder writes; they stand where the schema says, so that few places are looked at.

A body that passes is written as it is. One that does not may be right all the same (an instant, a tuple, an object in
an open place): who asks looks closely then, and says what is wrong where something is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from intertie.core.json_pointer import resolved
from intertie.runtime.bounds import DEEPEST
from intertie.runtime.schemas import CompiledSchema

_SCALARS: Final = ("string", "number", "boolean", "null")
_OPEN: Final = {"type": list(_SCALARS)}
_ANNOTATIONS: Final = frozenset(
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "$comment",
        "$schema", "$defs", "definitions", "externalDocs", "xml",
    }
)  # fmt: skip
"""Say nothing of a value where they stand."""
_OF_OBJECTS: Final = frozenset({"properties", "additionalProperties", "required", "minProperties", "maxProperties"})
_OF_ARRAYS: Final = frozenset({"items", "minItems", "maxItems", "uniqueItems"})
_OF_ANY: Final = frozenset(
    {
        "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    }
)  # fmt: skip
_KNOWN: Final = _OF_OBJECTS | _OF_ARRAYS | _OF_ANY
"""Keywords under which a stricter part makes the whole stricter, and never another."""
_EXACT: Final = frozenset({str, int, float, bool, type(None), dict, list})
_DEEPEST: Final = DEEPEST - 1
"""Of a container that may hold one more."""
_DEFINITIONS: Final = "$defs"
_LONGEST_CHAIN: Final = 16
"""References that lead to nothing but a reference."""


class AtOnce:
    """A schema's quick check. Compiled when first asked; may be used from any thread."""

    __slots__ = ("_is_valid", "_place", "_schema")

    def __init__(self, schema: CompiledSchema) -> None:
        self._schema = schema
        self._is_valid: Callable[[object], bool] | None = None
        self._place: _Place | None = None

    def passes(self, value: object) -> bool:
        """Return whether `value` is valid and is written as it is; False also says that it has to be looked at."""
        try:
            if not (self._is_valid or self._made())(value):
                return False
        except (ValueError, RecursionError):
            return False  # something in it is no JSON
        place = self._place
        return place is None or _is_exact(value, place, 0)

    def _made(self) -> Callable[[object], bool]:
        making = _Making(self._schema.json)
        try:
            schema, self._place = making.whole()
        except (_UnusualError, RecursionError):
            schema, self._place = False, None  # each body is looked at closely
        self._is_valid = made = CompiledSchema(schema).compile()
        return made


class _UnusualError(Exception):
    """The schema has a keyword of which a stricter part may make the whole laxer."""


class _Place:
    """Where containers may stand in a value.

    Attributes:
        members: Name -> place of the members that may be containers, with containers below them.
        last: Names of the members that may be containers of scalars.
        is_last: No container stands below: what stands here need not be looked into.
        others: Of members that have no name in the schema, None where they are scalars.
        names: Of the members that the schema names, wherever `others` are looked at.
        items: Of the elements of a list, None where they are scalars.
    """

    __slots__ = ("is_last", "items", "last", "may_hold", "members", "names", "others")

    def __init__(self) -> None:
        self.may_hold = False
        self.is_last = False
        self.members: tuple[tuple[str, _Place], ...] = ()
        self.last: tuple[str, ...] = ()
        self.others: _Place | None = None
        self.names: frozenset[str] = frozenset()
        self.items: _Place | None = None

    def forget_scalars(self, seen: set[int]) -> None:
        """Leave out every place below where only scalars stand."""
        if id(self) in seen:
            return
        seen.add(id(self))
        below = [place for _, place in self.members]
        for place in (*below, *(each for each in (self.others, self.items) if each is not None)):
            place.forget_scalars(seen)
        holding = [(name, place) for name, place in self.members if place.may_hold]
        self.last = tuple(name for name, place in holding if place.is_last)
        self.members = tuple((name, place) for name, place in holding if not place.is_last)
        self.others = self.others if self.others is not None and self.others.may_hold else None
        self.items = self.items if self.items is not None and self.items.may_hold else None
        self.is_last = not holding and self.others is None and self.items is None


class _Making:
    """Makes the stricter schema of one document."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._definitions: dict[str, object] = {}
        self._known: dict[str, tuple[str, _Place]] = {}

    def whole(self) -> tuple[Mapping[str, object] | bool, _Place]:
        place = _Place()
        made = self._of(self._root, place)
        place.forget_scalars(set())
        if isinstance(made, bool):
            return made, place
        return {**made, _DEFINITIONS: self._definitions} if self._definitions else made, place

    def _of(self, schema: object, place: _Place) -> Mapping[str, object] | bool:
        """Return the stricter schema of one place, and note in `place` where containers may stand below it."""
        if schema is False:
            return False
        if schema is True:
            return _OPEN
        if not isinstance(schema, Mapping):
            raise _UnusualError
        asked = {name: schema[name] for name in _keywords(schema)}
        if not asked.keys() <= _KNOWN:
            raise _UnusualError
        types = _types(asked)
        made = {**asked, "type": types}
        if "object" in types:
            self._object(asked, made, place)
        if "array" in types:
            made["items"], place.items = self._below(asked.get("items", True))
            place.may_hold = True
        return made

    def _below(self, schema: object) -> tuple[Mapping[str, object] | bool, _Place]:
        if isinstance(schema, Mapping) and "$ref" in schema:
            return self._referred(schema)
        place = _Place()
        return self._of(schema, place), place

    def _object(self, asked: Mapping[str, object], made: dict[str, object], place: _Place) -> None:
        declared = asked.get("properties", {})
        if not isinstance(declared, Mapping):
            raise _UnusualError
        parts = {str(name): self._below(part) for name, part in declared.items()}
        made["properties"] = {name: part for name, (part, _) in parts.items()}
        made["additionalProperties"], place.others = self._below(asked.get("additionalProperties", True))
        place.members = tuple((name, below) for name, (_, below) in parts.items())
        place.names = frozenset(parts)
        place.may_hold = True

    def _referred(self, schema: Mapping[str, object]) -> tuple[Mapping[str, object], _Place]:
        reference, target = "", schema
        for _ in range(_LONGEST_CHAIN):
            if _keywords(target) != ["$ref"]:
                break
            reference = str(target["$ref"])
            found = resolved(self._root, reference)
            if not isinstance(found, Mapping):
                raise _UnusualError
            target = found
        if not reference or "$ref" in target:
            raise _UnusualError
        if reference not in self._known:
            # Known before it is made: it may refer to itself.
            name, place = self._known[reference] = (f"at{len(self._known)}", _Place())
            self._definitions[name] = self._of(target, place)
        name, place = self._known[reference]
        return {"$ref": f"#/{_DEFINITIONS}/{name}"}, place


def _keywords(schema: Mapping[str, object]) -> list[str]:
    return [name for name in schema if name not in _ANNOTATIONS and not str(name).startswith("x-")]


def _types(asked: Mapping[str, object]) -> list[str]:
    """Return the types that a schema allows; where it does not say, those that its other keywords speak of."""
    named = asked.get("type")
    if isinstance(named, str):
        return [named]
    if isinstance(named, list):
        return [str(each) for each in named]
    found = list(_SCALARS)
    found += ["object"] if asked.keys() & _OF_OBJECTS else []
    found += ["array"] if asked.keys() & _OF_ARRAYS else []
    return found


def _is_exact(value: object, place: _Place, depth: int) -> bool:
    """Return whether each container in a valid value is a dict or a list, and none is nested too deeply."""
    kind = type(value)
    if depth >= _DEEPEST:
        return False
    if kind is dict:
        get = value.get  # type: ignore[attr-defined]  # seen just now
        if place.last and not _EXACT.issuperset(map(type, map(get, place.last))):
            return False
        for name, below in place.members:
            member = get(name)
            if member is not None and not _is_exact(member, below, depth + 1):
                return False
        others = place.others
        if others is not None:
            for name, member in value.items():  # type: ignore[attr-defined]
                if name not in place.names and not _is_exact(member, others, depth + 1):
                    return False
        return True
    if kind is list:
        items = place.items
        if items is not None:
            if items.is_last:
                return _EXACT.issuperset(map(type, value))  # type: ignore[call-overload]
            for element in value:  # type: ignore[attr-defined]
                if not _is_exact(element, items, depth + 1):
                    return False
        return True
    return kind in _EXACT
