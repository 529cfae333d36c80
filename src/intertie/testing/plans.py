"""Plans without a spec: the few values a test is about, sensible ones for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from intertie.core.money import Money
from intertie.runtime.order import ORDER
from intertie.runtime.plan import (
    LoggingOptions,
    OperationPlan,
    Origin,
    Plan,
    ResultPlan,
    StageDescription,
    Targets,
    TlsOptions,
)
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions, ErrorMappingRow
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import BodyPlan, HeaderPlan, ParameterPlan, ResponsePlan, RestWire

_SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


def make_operation(
    id: str = "get_thing",  # noqa: A002  # the word of the plan
    *,
    method: str = "GET",
    path: str = "/things",
    statuses: Iterable[str] = ("200",),
    schema: dict[str, Any] | None = None,
    query: Iterable[str] = ("id",),
    idempotency_header: str | None = None,
    idempotent: bool = False,
    validate: str = "warn",
    **overrides: Any,
) -> OperationPlan:
    """Return an operation that speaks JSON.

    Args:
        id: Operation id.
        method: Upper case; POST and PATCH get a JSON body that takes any object.
        path: Template under the base URL.
        statuses: Declared successes.
        schema: JSON Schema of the answer, None where anything goes.
        query: Names of optional query parameters.
        idempotency_header: Header with the value `{uuid}`, None where there is none.
        idempotent: Declared so, whatever the method.
        validate: What happens to an answer that breaks its schema.
        overrides: Further fields of `OperationPlan`, or of its `RestWire`.
    """
    headers: tuple[HeaderPlan, ...] = ()
    if idempotency_header is not None:
        headers = (HeaderPlan(idempotency_header, "{uuid}", required=True, is_idempotency_key=True),)
    anything = CompiledSchema(True)
    has_body = method in {"POST", "PATCH", "PUT"}
    wire: dict[str, Any] = {
        "method": method,
        "path": path,
        "headers": headers,
        "parameters": tuple(
            ParameterPlan(name, "query", required=False, style="form", explode=True, schema=anything) for name in query
        ),
        "body": BodyPlan("application/json", "json", None, required=False) if has_body else None,
        "response": ResponsePlan(
            StatusSet.of(statuses),
            "application/json",
            "json",
        ),
    }
    wire |= {name: overrides.pop(name) for name in tuple(overrides) if name in wire}
    values: dict[str, Any] = {
        "id": id,
        "name": id.replace("_", " ").title(),
        "description": None,
        "result": ResultPlan(None if schema is None else CompiledSchema(schema, id), validate),
        "targets": Targets(),
        "outbound": (),
        "inbound": (),
        "idempotency_header": idempotency_header,
        "replay_safe": method in _SAFE_METHODS or idempotent or idempotency_header is not None,
        "is_read": method in {"GET", "HEAD"},
        "pagination": None,
        "streaming": None,
        "stages": (),
        "worst_case_s": 60.0,
        "max_attempts": 1,
        "cost_per_call": None,
        "source": "test",
    }
    return OperationPlan(**{**values, "wire": RestWire(**wire), **overrides})


def make_plan(*operations: OperationPlan, **overrides: Any) -> Plan:
    """Return a plan of these operations (`get_thing` and `create_thing` where none are given).

    Args:
        operations: See `make_operation`.
        overrides: Further fields of `Plan`.
    """
    chosen = operations or (
        make_operation("get_thing"),
        make_operation("create_thing", method="POST"),
        make_operation("create_keyed_thing", method="POST", idempotency_header="Idempotency-Key"),
    )
    values: dict[str, Any] = {
        "id": "INT-900",
        "service": "things",
        "title": "Things",
        "summary": None,
        "status": "approved",
        "environment": "development",
        "origin": Origin("http", "things.example", 80, ""),
        "spec_path": "specs/things.md",
        "content_hash": "0" * 64,
        "operations": {operation.id: operation for operation in chosen},
        "timeouts": TimeoutOptions(),
        "retry": RetryOptions(),
        "auth": AuthOptions(),
        "errors": ErrorMappingOptions(),
        "logging": LoggingOptions(),
        "tls": TlsOptions(),
    }
    plan = Plan(**{**values, **overrides})
    described = {
        name: replace(operation, stages=describe_stages(plan, operation), max_attempts=plan.retry.max_attempts)
        for name, operation in plan.operations.items()
    }
    return replace(plan, operations=described)


def describe_stages(plan: Plan, operation: OperationPlan | None = None) -> tuple[StageDescription, ...]:
    """Return the stages that a plan switches on for an operation (for any, where none is given), without options."""
    operations = list(plan.operations.values()) if operation is None else [operation]
    return tuple(
        StageDescription(str(guard.stage), {}, {})
        for guard in ORDER
        if any(guard.describe(plan, each) is not None for each in operations)
    )


def price(
    cost: str = "0.01", *, monthly_limit: str | None = None, hard_stop: bool = True, **further: Any
) -> PricingOptions:
    """Return a price per request in euros, with a budget where a limit is given."""
    values: dict[str, Any] = {
        "model": "per_request",
        "currency": "EUR",
        "tiers": (PriceTier("all", None, Decimal(cost)),),
        "monthly_limit": None if monthly_limit is None else Decimal(monthly_limit),
        "hard_stop": hard_stop,
    }
    return PricingOptions(**{**values, **further})


def rows(*written: tuple[str, str | None, str]) -> ErrorMappingOptions:
    """Return error mapping rows from `(external_code, internal_code, action)`."""
    return ErrorMappingOptions(tuple(ErrorMappingRow(code, ours, None, action) for code, ours, action in written))


def euros(amount: str) -> Money:
    """Return an amount in euros."""
    return Money(Decimal(amount), "EUR")
