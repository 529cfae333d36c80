"""Types of inputs and results, before they are Python: scalars, choices, lists, objects, and names for what recurs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct


class Scalar(Struct, frozen=True):
    """A type that is one name: `str`, `int`, `None`, `Any`."""

    name: str


class Choice(Struct, frozen=True):
    """One of some values."""

    values: tuple[str | int | bool | None, ...]
    hint: str | None = None
    """Its name in the spec; None where it has none."""

    def __hash__(self) -> int:
        return hash(tuple((type(value), value) for value in self.values))

    def __eq__(self, other: object) -> bool:
        # `True` equals 1, and is another choice.
        return (
            isinstance(other, Choice)
            and self.hint == other.hint
            and [(type(value), value) for value in self.values] == [(type(value), value) for value in other.values]
        )


class Items(Struct, frozen=True):
    """A list. `read_only` is a sequence that the caller gives."""

    item: Shape
    read_only: bool = False


class Table(Struct, frozen=True):
    """An object with any keys. `read_only` is a mapping that the caller gives."""

    value: Shape
    read_only: bool = False


class Field(Struct, frozen=True):
    """One field of an object."""

    shape: Shape
    required: bool


class Record(Struct, frozen=True):
    """An object with known fields.

    Attributes:
        hint: The name it would like to have.
    """

    hint: str
    fields: tuple[tuple[str, Field], ...]

    def field(self, name: str) -> Field | None:
        """Return one field, None where there is none of that name."""
        return next((field for each, field in self.fields if each == name), None)


class Either(Struct, frozen=True):
    """Any of several; never nested, never one."""

    members: tuple[Shape, ...]


class Named(Struct, frozen=True):
    """A shape that a `Catalogue` has under `key`."""

    key: str


Shape: TypeAlias = Scalar | Choice | Items | Table | Record | Either | Named

ANY = Scalar("Any")
OBJECT = Scalar("object")
NONE = Scalar("None")
UNKNOWN = frozenset({ANY, OBJECT})
_OF_VALUE: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (Decimal, "Decimal"),
    (str, "str"),
)


class Catalogue:
    """The shapes of named schemas; None while one is being read, which is how recursion ends."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape | None] = {}

    def resolve(self, shape: Shape) -> Shape:
        """Return the shape behind a name, `Any` for one that is only being read."""
        while isinstance(shape, Named):
            shape = self.shapes.get(shape.key) or ANY
        return shape

    def members(self, shape: Shape) -> tuple[Shape, ...]:
        """Return the members of a union, resolved; of any other shape, itself."""
        resolved = self.resolve(shape)
        if isinstance(resolved, Either):
            return tuple(self.resolve(member) for member in resolved.members)
        return (resolved,)


def either(shapes: Iterable[Shape]) -> Shape:
    """Return the union: flat, each member once, a choice left out beside its own type, None last.

    >>> either([NONE, Scalar("int"), Scalar("int")])
    Either(members=(Scalar(name='int'), Scalar(name='None')))
    """
    found: dict[Shape, None] = {}
    for shape in shapes:
        for member in shape.members if isinstance(shape, Either) else (shape,):
            if member in UNKNOWN:
                return member
            found.setdefault(member)
    scalars = {member.name for member in found if isinstance(member, Scalar)}
    kept = [member for member in found if not (isinstance(member, Choice) and _kinds(member) <= scalars)]
    kept = _with_one_choice(kept)
    if NONE in kept:
        kept = [*(member for member in kept if member != NONE), NONE]
    if not kept:
        return ANY
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def _with_one_choice(members: list[Shape]) -> list[Shape]:
    """Return the members with all choices that have no name as one, where the first of them stood."""
    nameless = [member for member in members if isinstance(member, Choice) and member.hint is None]
    if len(nameless) < 2:
        return members
    values = {(type(value), value): value for choice in nameless for value in choice.values}
    merged = Choice(tuple(values.values()))
    return [merged if member is nameless[0] else member for member in members if member not in nameless[1:]]


def _kinds(choice: Choice) -> set[str]:
    return {"None" if value is None else type(value).__name__ for value in choice.values}


def shape_of_value(value: object) -> Shape:
    """Return the type of plain data that stands in a spec."""
    if value is None:
        return NONE
    if isinstance(value, Mapping):
        return Table(ANY)
    if isinstance(value, list | tuple):
        return Items(ANY)
    return next((Scalar(name) for kind, name in _OF_VALUE if isinstance(value, kind)), ANY)


def literal(values: Iterable[object]) -> Shape:
    """Return the choice among scalars; the type of those that no `Literal` can have."""
    shapes: list[Shape] = []
    chosen: dict[tuple[type, object], str | int | bool] = {}
    for value in values:
        if isinstance(value, str | int | bool) and (not isinstance(value, str) or len(value) <= _LONGEST_CHOICE):
            chosen[type(value), value] = value  # `True` equals 1, and is another value
        else:
            shapes.append(shape_of_value(value))
    if len(chosen) > _MOST_CHOICES:
        shapes += [shape_of_value(value) for value in chosen.values()]
        chosen = {}
    return either([*([Choice(tuple(chosen.values()))] if chosen else []), *shapes])


_LONGEST_CHOICE = 60
_MOST_CHOICES = 300
"""A list of more values is data, such as all time zones: its type says no more than `str`."""


def is_larger(shape: Shape, most: int) -> bool:
    """Return whether a shape has more than so many parts, those behind names not counted."""
    waiting, parts = [shape], 0
    while waiting and parts <= most:
        part = waiting.pop()
        parts += 1
        if isinstance(part, Items):
            waiting.append(part.item)
        elif isinstance(part, Table):
            waiting.append(part.value)
        elif isinstance(part, Either):
            waiting.extend(part.members)
        elif isinstance(part, Record):
            waiting.extend(field.shape for _, field in part.fields)
    return parts > most


def without_null(shape: Shape) -> Shape:
    """Return the shape without None; `Any` where nothing else is left."""
    if isinstance(shape, Either):
        return either(member for member in shape.members if member != NONE)
    return ANY if shape == NONE else shape


def is_nullable(shape: Shape) -> bool:
    """Return whether None is one of its values for sure."""
    return shape == NONE or (isinstance(shape, Either) and NONE in shape.members)


def without_leaves(shape: Shape, paths: Sequence[Sequence[object]], catalogue: Catalogue) -> Shape:
    """Return an object shape without what the paths lead to; objects on the way need not be there.

    A step is a name, or anything else for the elements of a list. Where nothing is left, the record has no fields.
    """
    resolved = catalogue.resolve(shape)
    if isinstance(resolved, Items):
        rests = [path[1:] for path in paths if not isinstance(path[0], str) and len(path) > 1]
        return Items(without_leaves(resolved.item, rests, catalogue), resolved.read_only) if rests else shape
    if not isinstance(resolved, Record):
        return shape
    fields: list[tuple[str, Field]] = []
    for name, field in resolved.fields:
        rests = [path[1:] for path in paths if path[0] == name]
        if not rests:
            fields.append((name, field))
        elif all(rests):
            fields.append((name, Field(without_leaves(field.shape, rests, catalogue), required=False)))
    return Record(f"{resolved.hint}Rest", tuple(fields))


def widened(shape: Shape, value: object, catalogue: Catalogue, hint: str) -> Shape:
    """Return the narrowest shape that has all of `shape`, and `value`."""
    resolved = catalogue.resolve(shape)
    if _has(resolved, value, catalogue):
        return shape
    if isinstance(resolved, Record) and isinstance(value, Mapping):
        fields: dict[str, Field] = {}
        for name, field in resolved.fields:
            if name in value:
                inner = widened(field.shape, value[name], catalogue, f"{hint}_{name}")
                fields[name] = Field(inner, field.required)
            else:
                fields[name] = Field(field.shape, required=False)
        for name, each in value.items():
            fields.setdefault(str(name), Field(shape_of_value(each), required=False))
        return Record(hint, tuple(fields.items()))
    return either([shape, shape_of_value(value)])


def _has(shape: Shape, value: object, catalogue: Catalogue) -> bool:
    shape = catalogue.resolve(shape)
    if isinstance(shape, Either):
        return any(_has(member, value, catalogue) for member in shape.members)
    if isinstance(shape, Choice):
        return any(type(value) is type(each) and value == each for each in shape.values)
    if isinstance(shape, Items):
        return isinstance(value, list) and all(_has(shape.item, each, catalogue) for each in value)
    if isinstance(shape, Table):
        return isinstance(value, Mapping) and all(_has(shape.value, each, catalogue) for each in value.values())
    if isinstance(shape, Record):
        fields = dict(shape.fields)
        return (
            isinstance(value, Mapping)
            and all(name in value for name, field in shape.fields if field.required)
            and all(name in fields and _has(fields[name].shape, each, catalogue) for name, each in value.items())
        )
    return shape in UNKNOWN or shape_of_value(value) == shape or (shape == Scalar("float") and type(value) is int)
