"""Operations of a plan as OpenAPI operations."""

from __future__ import annotations

from intertie.core.media_types import concrete
from intertie.generators.openapi.components import Components
from intertie.runtime.plan import OperationPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan, HeaderPlan, ParameterPlan, RestWire
from intertie.spec.model import Endpoint, SuccessAnswer

_NATIVE_STYLES = {"query": "form", "path": "simple", "header": "simple"}
_MEANINGS = {
    "200": "OK",
    "201": "Created",
    "202": "Accepted",
    "204": "No content",
    "400": "Bad request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not found",
    "409": "Conflict",
    "429": "Too many requests",
    "default": "Any other answer",
}


def operation_object(
    operation: OperationPlan, wire: RestWire, endpoint: Endpoint, components: Components
) -> dict[str, object]:
    """Return the OpenAPI operation of one endpoint."""
    made: dict[str, object] = {"operationId": operation.id, "summary": operation.name}
    if operation.description:
        made["description"] = operation.description
    parameters = [
        *(_parameter(parameter, _about(endpoint, parameter), components) for parameter in wire.parameters),
        *(_header(header, endpoint) for header in wire.headers),
    ]
    if parameters:
        made["parameters"] = parameters
    if wire.body is not None:
        body = wire.body
        made["requestBody"] = {
            "required": body.required,
            "content": {body.content_type: _media(body.schema, components)},
        }
    made["responses"] = _responses(operation, wire, endpoint, components)
    if operation.pagination is not None:
        made["x-intertie-pagination"] = {"style": operation.pagination.style, **operation.pagination.options}
    if endpoint.idempotent is not None:
        made["x-intertie-idempotent"] = endpoint.idempotent.value
    targets = {
        name: value for name in ("p50_s", "p95_s", "p99_s") if (value := getattr(operation.targets, name)) is not None
    }
    if targets:
        made["x-intertie-performance"] = targets
    return made


def _parameter(parameter: ParameterPlan, about: str | None, components: Components) -> dict[str, object]:
    made: dict[str, object] = {"name": parameter.name, "in": parameter.location, "required": parameter.required}
    if about:
        made["description"] = about
    if parameter.style != _NATIVE_STYLES[parameter.location]:
        made["style"] = parameter.style
    if parameter.explode is not (parameter.style in {"form", "deepObject"}):
        made["explode"] = parameter.explode
    schema = components.refer(CompiledSchema(parameter.schema.json))
    if parameter.has_default and isinstance(schema, dict):
        schema = {**schema, "default": parameter.default}
    made["schema"] = schema
    return made


def _header(header: HeaderPlan, endpoint: Endpoint) -> dict[str, object]:
    made: dict[str, object] = {"name": header.name, "in": "header", "required": header.required}
    for written in endpoint.request.headers if endpoint.request else ():
        if written.name and written.name.value.strip() == header.name and written.description:
            made["description"] = written.description.value
    made["schema"] = {"type": "string"}
    if header.value is not None:
        made["x-intertie-value"] = header.value
    return made


def _responses(
    operation: OperationPlan, wire: RestWire, endpoint: Endpoint, components: Components
) -> dict[str, object]:
    success = endpoint.response.success if endpoint.response else None
    plan, schema = wire.response, operation.result.schema
    statuses = [_status(text) for text in plan.statuses.written] or ["2XX"]
    made: dict[str, object] = {}
    for status in statuses:
        made[status] = {"description": _MEANINGS.get(status, "Success")}
    first = {"description": _MEANINGS.get(statuses[0], "Success")}
    media = plan.content_type or (concrete(None, plan.codec) if schema is not None else None)
    if media is not None:
        content = _media(_written_schema(schema, success), components)
        if success is not None and success.example is not None:
            content["example"] = success.example.value
        made[statuses[0]] = {**first, "content": {media: content}}
    for error in plan.errors:
        made[_status(error.status)] = _error(error, components)
    return made


def _written_schema(schema: CompiledSchema | None, success: SuccessAnswer | None) -> CompiledSchema | None:
    """Return the schema of the answer; XML answers have one that the plan leaves out, since it is not checked."""
    if schema is None and success is not None and success.schema is not None:
        return CompiledSchema(success.schema.value.json, success.schema.value.name)
    return schema


def _error(error: ErrorAnswerPlan, components: Components) -> dict[str, object]:
    status = _status(error.status)
    made: dict[str, object] = {"description": error.description or _MEANINGS.get(status, f"Status {error.status}")}
    if error.retry_after_header:
        made["headers"] = {
            error.retry_after_header: {"schema": {"type": "string"}, "x-intertie-retry-after": True},
        }
    if error.schema is not None or error.content_type or error.example is not None:
        media = _media(error.schema, components)
        if error.example is not None:
            media["example"] = error.example
        made["content"] = {error.content_type or "application/json": media}
    return made


def _media(schema: CompiledSchema | None, components: Components) -> dict[str, object]:
    return {} if schema is None else {"schema": components.refer(schema)}


def _status(text: str) -> str:
    return text if text == "default" else text.upper()


def _about(endpoint: Endpoint, parameter: ParameterPlan) -> str | None:
    for written in endpoint.request.parameters if endpoint.request else ():
        same_place = written.location is None or written.location.value == parameter.location
        if written.name and written.name.value == parameter.name and same_place and written.description:
            return written.description.value
    return None
