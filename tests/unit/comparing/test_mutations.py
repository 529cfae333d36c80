"""No field of a plan is forgotten: whichever one differs, it is told."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from intertie.comparing import Side, compare
from intertie.comparing.leftovers import NOT_COMPARED
from intertie.core.money import Money
from intertie.runtime.mapping import parse_path, parse_transform
from intertie.runtime.plan import MappingRow, PaginationPlan, Plan, ProxyOptions
from intertie.runtime.policies.bulkhead.options import BulkheadOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import BodyPlan, ErrorAnswerPlan, HeaderPlan, ParameterPlan
from support.compared import RICH, SHARE, side

Steps = tuple[str | int, ...]
_WHOLE = (StatusSet,)


@cache
def bases() -> tuple[Side, ...]:
    """Return two versions that between them have every field."""
    folder = Path(__file__).parent
    return side(RICH, folder), side(SHARE, folder)


_ITEMS = {
    "HeaderPlan": HeaderPlan("X-Made", None, required=True),
    "ParameterPlan": ParameterPlan("made", "query", True, "form", True, CompiledSchema({"type": "string"})),
    "ErrorAnswerPlan": ErrorAnswerPlan("418", "made", None, None),
    "MappingRow": MappingRow(parse_path("made"), parse_path("made"), None, True, None, False, ""),
    "date": ("made", date(2030, 1, 1)),
}
"""What is put into an empty list, by the type of what it holds."""


def leaves(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """Yield where every value of a plan is, by field, key and position."""
    if isinstance(value, Struct) and not isinstance(value, _WHOLE):
        for name in value.__struct_fields__:
            yield from leaves(getattr(value, name), (*steps, name))
    elif isinstance(value, Mapping) and steps == ("operations",):
        for key, item in value.items():
            yield from leaves(item, (*steps, key))
    elif isinstance(value, tuple) and value and all(isinstance(item, Struct) for item in value):
        yield steps
        for index, item in enumerate(value):
            yield from leaves(item, (*steps, index))
    else:
        yield steps


def field(steps: Steps) -> str:
    """Return the field's name as rules say it: without positions and operation ids."""
    names = [step for step in steps if isinstance(step, str)]
    if names[0] == "operations":
        del names[1]
    return ".".join(names)


def is_compared(steps: Steps) -> bool:
    name = field(steps)
    return not any(name == each or name.startswith(f"{each}.") for each in NOT_COMPARED)


def mutate(value: Any, steps: Steps, rng: random.Random, hint: Any = None) -> Any:
    """Return the value with another one at the place that steps lead to."""
    if not steps:
        return other(value, rng, hint)
    step, *rest = steps
    if isinstance(value, Struct):
        hints = get_type_hints(type(value))
        return replace(value, **{str(step): mutate(getattr(value, str(step)), tuple(rest), rng, hints[str(step)])})
    if isinstance(value, Mapping):
        return {**value, step: mutate(value[step], tuple(rest), rng)}
    changed = list(value)
    changed[step] = mutate(value[step], tuple(rest), rng)
    return tuple(changed)


def other(value: Any, rng: random.Random, hint: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + rng.randint(1, 5)
        case float():
            return value * rng.choice((0.3, 3)) + 1
        case Decimal():
            return value + 1
        case "http" | "https":
            return {"http": "https", "https": "http"}[value]
        case str():
            return value + rng.choice(("x", "1", "_"))
        case date():
            return value + timedelta(days=rng.randint(1, 900))
        case Money():
            return Money(value.amount + 1, value.currency)
        case StatusSet():
            return StatusSet.of((*value.written, "418")) if 418 not in value.codes else StatusSet()
        case CompiledSchema():
            return CompiledSchema({**dict(value.json), "minProperties": 3} if isinstance(value.json, dict) else {})
        case tuple() if value and isinstance(value[0], Struct):
            return value[:-1]
        case tuple() if value and isinstance(value[0], tuple):
            return value[:-1]
        case tuple():
            return (*value, next((item for name, item in _ITEMS.items() if name in str(hint)), "extra"))
        case Mapping():
            return {**value, "bulkhead": BulkheadOptions(3)} if "Struct" in str(hint) else {**value, "extra": 1}
        case None:
            return made(hint, rng)
        case _ if hasattr(value, "read"):
            return parse_path(f"{value.text}.more")
        case _ if hasattr(value, "apply"):
            return None
    raise AssertionError(type(value))


def made(hint: Any, rng: random.Random) -> Any:
    """Return a value for a field that has none."""
    kinds = [part.strip().rpartition(".")[2].strip("<>' ") for part in str(hint).removeprefix("<class ").split("|")]
    for kind, value in (
        ("float", 9.0),
        ("int", 9),
        ("str", "made"),
        ("Decimal", Decimal(9)),
        ("Money", Money(Decimal(9), "EUR")),
    ):
        if kind in kinds:
            return value
    if "PaginationPlan" in kinds:
        return PaginationPlan("link", {})
    if "ProxyOptions" in kinds:
        return ProxyOptions("proxy.example", 3128)
    if "BodyPlan" in kinds:
        return BodyPlan("application/json", "json", None, required=True)
    if "Transform" in kinds:
        return parse_transform("trim")
    if "CompiledSchema" in kinds:
        return CompiledSchema({"type": "object", "required": ["odd"]})
    if kinds == ["object"]:
        return {"made": rng.random()}
    raise AssertionError(hint)


def test_every_field_of_a_plan_is_told():
    """Each value of a plan, changed by itself, is told as at least one change (of one of two plans, where a field
    holds in one of them only)."""
    rng = random.Random(7)
    silent: dict[str, bool] = {}
    for base in bases():
        for steps in leaves(base.plan):
            if not is_compared(steps):
                continue
            changed = Side(base.spec, mutate(base.plan, steps, rng, get_type_hints(Plan).get(str(steps[0]))))
            told = compare(base, changed).changes
            silent[field(steps)] = silent.get(field(steps), True) and not told
    assert len(silent) > 120
    assert [name for name, is_silent in silent.items() if is_silent] == []


def test_every_part_that_may_be_absent_is_told():
    """A limiter, breaker, price, version or fallback that is there in one version alone is told."""
    for base in bases():
        for name in ("limits", "breaker", "pricing", "version", "fallback"):
            assert compare(base, Side(base.spec, replace(base.plan, **{name: None}))).changes
            assert compare(Side(base.spec, replace(base.plan, **{name: None})), base).changes


@given(which=st.booleans(), picks=st.lists(st.integers(0, 10_000), min_size=1, max_size=3), seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=60)
def test_any_few_fields_are_told_and_mirrored(which, picks, seed):
    """Any few fields, changed to any values, are told; looked at from the other side, what was old is new."""
    base = bases()[which]
    # A default that is not used, and the other way of judging a breaker, are no difference.
    known = [steps for steps in leaves(base.plan) if is_compared(steps) and not {"breaker", "default"} & {*steps}]
    rng, plan = random.Random(seed), base.plan
    for steps in {known[pick % len(known)]: None for pick in picks}:
        try:
            plan = mutate(plan, steps, rng, get_type_hints(Plan).get(str(steps[0])))
        except (IndexError, KeyError):
            continue  # an earlier one took it away
    there, back = compare(base, Side(base.spec, plan)), compare(Side(base.spec, plan), base)
    assert there.changes
    assert mirrored(there.changes) == {(kind, new, old) for kind, old, new in mirrored(back.changes)}


def mirrored(changes):
    """Return what differs, without which of the two is the newer."""
    return {(change.kind.removesuffix("-added").removesuffix("-removed"), change.old, change.new) for change in changes}


def test_a_plan_is_like_itself():
    """Nothing differs between a version and itself."""
    for base in bases():
        assert compare(base, base).changes == ()
