"""Plans as bytes: operations are read when they are asked for, and what is no plan is told so."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

import intertie
from intertie.compiler import Settings, compile_spec
from intertie.runtime.kept import BrokenPlan, Unkeepable, read_plan, write_plan
from intertie.runtime.kept.form import WIRES, KeptOperation, KeptPlan
from intertie.runtime.mapping.paths import NamePath
from intertie.runtime.mapping.registered import register_transform, unregister_transform
from intertie.runtime.outlines import Outline, outlines
from intertie.runtime.plan import Plan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.registry import _PROTOCOLS
from intertie.spec.loading import load
from support.plan_data import data_of
from support.tiny_protocol.plan import TinyWire

PAYMENTS = Path(__file__).parents[3] / "data" / "specs" / "payments.md"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan with mappings, transforms, schemas, prices and a fallback."""
    made = compile_spec(load(PAYMENTS).spec, settings=Settings(PAYMENTS.parent)).plan
    assert made is not None
    return made


def never() -> Plan:
    """Nothing that is whole is made anew."""
    raise AssertionError


def with_operation(plan: Plan, **changes: object) -> Plan:
    """Return the plan with its first operation changed."""
    name = next(iter(plan.operations))
    changed = replace(plan.operations[name], **changes)
    return replace(plan, operations=MappingProxyType({**plan.operations, name: changed}))


def with_example(plan: Plan, example: object) -> Plan:
    """Return the plan with something in a field that may hold anything."""
    first = next(iter(plan.operations.values()))
    return with_operation(plan, result=replace(first.result, example=example))


def test_an_operation_is_read_when_it_is_asked_for(plan):
    """Which there are is known at once; each is read once, and stays."""
    back = read_plan(write_plan(plan), never).operations
    assert list(back) == list(plan.operations)
    assert len(back) == len(plan.operations)
    assert "create_charge" in back
    assert "nothing" not in back
    assert back._read == {}
    first = back["create_charge"]
    assert back["create_charge"] is first
    assert list(back._read) == ["create_charge"]
    assert back.get("nothing") is None


def test_a_look_at_all_operations_reads_none(plan):
    """Guards of their own and patterns of headers are asked of all of them at each opening."""
    back = read_plan(write_plan(plan), never)
    assert list(outlines(back)) == list(outlines(plan))
    assert {name: Outline.of(each) for name, each in plan.operations.items()} == dict(outlines(plan))
    assert back.operations._read == {}


def test_what_operations_share_they_share_again(plan):
    """A schema that many operations name is compiled once, and a row's path is one object."""
    first, second = list(plan.operations.values())[:2]
    schema, row = CompiledSchema({"type": "object"}, "Shared"), first.outbound[0]
    shared = {
        each.id: replace(each, result=replace(each.result, schema=schema), outbound=(row,)) for each in (first, second)
    }
    back = read_plan(write_plan(replace(plan, operations=MappingProxyType(shared))), never).operations
    one, other = back[first.id], back[second.id]
    assert one.result.schema is other.result.schema
    assert one.outbound[0] is other.outbound[0]
    assert one.stages[0] is other.stages[0]


def test_definitions_that_schemas_share_are_written_once(plan):
    """In a large API every operation's schema has hundreds of the same definitions."""
    part = {"type": "string", "description": "x" * 5_000}
    names = list(plan.operations)
    operations = {
        name: replace(
            plan.operations[name],
            result=replace(
                plan.operations[name].result, schema=CompiledSchema({"$ref": "#/$defs/A", "$defs": {"A": part}})
            ),
        )
        for name in names
    }
    written = write_plan(replace(plan, operations=MappingProxyType(operations)))
    assert written.count(b"x" * 5_000) == 1
    back = read_plan(written, never).operations
    first, second = (back[name].result.schema.json["$defs"]["A"] for name in names[:2])
    assert first is second
    assert first == part


def test_a_name_that_reads_like_a_path_stays_a_name(plan):
    """A parameter's name is one name, whatever dots and brackets it has."""
    first = next(iter(plan.operations.values()))
    row = replace(first.outbound[0], write=NamePath("filter[a.b]", "filter[a.b]"))
    back = read_plan(write_plan(with_operation(plan, outbound=(row,))), never)
    write = back.operations[first.id].outbound[0].write
    assert isinstance(write, NamePath)
    assert write.name == "filter[a.b]"


def test_every_protocol_of_ours_is_kept():
    """A new one has its line in the form, too."""
    assert set(WIRES) == set(_PROTOCOLS)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1.5"), "Decimal"),
        (("a", "tuple"), "tuple"),
        ({"a": [{1: "a key"}]}, "int"),
        ({"a": 2**64}, "64 bits"),
        (-(2**63) - 1, "64 bits"),
        ({"a": {1, 2}}, "set"),
        ("half a character: \ud800", "UnicodeEncodeError"),
    ],
)
def test_what_would_come_back_as_something_else_is_not_kept(plan, value, said):
    """Silently, a decimal would be a text, and a tuple a list."""
    with pytest.raises(Unkeepable, match=said):
        write_plan(with_example(plan, value))


def test_data_nested_too_deep_is_not_kept(plan):
    """Whatever depth an encoder has, a spec can say one more."""
    deep: object = None
    for _ in range(20_000):
        deep = [deep]
    with pytest.raises(Unkeepable):
        write_plan(with_example(plan, deep))


class OtherOptions(Struct, frozen=True):
    """Options of a guard of somebody else's."""

    most: int = 3


def test_what_others_have_added_is_not_kept(plan):
    """Nothing says when an application's protocol changes what it compiles to."""
    with pytest.raises(Unkeepable, match="tiny"):
        write_plan(with_operation(plan, wire=TinyWire("topic", None)))
    with pytest.raises(Unkeepable, match="other"):
        write_plan(replace(plan, guards={"other": OtherOptions()}))
    with pytest.raises(Unkeepable, match="bulkhead"):
        write_plan(with_operation(plan, guards={"bulkhead": OtherOptions()}))


def test_a_part_of_a_plan_is_none(plan):
    """Cut off anywhere, it is told."""
    written = write_plan(plan)
    for length in (*range(0, 2000, 7), *range(2000, len(written), 501), len(written) - 1):
        with pytest.raises(BrokenPlan):
            read_plan(written[:length], never)


class Trap:
    """What is unpickled runs what it says."""

    def __reduce__(self):
        return exec, ("import intertie; intertie.trapped = True",)


def test_nothing_in_it_is_run():
    """Neither a pickle nor a text of code is anything but other bytes."""
    for data in (
        pickle.dumps(Trap()),
        b"raise SystemExit",
        b"",
        msgspec.msgpack.encode(["__import__", "os"]),
        b"\x91" * 100_000,
    ):
        with pytest.raises(BrokenPlan):
            read_plan(data, never)
    assert not hasattr(intertie, "trapped")


def test_bytes_changed_at_random_are_another_plan_or_none(plan):
    """An operation that can't be read is made anew; no other error comes out, whatever stands there."""
    written = write_plan(plan)
    rng = random.Random(25)
    made_anew, unread = 0, 0
    for _ in range(1500):
        changed = bytearray(written)
        for _ in range(rng.choice((1, 1, 1, 4))):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        asked: list[int] = []

        def anew(asked: list[int] = asked) -> Plan:
            asked.append(1)
            return plan

        try:
            back = read_plan(bytes(changed), anew)
        except BrokenPlan:
            unread += 1
            continue
        for name, _ in outlines(back):
            if name in plan.operations:
                assert back.operations[name].id
        made_anew += bool(asked)
    assert made_anew > 50
    assert unread > 50


def test_a_broken_operation_is_made_anew(plan):
    """It is found out when it is asked for; the others are as they were."""
    kept = msgspec.msgpack.decode(write_plan(plan), type=KeptPlan)
    parts = {**kept.operations, "create_charge": msgspec.Raw(msgspec.msgpack.encode(["nothing", 1]))}
    back = read_plan(msgspec.msgpack.encode(replace(kept, operations=parts)), lambda: plan)
    assert back.operations["create_charge"] is plan.operations["create_charge"]
    assert dict(outlines(back)) == dict(outlines(plan))
    assert data_of(back) == data_of(plan)


@pytest.mark.parametrize("place", [-1, 10_000])
def test_a_place_that_is_not_in_the_list_leads_to_no_other_part(plan, place):
    """Counted from the end, it would be somebody else's stage."""
    kept = msgspec.msgpack.decode(write_plan(plan), type=KeptPlan)
    part = msgspec.msgpack.decode(kept.operations["create_charge"], type=KeptOperation)
    changed = msgspec.msgpack.encode(replace(part, stages=(place,)))
    parts = {**kept.operations, "create_charge": msgspec.Raw(changed)}
    back = read_plan(msgspec.msgpack.encode(replace(kept, operations=parts)), lambda: plan)
    assert back.operations["create_charge"] is plan.operations["create_charge"]


def test_what_the_application_means_is_decided_at_the_opening(plan):
    """A transform that is unregistered later is still the one that the plan has."""
    register_transform("shout", lambda value: f"{value}!")
    try:
        from intertie.runtime.mapping import parse_transform

        first = next(iter(plan.operations.values()))
        row = replace(first.outbound[0], transform=parse_transform("shout"))
        back = read_plan(write_plan(with_operation(plan, outbound=(row,))), never)
    finally:
        unregister_transform("shout")
    assert back.operations[first.id].outbound[0].transform.apply("a", {}) == "a!"


def test_threads_that_ask_at_once_get_one_operation(plan):
    """Whoever reads it first, it is one object for all."""
    back = read_plan(write_plan(plan), never).operations
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: back["create_charge"], range(64)))
    assert all(each is found[0] for each in found)
