"""Mapping paths through shapes: what one finds, and the object that several write."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from intertie.generators.types.names import pascal
from intertie.generators.types.shapes import (
    ANY,
    NONE,
    UNKNOWN,
    Catalogue,
    Either,
    Field,
    Items,
    Named,
    Record,
    Shape,
    Table,
    either,
)
from intertie.runtime.mapping.contracts import FieldPath
from intertie.runtime.mapping.paths import EACH, Step


class Found(Struct, frozen=True):
    """What a path finds.

    Attributes:
        shape: Of one element where `depth` is not 0.
        present: It is always there.
        depth: How many lists deep it is.
        whole: Each element of the lists has it.
    """

    shape: Shape
    present: bool
    depth: int = 0
    whole: bool = True


NOT_KNOWN = Found(ANY, present=False)


def steps_of(path: FieldPath) -> tuple[Step, ...] | None:
    """Return the steps of a path, None of a query."""
    steps: tuple[Step, ...] = getattr(path, "steps", ())
    return steps if steps or path.text.strip() == "$" else None


def find(shape: Shape, steps: Sequence[Step], catalogue: Catalogue) -> Found:
    """Return what the steps find in data of a shape; of a union, in any of its members."""
    present, depth, whole = True, 0, True
    for step in steps:
        members = catalogue.members(shape)
        always, found = NONE not in members, []
        for member in members:
            if member == NONE:
                continue
            field = _child(member, step)
            if field is None:
                return NOT_KNOWN
            found.append(field.shape)
            always = always and field.required
        shape = either(found)
        if shape in UNKNOWN:
            return NOT_KNOWN
        if depth:
            whole = whole and always
        else:
            present = present and always
        depth += step is EACH
    return Found(shape, present, depth, whole)


def _child(shape: Shape, step: Step) -> Field | None:
    """Return what one step finds, None where it can't be told."""
    if isinstance(step, str):
        if isinstance(shape, Record):
            return shape.field(step)
        return Field(shape.value, required=False) if isinstance(shape, Table) else None
    return Field(shape.item, required=step is EACH) if isinstance(shape, Items) else None


def nested(shape: Shape, depth: int, *, read_only: bool = False) -> Shape:
    """Return a list of lists, `depth` deep."""
    for _ in range(depth):
        shape = Items(shape, read_only)
    return shape


class Tree:
    """The object that paths write: a record, with records and lists of records in it."""

    def __init__(self, *, read_only: bool = False, unknown: Shape = ANY) -> None:
        self._read_only = read_only
        self._unknown = unknown
        self._leaves: dict[str, Field] = {}
        self._trees: dict[str, Tree] = {}
        self._lists: dict[str, bool] = {}
        """Names of those trees that are elements of a list -> whether the list is always there."""
        self._order: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._order

    def put(self, steps: Sequence[Step], found: Found) -> None:
        """Write through a path. The second that writes one place widens it; what can't be told is unknown."""
        name, rest = steps[0], steps[1:]
        if not isinstance(name, str):
            return
        self._order.setdefault(name)
        if not rest:
            shape = found.shape if found.whole or not found.depth else either([found.shape, NONE])
            self._leaf(name, nested(shape, found.depth, read_only=self._read_only), required=found.present)
        elif isinstance(rest[0], str):
            self._tree(name).put(rest, found)
        elif rest[0] is EACH and len(rest) > 1 and isinstance(rest[1], str):
            self._lists[name] = self._lists.get(name, False) or found.present
            self._tree(name).put(rest[1:], self._element(found))
        elif rest[0] is EACH and len(rest) == 1:
            depth = max(found.depth, 1)
            shape = found.shape if found.whole else either([found.shape, NONE])
            self._leaf(name, nested(shape, depth, read_only=self._read_only), required=found.present)
        else:
            self._leaf(name, self._unknown, required=False)

    def _element(self, found: Found) -> Found:
        """Return what goes into each element of a list that is written through `[]`."""
        if found.depth:
            return Found(found.shape, present=found.whole, depth=found.depth - 1)
        members = found.shape.members if isinstance(found.shape, Either) else (found.shape,)
        if any(isinstance(member, Items | Named) for member in members):
            return Found(self._unknown, present=False)  # a list is written element by element, another value into each
        return Found(found.shape, present=False)

    def _tree(self, name: str) -> Tree:
        return self._trees.setdefault(name, Tree(read_only=self._read_only, unknown=self._unknown))

    def _leaf(self, name: str, shape: Shape, *, required: bool) -> None:
        before = self._leaves.get(name)
        if before is not None:
            shape, required = either([before.shape, shape]), required or before.required
        self._leaves[name] = Field(shape, required)

    def fields(self, hint: str) -> dict[str, Field]:
        """Return the fields; objects in them are named after `hint`."""
        made: dict[str, Field] = {}
        for name in self._order:
            tree, leaf = self._trees.get(name), self._leaves.get(name)
            if tree is None:
                if leaf is not None:
                    made[name] = leaf
                continue
            inner = Record(hint + pascal(name), tuple(tree.fields(hint + pascal(name)).items()))
            required = any(field.required for _, field in inner.fields)
            shape: Shape = inner
            if name in self._lists:
                shape, required = Items(inner, self._read_only), self._lists[name]
            if leaf is not None:
                shape, required = self._unknown, required or leaf.required
            made[name] = Field(shape, required)
        return made
