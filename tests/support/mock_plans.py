"""Plans made by hand for the mock's tests: a payment service much like the documented example."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from intertie.mockserver.engine import MockEngine
from intertie.mockserver.messages import MockReply, MockRequest
from intertie.runtime.plan import (
    LoggingOptions,
    OperationPlan,
    Origin,
    PaginationPlan,
    Plan,
    StageDescription,
    Targets,
    TlsOptions,
)
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import (
    BodyPlan,
    ErrorAnswerPlan,
    HeaderPlan,
    ParameterPlan,
    RestWire,
)
from intertie.testing.virtual_time import VirtualClock
from support.changing import Answers, answers_of, changed

DEFS = {
    "ChargeRequest": {
        "type": "object",
        "required": ["amount", "currency", "source"],
        "properties": {
            "amount": {"type": "integer", "minimum": 1},
            "currency": {"type": "string", "pattern": "^[a-z]{3}$"},
            "source": {"type": "string"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    "Charge": {
        "type": "object",
        "required": ["id", "amount", "currency", "status"],
        "properties": {
            "id": {"type": "string", "examples": ["ch_3OqM2x"]},
            "amount": {"type": "integer", "examples": [1250]},
            "currency": {"type": "string", "enum": ["eur", "usd", "gbp"]},
            "status": {"type": "string", "enum": ["succeeded", "pending", "failed"]},
            "created": {"type": "integer", "format": "unix-time"},
            "billing_details": {"type": "object", "properties": {"email": {"type": "string", "format": "email"}}},
        },
    },
    "ChargeList": {
        "type": "object",
        "required": ["data", "has_more"],
        "properties": {"data": {"type": "array", "items": {"$ref": "#/$defs/Charge"}}, "has_more": {"type": "boolean"}},
    },
    "Error": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}
        },
    },
}


def schema(name: str) -> CompiledSchema:
    """Return a schema of the payment service."""
    return CompiledSchema({"$ref": f"#/$defs/{name}", "$defs": DEFS}, name)


def parameter(name, location, type_or_schema, *, required=False, style=None, explode=None, default=None):
    """Return a parameter with its usual style."""
    json = {"type": type_or_schema} if isinstance(type_or_schema, str) else type_or_schema
    style = style or ("form" if location == "query" else "simple")
    explode = style == "form" if explode is None else explode
    return ParameterPlan(name, location, required, style, explode, CompiledSchema(json), default, default is not None)


def operation(id_, method, path, *, response=None, **changes) -> OperationPlan:
    """Return an operation with little in it."""
    line = changes.pop("line", 100)
    response, result = response or answers_of()
    made = OperationPlan(
        id=id_, name=id_.replace("_", " ").title(), description=None,
        wire=RestWire(method, path, (), (), None, response), result=result, targets=Targets(),
        outbound=(), inbound=(), idempotency_header=None, replay_safe=method != "POST", is_read=method == "GET", pagination=None,
        streaming=None,
        stages=(
            StageDescription("authentication", {"name": "Authorization"}, {"name": "payments.md:41", "type": "payments.md:38"}),
            StageDescription("version", {}, {"supported": "payments.md:300", "current": "payments.md:299"}),
            StageDescription("rate_limit", {}, {"windows": "payments.md:54", "burst": "payments.md:56"}),
            StageDescription("idempotency_key", {}, {"header": f"payments.md:{line + 4}"}),
        ),
        worst_case_s=10.0, max_attempts=4, cost_per_call=None, source=f"payments.md:{line}",
    )  # fmt: skip
    return changed(made, **changes)


def answers(schema_name, *errors, status="200") -> Answers:
    """Return a JSON success with declared errors."""
    return answers_of([status], schema=schema(schema_name), errors=errors)


CREATE = operation(
    "create_charge",
    "POST",
    "/v1/charges",
    headers=(HeaderPlan("Idempotency-Key", "{uuid}", required=True, is_idempotency_key=True),),
    body=BodyPlan("application/x-www-form-urlencoded", "form", schema("ChargeRequest"), required=True),
    response=answers(
        "Charge",
        ErrorAnswerPlan("402", "The card was declined", schema("Error"), None),
        ErrorAnswerPlan("429", "Too many requests", None, "Retry-After"),
    ),
    targets=Targets(0.18, 0.6, 1.5),
    idempotency_header="Idempotency-Key",
    line=100,
)
GET = operation(
    "get_charge",
    "GET",
    "/v1/charges/{charge_id}",
    parameters=(parameter("charge_id", "path", "string", required=True),),
    response=answers("Charge", ErrorAnswerPlan("404", "No such charge", None, None)),
    targets=Targets(0.08, 0.25, 0.7),
    line=140,
)
LIST = operation(
    "list_charges",
    "GET",
    "/v1/charges",
    parameters=(parameter("limit", "query", "integer", default=10), parameter("starting_after", "query", "string")),
    response=answers("ChargeList"),
    pagination=PaginationPlan(
        "cursor",
        {
            "cursor_parameter": "starting_after",
            "cursor_path": "data[-1].id",
            "items_path": "data",
            "more_path": "has_more",
        },
    ),
    line=170,
)
VERSIONS = VersionOptions(
    "header", "Stripe-Version", "2024-06-20", ("2023-10-16", "2024-06-20"), (("2023-10-16", date(2027, 6, 30)),)
)
LIMITS = LimiterOptions((Window(1.0, 25), Window(60.0, 1000)), "token_bucket", burst=10)
BEARER = AuthOptions("api_key", "header", "Authorization", "Bearer", "env:STRIPE_API_KEY")


def plan(*operations, auth=BEARER, limits=None, version=None, base_path="", **changes) -> Plan:
    """Return a plan of the given operations; the payment service's where none are given."""
    chosen = operations or (CREATE, GET, LIST)
    made = Plan(
        id="INT-001", service="stripe", title="Stripe Payments", summary=None, status="approved", environment="development",
        origin=Origin("http", "127.0.0.1", 8420, base_path), spec_path="payments.md", content_hash="0" * 64,
        operations={op.id: op for op in chosen}, timeouts=TimeoutOptions(), retry=RetryOptions(), auth=auth,
        errors=ErrorMappingOptions(), logging=LoggingOptions(), tls=TlsOptions(), limits=limits, version=version,
    )  # fmt: skip
    return replace(made, **changes)


class Bench:
    """An engine on virtual time, asked with short calls."""

    def __init__(self, made: Plan | None = None, **options) -> None:
        self.clock = VirtualClock()
        options.setdefault("latency", False)
        self.engine = MockEngine(made or plan(), clock=self.clock, **options)

    def ask(self, method, target, *, body=b"", key="sk_test_1", idempotency=None, **headers) -> MockReply:
        """Send one request with a good credential unless told otherwise."""
        fields = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if key is not None:
            fields.setdefault("authorization", f"Bearer {key}")
        if idempotency is not None:
            fields["idempotency-key"] = idempotency
        return self.engine.handle(MockRequest.of(method, target, fields.items(), body))

    def charge(self, *, idempotency="k-1", body=b"amount=1250&currency=eur&source=tok_visa", **more) -> MockReply:
        """Create a charge."""
        more.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.ask("POST", "/v1/charges", body=body, idempotency=idempotency, **more)


def header(reply: MockReply, name: str) -> str | None:
    """Return a header of a reply."""
    return next((value for key, value in reply.headers if key.lower() == name.lower()), None)
