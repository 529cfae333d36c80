"""CPU per request built: mapping, validation and encoding included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from measuring import Row, cpu_us

from intertie.runtime.mapping import parse_path, parse_transform
from intertie.runtime.plan import MappingRow, OperationPlan, ResultPlan, Targets
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import BodyPlan, HeaderPlan, ParameterPlan, ResponsePlan, RestWire
from intertie.runtime.wires.rest.requests.builder import RequestBuilder

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


def _built(name: str, builder: RequestBuilder, given: dict[str, object]) -> Row:
    def build(count: int) -> None:
        for _ in range(count):
            builder.build(given, idempotency_key="k", new_uuid=_uuid, now=_now, environ=str)

    return Row(name, cpu_us(build, 20_000), "µs/request")


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
