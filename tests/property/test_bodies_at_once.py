"""A body that is told plain and valid at once is written exactly as one that is looked at closely."""

from __future__ import annotations

import enum
import inspect
import sys
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intertie.core.errors import InvalidInput
from intertie.core.secret import Secret
from intertie.runtime.bounds import DEEPEST
from intertie.runtime.inputs.at_once import AtOnce
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.runtime.wires.rest.requests.bodies import BodyWriter

NAMES = ("a", "b", "c", "d")


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Float(float):
    pass


class Shown(dict[str, Any]):
    """Its members are others than those it holds."""

    def items(self) -> Any:
        return {name: f"shown {value}" for name, value in super().items()}.items()

    def __iter__(self) -> Any:
        return iter(("shown",))


class Longer(list[Any]):
    """Its elements are others than those it holds."""

    def __iter__(self) -> Any:
        return iter([*super().__iter__(), "more"])


class Colour(enum.Enum):
    RED = "red"
    ONE = 1
    NOT = float("nan")
    SET = frozenset({1})
    OBJECT = MappingProxyType({"a": 1})
    EXACT = Decimal("1.50")


class Kind(str, enum.Enum):  # noqa: UP042  # as many applications have them
    A = "a"


class Level(enum.IntEnum):
    LOW = 1


@dataclass
class Record:
    a: int = 1


class Fields(msgspec.Struct):
    a: int = 1


Pair = namedtuple("Pair", "a b")  # noqa: PYI024


def deep(levels: int, *, lists: bool = False) -> object:
    made: object = 1
    for _ in range(levels):
        made = [made] if lists else {"a": made}
    return made


def circle() -> dict[str, object]:
    made: dict[str, object] = {}
    made["a"] = made
    return made


ODD = (
    float("nan"), float("inf"), -float("inf"), b"bytes", bytearray(b"b"), {1}, frozenset({"a"}), (1, 2), Pair(1, "b"),
    Text("text"), Number(7), Float(1.5), Float("nan"), Shown(a=1), Longer([1]), OrderedDict(a=1),
    MappingProxyType({"a": 1}), *Colour, Kind.A, Level.LOW, Record(), Fields(), Decimal("1.10"), Decimal("NaN"),
    Decimal("1E+3"), datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24), time(9), timedelta(1), UUID(int=7),
    Secret("s3cret"), object(), 10**400, -(2**63) - 1, 2**64, "\ud800", "\0", {"\ud800": 1}, {1: 2}, {None: 1},
    {True: 1}, {(1,): 1}, {Text("a"): 1}, {Kind.A: 1}, {Colour.RED: 1}, {b"a": 1}, {1.5: 1}, {"a": {1: 2}},
    msgspec.Raw(b"{}"), msgspec.UNSET, range(2), 1j, deep(DEEPEST - 2), deep(DEEPEST - 1), deep(DEEPEST), deep(DEEPEST + 1),
    deep(DEEPEST + 60), deep(DEEPEST - 1, lists=True), deep(DEEPEST, lists=True), deep(3000), circle(), [Shown(a=1)],
    {"a": Shown(a=1)}, {"a": Longer([1])}, [Longer([1])], [[Shown()]],
)  # fmt: skip


class Given:
    """A body that says little of itself: some can't be printed."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        try:
            return ascii(self.value)[:400]
        except (RecursionError, KeyError, ValueError):
            return f"Given({type(self.value).__name__})"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=3),
    max_leaves=12,
)
VALUES = st.recursive(
    PLAIN | st.integers(0, len(ODD) - 1).map(lambda index: ODD[index]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=3),
    max_leaves=12,
)
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "null", "object", "array", ["object", "null"], ["array", "string"]]
)
LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [
        True, False, {}, {"enum": ["a", 1, None]}, {"const": "red"}, {"minimum": 0}, {"minLength": 1},
        {"type": "string", "format": "date-time"}, {"enum": [{"a": 1}]}, {"$ref": "#/$defs/tree"},
        {"$ref": "#/$defs/alias", "description": "x"}, {"$ref": "#/$defs/missing"}, {"$ref": "#"},
        {"type": "string", "x-note": {"type": "never"}},
    ]
) | st.builds(lambda kind: {"type": kind}, TYPES)  # fmt: skip


def _containers(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(st.sampled_from(NAMES), below, max_size=3)
    objects = st.fixed_dictionaries(
        {"properties": members},
        optional={
            "type": st.sampled_from(["object", ["object", "null"], ["object", "string"]]),
            "additionalProperties": below | st.booleans(),
            "required": st.lists(st.sampled_from(NAMES), max_size=1),
        },
    )
    arrays = st.fixed_dictionaries({"items": below}, optional={"type": st.just("array"), "maxItems": st.integers(0, 3)})
    branches = st.builds(
        lambda word, parts: {word: parts},
        st.sampled_from(["anyOf", "oneOf", "allOf"]),
        st.lists(below, min_size=1, max_size=2),
    )
    refusing = st.builds(lambda part: {"not": part}, below)
    rest = st.builds(lambda part: {"unevaluatedProperties": False, "properties": {"a": part}}, below)
    return objects | arrays | branches | refusing | rest


SCHEMAS = st.recursive(LEAVES, _containers, max_leaves=6)
DEFINITIONS = {
    "tree": {"type": "object", "properties": {"a": {"$ref": "#/$defs/tree"}, "b": {"type": "string"}}},
    "alias": {"$ref": "#/$defs/knot"},
    "knot": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/alias"}]}},
}


def outcome(writer: BodyWriter, body: Any, *, raw: bool) -> object:
    """What is written, or the refusal in words."""
    try:
        return (writer.raw(body) if raw else writer.members(body, {}, str, None)).payload
    except InvalidInput as refused:
        return str(refused), refused.field, refused.rule


def writers(schema: Any) -> tuple[BodyWriter, BodyWriter]:
    """One that may tell at once, and one that always looks closely."""
    whole = {**schema, "$defs": DEFINITIONS} if isinstance(schema, dict) else schema
    plan = BodyPlan("application/json", "json", CompiledSchema(whole), required=True)
    quick, close = BodyWriter(plan, "op"), BodyWriter(plan, "op")
    close._at_once = None
    return quick, close


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, st.builds(Given, st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4)))
@example({"properties": {"a": {"type": "object"}}}, Given({"a": Shown(b=1)}))
@example({"additionalProperties": {"type": "array", "items": {"type": "object"}}}, Given({"a": [Shown(b=1)]}))
@example({"properties": {"a": {"$ref": "#/$defs/tree"}}}, Given({"a": {"a": {"a": Shown(b="x")}}}))
@example({"properties": {"a": {"$ref": "#/$defs/tree"}}}, Given({"a": deep(DEEPEST - 2)}))
@example({"properties": {"a": {"$ref": "#/$defs/tree"}}}, Given({"a": deep(DEEPEST)}))
@example({"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, Given({"a": {"b": 1}}))
@example({"not": {"properties": {"a": {}}}}, Given({"a": {"b": 1}}))
def test_members_are_written_or_refused_alike(schema: Any, body: Given) -> None:
    """Any schema, any members: the same bytes, or the same words about the same field."""
    try:
        CompiledSchema({**schema, "$defs": DEFINITIONS} if isinstance(schema, dict) else schema).compile()
    except ValueError:
        return  # no schema: nothing would have compiled it
    quick, close = writers(schema)
    assert outcome(quick, body.value, raw=False) == outcome(close, body.value, raw=False)


@settings(max_examples=200, deadline=None)
@given(SCHEMAS, st.builds(Given, VALUES))
@example({"type": "array", "items": {"type": "object"}}, Given(Longer([{}])))
@example(True, Given({Text("a"): 1}))
@example({"type": "object", "additionalProperties": True}, Given({"a": {Kind.A: 1}, Text("b"): {Text("c"): 1}}))
def test_a_whole_body_is_written_or_refused_alike(schema: Any, body: Given) -> None:
    """A body that is one input field: a list, a scalar, anything."""
    try:
        CompiledSchema({**schema, "$defs": DEFINITIONS} if isinstance(schema, dict) else schema).compile()
    except ValueError:
        return
    quick, close = writers(schema)
    assert outcome(quick, body.value, raw=True) == outcome(close, body.value, raw=True)


ORDER = {
    "type": "object",
    "properties": {
        "customer": {"$ref": "#/$defs/customer"},
        "items": {"type": "array", "items": {"type": "object", "properties": {"tags": {"type": "array"}}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "note": {"type": ["string", "null"]},
    },
    "$defs": {"customer": {"type": "object", "properties": {"name": {"type": "string"}}}},
}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer": {"name": "Ada", "age": 36}, "items": [{"tags": ["a", 1]}, {"sku": "x"}], "note": None},
        {"labels": {"a": "b"}, "other": 1.5},
    ],
)
def test_what_a_schema_describes_is_told_at_once(body: dict[str, object]) -> None:
    """Usual bodies take the quick way."""
    assert AtOnce(CompiledSchema(ORDER)).passes(body)


@pytest.mark.parametrize(
    "body",
    [
        {"other": {"a": 1}},
        {"items": [{"other": [1]}]},
        {"note": float("nan")},
        {"customer": {"age": float("inf")}},
        {"labels": Shown(a="b")},
        {"items": ({"tags": []},)},
        {"items": [{"tags": [b"x"]}]},
    ],
)
def test_what_it_leaves_open_is_looked_at(body: dict[str, object]) -> None:
    """Containers in open places, what is no JSON, and subclasses."""
    assert not AtOnce(CompiledSchema(ORDER)).passes(body)


def test_where_the_stack_is_too_short_for_a_stricter_schema_bodies_are_looked_at_closely() -> None:
    """A deep schema, and a caller deep in the stack: the body is written all the same."""
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(110):
        schema = {"type": "object", "properties": {"a": schema}}
    quick, _ = writers(schema)

    def called(frames: int) -> object:
        return called(frames - 1) if frames else outcome(quick, {"a": {"a": {"b": Text("c")}}}, raw=False)

    assert called(sys.getrecursionlimit() - len(inspect.stack()) - 100) == b'{"a":{"a":{"b":"c"}}}'
