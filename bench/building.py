"""CPU per request built and per answer read, mapping, validation and JSON included; and how it grows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import ours
import yaml
from exchanged import ORDER
from measuring import Row, cpu_us

from intertie.runtime.http import Headers, Response
from intertie.runtime.mapping import parse_path, parse_transform
from intertie.runtime.mapping.mapper import Mapper
from intertie.runtime.plan import MappingRow, OperationPlan, ResultPlan, Targets
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import BodyPlan, HeaderPlan, ParameterPlan, ResponsePlan, RestWire
from intertie.runtime.wires.rest.requests.builder import RequestBuilder
from intertie.runtime.wires.rest.responses.reader import ResponseReader

TEXT = CompiledSchema({"type": "string"})
CHARGE = CompiledSchema(
    {
        "type": "object",
        "required": ["amount", "currency", "source"],
        "properties": {
            "amount": {"type": "integer", "minimum": 1},
            "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
            "source": {"type": "string"},
            "description": {"type": "string"},
            "capture": {"type": "boolean"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
)
ANSWER = ResponsePlan(StatusSet.of(["200"]), "application/json", "json")


def row(read: str, write: str, transform: str | None = None, default: object = None) -> MappingRow:
    compiled = parse_transform(transform) if transform else None
    return MappingRow(parse_path(read), parse_path(write), compiled, False, default, default is not None, "bench:1")


OUTBOUND = (
    row("amount", "amount", "decimal_to_minor_units(currency)"),
    row("currency", "currency", "lowercase", "EUR"),
    row("card_token", "source"),
    row("order_id", "metadata.order_id"),
)


def operation(method: str, path: str, **parts: object) -> OperationPlan:
    known: dict[str, object] = {
        "id": "op", "name": "Op", "description": None, "result": ResultPlan(), "targets": Targets(), "outbound": (), "inbound": (),
        "idempotency_header": None, "replay_safe": True, "is_read": True, "pagination": None, "streaming": None,
        "stages": (), "worst_case_s": 1.0, "max_attempts": 1, "cost_per_call": None, "source": "bench:1",
    }  # fmt: skip
    wire: dict[str, object] = {"headers": (), "parameters": (), "body": None, "response": ANSWER}
    wire |= {name: parts.pop(name) for name in tuple(parts) if name in wire}
    known["wire"] = RestWire(method, path, **wire)  # type: ignore[arg-type]
    return OperationPlan(**(known | parts))  # type: ignore[arg-type]


def _uuid() -> str:
    return "9b2f0f3e-5a0c-4b5e-9d53-0b7f2f6d2a11"


def _now() -> datetime:
    return datetime.now(UTC)


def _built(name: str, builder: RequestBuilder, given: dict[str, object], count: int = 20_000) -> Row:
    def build(times: int) -> None:
        for _ in range(times):
            builder.build(given, idempotency_key="k", new_uuid=_uuid, now=_now, environ=str)

    return Row(name, cpu_us(build, count), "µs/request")


HEADERS = (HeaderPlan("Idempotency-Key", "{uuid}", required=True, is_idempotency_key=True),)
PATH = (ParameterPlan("charge_id", "path", True, "simple", False, TEXT),)


def measure() -> Iterator[Row]:
    get = operation("GET", "/v1/charges/{charge_id}", parameters=PATH)
    yield _built("GET, one path parameter", RequestBuilder(get, None, ""), {"charge_id": "ch_3OqM2x"})
    fields = {
        "amount": 1250,
        "currency": "eur",
        "source": "tok",
        "description": "x",
        "capture": True,
        "metadata": {"a": "b"},
    }
    plain = operation("POST", "/v1/charges", body=BodyPlan("application/json", "json", CHARGE, True))
    yield _built("POST, JSON, 6 fields by name", RequestBuilder(plain, None, ""), fields)
    internal = {
        "amount": "12.50",
        "currency": "EUR",
        "card_token": "tok",
        "order_id": "o-1",
        "description": "x",
        "capture": True,
    }
    mapped = operation(
        "POST", "/v1/charges", body=BodyPlan("application/json", "json", CHARGE, True), outbound=OUTBOUND
    )
    yield _built("POST, JSON, 6 fields, 4 rows, money", RequestBuilder(mapped, None, ""), internal)
    form = operation(
        "POST", "/v1/charges", headers=HEADERS, outbound=OUTBOUND,
        body=BodyPlan("application/x-www-form-urlencoded", "form", CHARGE, True),
    )  # fmt: skip
    yield _built("POST, form, 6 fields, 4 rows, idempotency key", RequestBuilder(form, None, ""), internal)
    yield from _bodies()
    yield from _rows()


def _order_schema() -> dict[str, object]:
    """The request schema of the operation that the `calls` part calls."""
    block = ours.SPEC.split("### Create Order\n```yaml\n")[1].split("```")[0]
    schema: dict[str, object] = yaml.safe_load(block)["request"]["body"]["schema"]
    return schema


def _bodies() -> Iterator[Row]:
    """Requests and answers of orders with more and more items: what a further kilobyte costs."""
    schema = CompiledSchema(_order_schema())
    post = operation("POST", "/orders", headers=HEADERS, body=BodyPlan("application/json", "json", schema, True))
    builder, reader = RequestBuilder(post, None, ""), ResponseReader(post, ErrorMappingOptions())
    for kind in ("written", "read"):
        first: tuple[float, int] | None = None
        for times in (1, 20, 82):
            order = {**ORDER, "items": ORDER["items"] * times}
            written = msgspec.json.encode(order)
            count = 20_000 // times
            if kind == "written":
                taken_us = _built("", builder, order, count).value
            else:
                answer = Response(200, Headers.of([("content-type", "application/json")]), written)
                taken_us = cpu_us(lambda n, a=answer: [schema.is_valid(reader.decode(a)) for _ in range(n)], count)
            per_kb = ""
            if first is not None:
                per_kb = f"{(taken_us - first[0]) / (len(written) - first[1]) * 1000:.2f} µs for each further KB"
            first = first or (taken_us, len(written))
            yield Row(f"JSON of {len(written) / 1000:.1f} KB {kind}, validated", taken_us, "µs", None, per_kb)


def _rows() -> Iterator[Row]:
    """Mappings of more and more rows, a third of them with a transform and a third nested."""
    first: tuple[float, int] | None = None
    for number in (10, 50, 200):
        rows = tuple(_one_of_many(index) for index in range(number))
        source = {f"ours_{index}": f"text {index}" for index in range(number)}
        mapper = Mapper(rows)
        taken_us = cpu_us(lambda n, m=mapper, s=source: [m.map(s) for _ in range(n)], 40_000 // number)
        per_row = f"{(taken_us - first[0]) / (number - first[1]):.2f} µs for each further row" if first else ""
        first = first or (taken_us, number)
        yield Row(f"{number} mapping rows", taken_us, "µs", None, per_row)


def _one_of_many(index: int) -> MappingRow:
    if index % 3 == 0:
        return row(f"ours_{index}", f"theirs_{index}", "uppercase")
    return row(f"ours_{index}", f"deep.part_{index % 7}.theirs_{index}" if index % 3 == 1 else f"theirs_{index}")
