"""Query, path and header parameters, and the request's headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.compiler.build import Build
from intertie.compiler.header_names import WRITTEN_BY_TRANSPORT, is_header_name
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.diagnostics import SourceSpan
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.wires.rest.plan import HeaderPlan, ParameterPlan
from intertie.spec.model import Endpoint, Header, Parameter

PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")
_STYLES = {"query": "form", "path": "simple", "header": "simple"}
_KEYWORDS = ("enum", "items", "minimum", "maximum")


def compile_parameters(
    build: Build, endpoint: Endpoint, path: str, shared: Shared, shelf: SchemaShelf
) -> tuple[ParameterPlan, ...]:
    """Return the declared parameters, and one for each placeholder of the path that none declares."""
    request = endpoint.request
    placeholders = list(dict.fromkeys(PLACEHOLDER_RE.findall(path)))
    if shared.version is not None and shared.version.strategy == "url":
        # `{version}` is filled by versioning, not by the caller.
        placeholders = [name for name in placeholders if name != "version"]
    plans: list[ParameterPlan] = []
    for parameter in request.parameters if request else ():
        if parameter.name is None:
            continue
        location = _location(parameter, placeholders)
        name = parameter.name.value
        if location == "header" and (
            _is_credential(name, shared.auth) or name.lower() in WRITTEN_BY_TRANSPORT | {"content-type"}
        ):
            build.leave_out(f"parameter {name}", "the header is written by Intertie itself", parameter.head)
            continue
        if location == "header" and not is_header_name(name):
            build.report("invalid-header", f"a header can't have the name `{name}`", parameter.name.span)
            continue
        if location == "path" and name not in placeholders:
            build.leave_out(f"parameter {name}", f"the path {path} has no `{{{name}}}`", parameter.head)
            continue
        plans.append(_plan(parameter, name, location, shelf))
    declared = {plan.name for plan in plans if plan.location == "path"}
    span = endpoint.endpoint.head if endpoint.endpoint else endpoint.head
    plans.extend(_implied(name, shelf, span) for name in placeholders if name not in declared)
    return tuple(plans)


def compile_headers(build: Build, endpoint: Endpoint, auth: AuthOptions) -> tuple[HeaderPlan, ...]:
    """Return the headers that the endpoint declares, without those that authentication or the body write."""
    plans: list[HeaderPlan] = []
    for header in _named_headers(endpoint):
        name = header.name.value.strip() if header.name else ""
        value = header.value.value if header.value else None
        place = header.value.span if header.value else header.head
        if not is_header_name(name):
            build.report(
                "invalid-header", f"header `{name}` can't be sent", header.name.span if header.name else header.head
            )
        elif value is not None and not _is_sendable(value):
            build.report("invalid-header", f"the value of header `{name}` has characters that can't be sent", place)
        elif _is_credential(name, auth):
            build.leave_out(f"header {name}", "`authentication` sends it", place)
        elif name.lower() != "content-type":
            plans.append(HeaderPlan(name, value, bool(header.required and header.required.value), is_key(name, value)))
    return tuple(plans)


def declared_content_type(endpoint: Endpoint) -> str | None:
    """Return the literal `Content-Type` that stands among the headers."""
    for header in _named_headers(endpoint):
        if header.name and header.value and header.name.value.strip().lower() == "content-type":
            return header.value.value.strip()
    return None


def is_key(name: str, value: str | None) -> bool:
    """Return whether a header is an idempotency key: named as one, with `{uuid}` as its value.

    >>> is_key("Idempotency-Key", "{uuid}"), is_key("X-Request-Id", "{uuid}"), is_key("Idempotency-Key", None)
    (True, False, False)
    """
    return "idempotency" in name.lower() and value is not None and "{uuid}" in value


def _named_headers(endpoint: Endpoint) -> Iterator[Header]:
    return (header for header in (endpoint.request.headers if endpoint.request else ()) if header.name is not None)


def _location(parameter: Parameter, placeholders: list[str]) -> str:
    if parameter.location is not None:
        return parameter.location.value
    return "path" if parameter.name and parameter.name.value in placeholders else "query"


def _plan(parameter: Parameter, name: str, location: str, shelf: SchemaShelf) -> ParameterPlan:
    style = parameter.style.value if parameter.style else _STYLES[location]
    default = parameter.default
    return ParameterPlan(
        name=name,
        location=location,
        required=location == "path" or bool(parameter.required and parameter.required.value),
        style=style,
        # OpenAPI: `form` and `deepObject` repeat the name, the other styles write one list.
        explode=parameter.explode.value if parameter.explode else style in {"form", "deepObject"},
        schema=shelf.take_json(_schema(parameter), name, parameter.head),
        default=default.value if default else None,
        has_default=default is not None,
    )


def _schema(parameter: Parameter) -> dict[str, object]:
    schema: dict[str, object] = {}
    for keyword in ("type", "format", "pattern"):
        located = getattr(parameter, keyword)
        if located is not None:
            schema[keyword] = located.value
    for keyword in _KEYWORDS:
        located = getattr(parameter, keyword)
        if located is not None:
            schema[keyword] = located.value
    return schema


def _implied(name: str, shelf: SchemaShelf, span: SourceSpan) -> ParameterPlan:
    schema = shelf.take_json({"type": ["string", "number", "boolean"]}, name, span)
    return ParameterPlan(name, "path", required=True, style="simple", explode=False, schema=schema)


def _is_credential(name: str, auth: AuthOptions) -> bool:
    if auth.type == "basic":
        return name.lower() == "authorization"
    return auth.type == "api_key" and auth.location == "header" and name.lower() == auth.name.lower()


def _is_sendable(value: str) -> bool:
    """Whether a header value holds Latin-1 text without control characters (RFC 9110 section 5.5)."""
    return all((" " <= char <= "~" or "\xa0" <= char <= "\xff" or char == "\t") for char in value)
