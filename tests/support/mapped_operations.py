"""Operation plans and rows for the tests of mapping, requests and responses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from intertie.core.errors import CredentialMissing
from intertie.runtime.http import Headers, Request, Response
from intertie.runtime.mapping import parse_path, parse_transform
from intertie.runtime.plan import MappingRow, OperationPlan, Targets
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import BodyPlan, ParameterPlan, RestWire
from intertie.runtime.wires.rest.requests.builder import RequestBuilder
from support.changing import Answers, answers_of, changed

UUID = "9b2f0f3e-5a0c-4b5e-9d53-0b7f2f6d2a11"
NOW = datetime(2026, 11, 24, 9, 0, 0, 250000, tzinfo=UTC)
_ABSENT = object()


def mapping_row(
    read: str, write: str, transform: str | None = None, *, required: bool = False, default: Any = _ABSENT
) -> MappingRow:
    """One row; `default` only where it is given."""
    compiled = parse_transform(transform) if transform else None
    has_default = default is not _ABSENT
    return MappingRow(
        parse_path(read),
        parse_path(write),
        compiled,
        required,
        default if has_default else None,
        has_default,
        "specs/x.md:10",
    )


def answer_plan(schema: dict[str, Any] | None = None, **parts: Any) -> Answers:
    """A JSON answer with status 200."""
    return answers_of(schema=CompiledSchema(schema) if schema is not None else None, **parts)


def operation_plan(method: str = "GET", path: str = "/things", **parts: Any) -> OperationPlan:
    """An operation without any guard."""
    known: dict[str, Any] = {
        "id": "op", "name": "Op", "description": None, "targets": Targets(), "outbound": (), "inbound": (),
        "idempotency_header": None, "replay_safe": True, "is_read": method == "GET", "pagination": None,
        "streaming": None, "stages": (), "worst_case_s": 1.0, "max_attempts": 1, "cost_per_call": None,
        "source": "specs/x.md:1",
    }  # fmt: skip
    response, result = answers_of()
    made = OperationPlan(wire=RestWire(method, path, (), (), None, response), result=result, **known)
    return changed(made, **parts)


def parameter_plan(
    name: str, location: str = "query", schema: dict[str, Any] | None = None, **parts: Any
) -> ParameterPlan:
    """A parameter in the default style of its place."""
    style = {"query": "form", "path": "simple", "header": "simple"}[location]
    known: dict[str, Any] = {
        "name": name,
        "location": location,
        "required": location == "path",
        "style": style,
        "explode": style == "form",
        "schema": CompiledSchema({"type": "string"} if schema is None else schema),
    }
    if "default" in parts:
        parts["has_default"] = True
    return ParameterPlan(**(known | parts))


def body_plan(
    content_type: str = "application/json", schema: dict[str, Any] | None = None, *, required: bool = True
) -> BodyPlan:
    """A body whose codec follows from its media type."""
    codecs = {
        "application/json": "json",
        "application/x-www-form-urlencoded": "form",
        "multipart/form-data": "multipart",
        "application/xml": "xml",
        "application/octet-stream": "binary",
    }
    codec = codecs.get(content_type.partition(";")[0], "text")
    return BodyPlan(content_type, codec, CompiledSchema(schema) if schema is not None else None, required)


def no_environment(name: str) -> str:
    """An environment without any variable."""
    raise CredentialMissing(f"env:{name} is not set")


def build(
    operation: OperationPlan, given: dict[str, Any], *, version: Any = None, base_path: str = "", **known: Any
) -> Request:
    """Build one request with a fixed UUID, a fixed clock and no environment."""
    builder = RequestBuilder(operation, version, base_path)
    sources: dict[str, Any] = {"new_uuid": lambda: UUID, "now": lambda: NOW, "environ": no_environment}
    asked = known.pop("asked", None)
    return builder.build(given, version=asked, **(sources | known))


def answer(
    body: bytes = b"", content_type: str | None = "application/json", status: int = 200, **headers: str
) -> Response:
    """One answer."""
    fields = [] if content_type is None else [("content-type", content_type)]
    return Response(status, Headers.of([*fields, *((n.replace("_", "-"), v) for n, v in headers.items())]), body)
