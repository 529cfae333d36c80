"""One endpoint of the spec becomes one operation of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from intertie.compiler.arithmetic import worst_case
from intertie.compiler.bodies import answers_nothing, compile_body, compile_response
from intertie.compiler.build import Build
from intertie.compiler.guards import HALVES
from intertie.compiler.mappings import MappingRows
from intertie.compiler.pagination import compile_pagination
from intertie.compiler.parameters import PLACEHOLDER_RE, compile_headers, compile_parameters, is_key
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.compiler.stages import Sources
from intertie.compiler.unsupported import leave_out_around, why_unsupported
from intertie.core.errors import snake_case
from intertie.core.money import Money
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import MappingRow, OperationPlan, Targets
from intertie.runtime.policies.budget.quantities import expected_quantity
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow
from intertie.runtime.wires.rest.plan import RestWire
from intertie.spec.model import Endpoint, Header

_REPLAY_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Safe and idempotent methods (RFC 9110 section 9.2.2)."""

_READS = frozenset({"GET", "HEAD"})


class Found(Struct, frozen=True):
    """An endpoint that has what a call needs."""

    id: str
    endpoint: Endpoint
    method: str
    path: str
    span: SourceSpan


def callable_endpoints(build: Build) -> dict[str, Found]:
    """Return operation id -> endpoint for those with path and method; findings say which are left out."""
    found: dict[str, Found] = {}
    for endpoint in build.spec.endpoints:
        head = endpoint.endpoint
        path = head.path if head else None
        method = head.method if head else None
        name = endpoint.name.value if endpoint.name else "this endpoint"
        if path is None or method is None:
            missing = [what for what, value in (("path", path), ("method", method)) if value is None]
            build.report("incomplete-endpoint", f"{name} has no {' and no '.join(missing)}", endpoint.head)
            continue
        operation = snake_case(endpoint.name.value) if endpoint.name else ""
        operation = operation or snake_case(f"{method.value} {PLACEHOLDER_RE.sub('', path.value)}")
        written = path.value.strip()
        reason = _why_unsendable(written)
        if reason:
            build.report("invalid-endpoint-path", f"path `{written}` can't be sent: {reason}", path.span)
        # Of two headings with one id the first is meant; the reader of the spec reports the second.
        found.setdefault(
            operation, Found(operation, endpoint, method.value.upper(), f"/{written.lstrip('/')}", path.span)
        )
    if not found:
        build.report("no-operations", "the spec has no endpoint that can be called", build.spec.span)
    return found


class OperationCompiler:
    """Compiles operations that share guards, mapping rows and schemas."""

    def __init__(self, build: Build, shared: Shared, rows: MappingRows, shelf: SchemaShelf) -> None:
        self._build = build
        self._shared = shared
        self._rows = rows
        self._shelf = shelf

    def compile(self, found: Found) -> tuple[OperationPlan, Sources]:
        """Return the operation's plan without its stages, and the sources of what is its own."""
        build, endpoint, shared = self._build, found.endpoint, self._shared
        guards, guard_sources, wait_s = self._guards(endpoint)
        parameters = compile_parameters(build, endpoint, found.path, shared, self._shelf)
        headers = compile_headers(build, endpoint, shared.auth)
        body = compile_body(build, endpoint, self._shelf)
        response, result = compile_response(build, endpoint, self._shelf)
        key = next((header.name for header in headers if header.is_idempotency_key), None)
        declared_safe = bool(endpoint.idempotent and endpoint.idempotent.value)
        unsupported = why_unsupported(build, endpoint, found.id, shared.unsupported)
        leave_out_around(build, endpoint, found.id, body)
        head = endpoint.endpoint
        operation = OperationPlan(
            id=found.id,
            name=endpoint.name.value if endpoint.name else found.id,
            description=head.description.value if head and head.description else None,
            wire=RestWire(found.method, found.path, headers, parameters, body, response),
            result=result,
            targets=_targets(endpoint),
            outbound=self._rows.outbound_for(found.id, body, parameters, headers),
            inbound=self._rows.inbound_for(
                found.id, result.schema, answers_nothing=found.method == "HEAD" or answers_nothing(response)
            ),
            idempotency_header=key,
            replay_safe=found.method in _REPLAY_SAFE or key is not None or declared_safe,
            is_read=found.method in _READS,
            pagination=compile_pagination(build, endpoint.pagination),
            streaming=endpoint.streaming.value if endpoint.streaming else None,
            stages=(),
            worst_case_s=worst_case(shared.timeouts, shared.retry, shared.limits, further_wait_s=wait_s).bound_s,
            max_attempts=shared.retry.max_attempts,
            cost_per_call=None,
            source=str(found.span),
            unsupported=unsupported,
            guards=guards,
        )
        sources = {**self._sources(found, operation), **guard_sources}
        return replace(operation, cost_per_call=self._cost(operation)), sources

    def _guards(self, endpoint: Endpoint) -> tuple[dict[str, Struct], dict[str, Mapping[str, str]], float]:
        """Return the guards' options that are an endpoint's own, their sources by stage, and the longest wait."""
        options: dict[str, Struct] = {}
        sources: dict[str, Mapping[str, str]] = {}
        wait_s = 0.0
        for name, half in HALVES.items():
            compiled = half.compile_operation(self._build, endpoint)
            if compiled is not None and compiled.options is not None:
                options[name] = compiled.options
                sources.update(dict.fromkeys(half.stages, compiled.sources))
                wait_s += half.longest_wait_s(compiled.options)
        return options, sources, wait_s

    def _sources(self, found: Found, operation: OperationPlan) -> dict[str, Mapping[str, str]]:
        """Return stage -> option -> source of what is an endpoint's own."""
        request, response = found.endpoint.request, found.endpoint.response
        success = response.success if response else None
        validation = self._build.spec.validation
        here = str(found.span)
        key = next((h for h in (request.headers if request else ()) if h.name and _is_key(h)), None)
        body = str(request.body.head) if request and request.body else here
        mode = self._build.choose(validation.responses if validation else None, "validation.responses").source
        return {
            "outbound_mapping": _first("rows", operation.outbound),
            "request_validation": {
                "parameters": str(request.parameters[0].span) if request and request.parameters else here,
                "body": body,
                "schema": body,
            },
            "idempotency_key": {"header": str(key.span) if key else here},
            "classify": {
                "success": str(success.status[0].span) if success and success.status else "default",
                **_first("error_rows", self._shared.errors.rows),
            },
            "response_validation": {
                "mode": mode,
                "schema": str(success.schema.span) if success and success.schema else here,
            },
            "inbound_mapping": _first("rows", operation.inbound),
        }

    def _cost(self, operation: OperationPlan) -> Money | None:
        """Return what one attempt is expected to cost at the first tier's price."""
        pricing = self._shared.pricing
        if pricing is None or not pricing.tiers:
            return None
        units = units_per_call(self._shared, operation)
        return Money(units * pricing.tiers[0].cost, pricing.currency)


def units_per_call(shared: Shared, operation: OperationPlan) -> Decimal:
    """Return the units of the price that one attempt is expected to use: what the budget sets aside for it."""
    if shared.pricing is None:
        return Decimal(0)
    return expected_quantity(shared.pricing.model, operation, None, attempt_s=shared.timeouts.wire_s)


def _first(option: str, rows: tuple[MappingRow, ...] | tuple[ErrorMappingRow, ...]) -> dict[str, str]:
    """Return the source of a list of rows: that of the first one."""
    return {option: rows[0].source} if rows else {}


def _is_key(header: Header) -> bool:
    return header.name is not None and is_key(header.name.value, header.value.value if header.value else None)


def _targets(endpoint: Endpoint) -> Targets:
    performance = endpoint.performance
    if performance is None:
        return Targets()
    values = (performance.p50, performance.p95, performance.p99)
    return Targets(*(value.value if value else None for value in values))


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
