"""REST: method and path, headers, parameters, body and answers of an endpoint."""

from __future__ import annotations

from typing import NamedTuple

from intertie.compiler.bodies import answers_nothing, compile_body, compile_response
from intertie.compiler.build import Build
from intertie.compiler.parameters import PLACEHOLDER_RE, compile_headers, compile_parameters, is_key
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.compiler.unsupported import leave_out_body
from intertie.compiler.wires.contract import CallTarget, CompiledWire
from intertie.core.errors import snake_case
from intertie.runtime.wires.rest.plan import RestWire
from intertie.spec.model import Endpoint, Header

_REPLAY_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Safe and idempotent methods (RFC 9110 section 9.2.2)."""

_READS = frozenset({"GET", "HEAD"})
_MEMBERS = frozenset({"json", "form", "multipart"})
"""Codecs whose body is made of members; the others are one text or one run of bytes."""


class _Parts(NamedTuple):
    method: str
    path: str


class RestCompiler:
    """The protocol's half."""

    tag = "rest"
    name = "REST"
    block = "endpoint"
    about_block = ""

    def locate(self, build: Build, endpoint: Endpoint, name: str) -> CallTarget | None:
        """Return method and path."""
        head = endpoint.endpoint
        path = head.path if head else None
        method = head.method if head else None
        if path is None or method is None:
            missing = [what for what, value in (("path", path), ("method", method)) if value is None]
            build.report("incomplete-endpoint", f"{name} has no {' and no '.join(missing)}", endpoint.head)
            return None
        written = path.value.strip()
        reason = _why_unsendable(written)
        if reason:
            build.report("invalid-endpoint-path", f"path `{written}` can't be sent: {reason}", path.span)
        unnamed = snake_case(f"{method.value} {PLACEHOLDER_RE.sub('', path.value)}")
        return CallTarget(path.span, unnamed, _Parts(method.value.upper(), f"/{written.lstrip('/')}"))

    def compile(
        self,
        build: Build,
        endpoint: Endpoint,
        target: CallTarget,
        operation: str,
        *,
        shared: Shared,
        shelf: SchemaShelf,
    ) -> CompiledWire:
        """Return the endpoint as an HTTP request."""
        method, path = target.parts
        parameters = compile_parameters(build, endpoint, path, shared, shelf)
        headers = compile_headers(build, endpoint, shared.auth)
        body = compile_body(build, endpoint, shelf)
        response, result = compile_response(build, endpoint, shelf)
        leave_out_body(build, endpoint, operation, body)
        key = next((header.name for header in headers if header.is_idempotency_key), None)
        by_name = [parameter.name for parameter in parameters]
        by_name += [header.name for header in headers if header.value is None]
        return CompiledWire(
            RestWire(method, path, headers, parameters, body, response),
            result,
            replay_safe=method in _REPLAY_SAFE,
            is_read=method in _READS,
            idempotency_header=key,
            answers_nothing=method == "HEAD" or answers_nothing(response),
            names=frozenset(by_name),
            takes_members=body is not None and body.codec in _MEMBERS,
            message=body.schema if body is not None else None,
            sources=_sources(endpoint, str(target.span)),
        )


def _sources(endpoint: Endpoint, here: str) -> dict[str, dict[str, str]]:
    request = endpoint.request
    success = endpoint.response.success if endpoint.response else None
    key = next((header for header in (request.headers if request else ()) if _is_key(header)), None)
    body = str(request.body.head) if request and request.body else here
    return {
        "request_validation": {
            "parameters": str(request.parameters[0].span) if request and request.parameters else here,
            "body": body,
            "schema": body,
        },
        "idempotency_key": {"header": str(key.span) if key else here},
        "classify": {"success": str(success.status[0].span) if success and success.status else "default"},
    }


def _is_key(header: Header) -> bool:
    return header.name is not None and is_key(header.name.value, header.value.value if header.value else None)


def _why_unsendable(path: str) -> str:
    if "://" in path:
        return "it names a host; the base URL does"
    route, _, query = path.partition("?")
    if "{" in query:
        return "parameters of the query belong to `request.parameters`"
    if "#" in path:
        return "a fragment is never sent"
    if any(segment in {".", ".."} for segment in route.split("/")):
        return "it has dot segments"
    if any(char.isspace() or char == "\\" or ord(char) < 32 for char in PLACEHOLDER_RE.sub("", path)):
        return "it holds spaces or backslashes"
    left = PLACEHOLDER_RE.sub("", path)
    return "a placeholder's braces don't match" if "{" in left or "}" in left else ""
