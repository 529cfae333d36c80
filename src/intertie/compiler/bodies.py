"""What is sent as a body and what comes back."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.parameters import declared_content_type
from intertie.compiler.results import compile_result
from intertie.compiler.schemas import SchemaShelf
from intertie.core.media_types import codec_of
from intertie.runtime.plan import ResultPlan
from intertie.runtime.statuses import StatusSet
from intertie.runtime.wires.rest.plan import BodyPlan, ErrorAnswerPlan, ResponsePlan
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint, ErrorAnswer

_XML = "application/xml"
_OF_FORMAT = {"JSON": "application/json", "XML": _XML, "Binary": "application/octet-stream"}
_NO_CONTENT = frozenset({204, 205, 304})


def compile_body(build: Build, endpoint: Endpoint, shelf: SchemaShelf) -> BodyPlan | None:
    """Return the request's body, None where the endpoint has none."""
    body = endpoint.request.body if endpoint.request else None
    if body is None or not (body.content_type or body.schema or body.required):
        return None
    content_type = body.content_type.value.strip() if body.content_type else None
    chosen = content_type or declared_content_type(endpoint) or _default_type(build)
    required = body.required.value if body.required else True
    return BodyPlan(chosen, codec_of(chosen) or "json", shelf.take(body.schema), required)


def compile_response(build: Build, endpoint: Endpoint, shelf: SchemaShelf) -> tuple[ResponsePlan, ResultPlan]:
    """Return what answers look like, and what a success holds."""
    response = endpoint.response
    success = response.success if response else None
    content_type = success.content_type.value.strip() if success and success.content_type else None
    if content_type is None and success is not None and success.schema is not None and _default_type(build) == _XML:
        content_type = _XML  # its schema is left out below: what it promises must still be said
    codec = codec_of(content_type or _default_type(build)) or "json"
    is_xml = codec == "xml"
    result = compile_result(build, endpoint, shelf, has_schema=not is_xml)
    if is_xml:
        place = success.head if success else endpoint.head
        build.leave_out(
            f"XML answer of {_name(endpoint)}", "it is handed over as text, its schema is not checked", place
        )
        codec = "text"
    answers = ResponsePlan(
        statuses=_statuses(build, success.status if success else ()),
        content_type=content_type,
        codec=codec,
        errors=tuple(_errors(build, response.errors if response else (), shelf)),
    )
    return answers, result


def answers_nothing(response: ResponsePlan) -> bool:
    """Return whether every declared success is one without a body (RFC 9110 section 6.4.1)."""
    return bool(response.statuses) and response.statuses.codes <= _NO_CONTENT


def _default_type(build: Build) -> str:
    bullets = build.spec.integration_type
    return _OF_FORMAT.get(bullets.data_format.value if bullets and bullets.data_format else "JSON", "application/json")


def _statuses(build: Build, written: tuple[Located[str], ...]) -> StatusSet:
    good = [status.value for status in written if _is_status(build, status)]
    return StatusSet.of(good or build.fallback("response.status").value)


def _errors(
    build: Build, answers: tuple[tuple[Located[str], ErrorAnswer], ...], shelf: SchemaShelf
) -> list[ErrorAnswerPlan]:
    plans: list[ErrorAnswerPlan] = []
    for status, answer in answers:
        text = status.value.strip().lower()
        if text != "default" and not _is_status(build, status):
            continue
        plans.append(
            ErrorAnswerPlan(
                status=text,
                description=answer.description.value if answer.description else None,
                schema=shelf.take(answer.schema),
                retry_after_header=answer.retry_after.value.strip() if answer.retry_after else None,
                content_type=answer.content_type.value if answer.content_type else None,
                example=answer.example.value if answer.example else None,
            )
        )
    return plans


def _is_status(build: Build, status: Located[str]) -> bool:
    try:
        StatusSet.of([status.value])
    except ValueError as wrong:
        build.report("invalid-status", str(wrong), status.span)
        return False
    return True


def _name(endpoint: Endpoint) -> str:
    return endpoint.name.value if endpoint.name else "an endpoint"
