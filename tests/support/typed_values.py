"""Whether a value is of a shape, and specs of random schemas and mappings to ask it of."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from intertie.generators.types.shapes import (
    Catalogue,
    Choice,
    Either,
    Items,
    Record,
    Scalar,
    Shape,
    Table,
)
from support.spec_builder import endpoint, plan_of

_TYPES: Mapping[str, Any] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "Decimal": Decimal,
    "datetime": datetime,
    "bytes": bytes,
    "None": type(None),
    "Any": object,
}
_NAMES = (
    "id",
    "date",
    "class",
    "from",
    "X-Odd",
    "a.b",
    "list",
    "str",
    "__dunder",
    "items",
    "größe",
    "Decimal",
    "it's",
    "n",
)
_INBOUND = (
    None,
    "to_string",
    "to_integer",
    "to_decimal",
    "multiply(2)",
    "round(1)",
    "uppercase",
    "trim | length",
    "iso8601_to_datetime",
    "unix_to_datetime",
    "minor_units_to_decimal(EUR)",
    "default('none')",
    "null_if(1)",
    "is_null",
    "constant(3)",
    "enum({a: 1, b: two}, default=null)",
    "first",
    "count",
    "sort",
    "split(',')",
    "json_encode",
    "cel: value",
)


def fits(shape: Shape, value: object, catalogue: Catalogue) -> str:
    """Return why a value is not of a shape, with its place; nothing where it is."""
    shape = catalogue.resolve(shape)
    if isinstance(shape, Scalar):
        is_bool = isinstance(value, bool) and shape.name in ("int", "float")
        return "" if isinstance(value, _TYPES[shape.name]) and not is_bool else f" is {value!r}, not {shape.name}"
    if isinstance(shape, Choice):
        return "" if any(type(each) is type(value) and each == value for each in shape.values) else f" is {value!r}"
    if isinstance(shape, Either):
        reasons = [fits(member, value, catalogue) for member in shape.members]
        return "" if "" in reasons else " and ".join(reasons)
    if isinstance(shape, Items):
        if not isinstance(value, list):
            return f" is {value!r}, not a list"
        return next((f"[]{why}" for each in value if (why := fits(shape.item, each, catalogue))), "")
    if not isinstance(value, dict):
        return f" is {value!r}, not an object"
    if isinstance(shape, Table):
        return next((f".*{why}" for each in value.values() if (why := fits(shape.value, each, catalogue))), "")
    assert isinstance(shape, Record)
    for name, field in shape.fields:
        if name not in value:
            if field.required:
                return f".{name} is missing"
        elif why := fits(field.shape, value[name], catalogue):
            return f".{name}{why}"
    return ""


def random_schema(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """Return a schema that values can be made of."""
    kind = rng.choice(
        ["string", "integer", "number", "boolean", "enum", "null"] + ["object", "array", "any", "all"] * (depth < 3)
    )
    if kind == "object":
        names = rng.sample(_NAMES, rng.randint(0, 4))
        made: dict[str, Any] = {"type": "object", "properties": {n: random_schema(rng, depth + 1) for n in names}}
        made["required"] = [name for name in names if rng.random() < 0.6]
        if rng.random() < 0.3:
            made["additionalProperties"] = rng.choice([False, True, {"type": "integer"}])
        return made
    if kind == "array":
        return {"type": "array", "items": random_schema(rng, depth + 1), "maxItems": 3}
    if kind == "any":
        return {rng.choice(["anyOf", "oneOf"]): [random_schema(rng, depth + 1) for _ in range(rng.randint(1, 3))]}
    if kind == "all":
        return {"allOf": [random_object(rng, depth + 1) for _ in range(2)]}
    if kind == "enum":
        return {
            "enum": rng.sample(["a", "b", "it's", 'q"', "back\\slash", 1, 2, True, None, "x" * 70, "\u202e", 1.5], 3)
        }
    if kind == "string":
        return {
            "type": "string",
            **({"format": rng.choice(["date-time", "date", "uuid", "email"])} if rng.random() < 0.4 else {}),
        }
    return {"type": [kind, "null"] if rng.random() < 0.2 and kind != "null" else kind}


def random_object(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """Return a schema of objects."""
    names = rng.sample(_NAMES, rng.randint(1, 5))
    return {
        "type": "object",
        "properties": {name: random_schema(rng, depth + 1) for name in names},
        "required": [name for name in names if rng.random() < 0.6],
    }


def random_plan(seed: int) -> Any:
    """Return the plan of a random spec: three operations, with mappings and every kind of name."""
    rng = random.Random(seed)
    endpoints = []
    inbound: list[dict[str, Any]] = []
    outbound: list[dict[str, Any]] = []
    for number, name in enumerate(
        rng.sample(["Get Thing", "Close", "2 Fast", "Import", "Größe lesen", "Date", "Ünder_Score X"], 3)
    ):
        answer, body = random_object(rng), random_object(rng)
        names = rng.sample(_NAMES, 3)
        parameters = [
            {
                "name": each,
                "in": "query",
                "type": rng.choice(["string", "integer", "boolean"]),
                "required": rng.random() < 0.5,
            }
            for each in names
        ]
        endpoints.append(
            endpoint(
                name,
                f"/things/{number}",
                "POST",
                request={
                    "headers": [{"name": "X-Trace-Id", "required": rng.random() < 0.5}],
                    "parameters": parameters,
                    "body": {"content_type": "application/json", "schema": body, "required": rng.random() < 0.7},
                },
                response={"success": {"status": ["200"], "content_type": "application/json", "schema": answer}},
            )
        )
        if rng.random() < 0.6:
            for field in answer["properties"]:
                row: dict[str, Any] = {
                    "external_field": f'"{field}"',
                    "internal_field": rng.choice([f'"{field}"', "inner.one", "other", "rows[].x"]),
                    "transform": rng.choice(_INBOUND),
                    "endpoints": [name],
                }
                if rng.random() < 0.3:
                    row["default"] = rng.choice([1, "text", None])
                inbound.append({key: value for key, value in row.items() if value is not None or key == "default"})
        if rng.random() < 0.6:
            for field in body["properties"]:
                row = {
                    "internal_field": rng.choice(["a", "b.c", "d[].e"]),
                    "external_field": f'"{field}"',
                    "endpoints": [name],
                }
                outbound.append(row | ({"transform": "uppercase"} if rng.random() < 0.3 else {}))
    return plan_of(endpoints=tuple(endpoints), inbound=inbound, outbound=outbound)
