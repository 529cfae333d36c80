"""One endpoint of the spec becomes one operation of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from intertie.compiler.arithmetic import worst_case
from intertie.compiler.build import Build
from intertie.compiler.guards import HALVES
from intertie.compiler.mappings import MappingRows
from intertie.compiler.pagination import compile_pagination
from intertie.compiler.results import result_sources
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.shared import Shared
from intertie.compiler.stages import Sources
from intertie.compiler.unsupported import leave_out_around, why_unsupported
from intertie.compiler.wires.contract import CallTarget, CompiledWire, WireCompiler
from intertie.compiler.wires.registry import compiler_of
from intertie.core.errors import snake_case
from intertie.core.money import Money, units
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import MappingRow, OperationPlan, Targets
from intertie.runtime.policies.budget.quantities import expected_quantity
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow
from intertie.spec.model import Endpoint


class Found(Struct, frozen=True):
    """An endpoint that has what a call needs."""

    id: str
    endpoint: Endpoint
    compiler: WireCompiler
    target: CallTarget

    @property
    def span(self) -> SourceSpan:
        """The operation's place."""
        return self.target.span


def callable_endpoints(build: Build) -> dict[str, Found]:
    """Return operation id -> endpoint for those that say what a call is made with; findings say which don't."""
    found: dict[str, Found] = {}
    for endpoint in build.spec.endpoints:
        compiler = compiler_of(build.spec, endpoint)
        target = compiler.locate(build, endpoint, endpoint.name.value if endpoint.name else "this endpoint")
        if target is None:
            continue
        operation = (snake_case(endpoint.name.value) if endpoint.name else "") or target.name
        # Of two headings with one id the first is meant; the reader of the spec reports the second.
        found.setdefault(operation, Found(operation, endpoint, compiler, target))
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
        compiled = found.compiler.compile(build, endpoint, found.target, found.id, shared=shared, shelf=self._shelf)
        declared_safe = bool(endpoint.idempotent and endpoint.idempotent.value)
        unsupported = why_unsupported(build, endpoint, found.id, shared.unsupported, spoken=found.compiler.name)
        leave_out_around(build, endpoint, found.id)
        head = endpoint.endpoint
        operation = OperationPlan(
            id=found.id,
            name=endpoint.name.value if endpoint.name else found.id,
            description=head.description.value if head and head.description else None,
            wire=compiled.wire,
            result=compiled.result,
            targets=_targets(endpoint),
            outbound=self._rows.outbound_for(
                found.id, compiled.names, compiled.message, takes_members=compiled.takes_members
            ),
            inbound=self._rows.inbound_for(found.id, compiled.result.schema, answers_nothing=compiled.answers_nothing),
            idempotency_header=compiled.idempotency_header,
            replay_safe=compiled.replay_safe or compiled.idempotency_header is not None or declared_safe,
            is_read=compiled.is_read,
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
        sources = {**self._sources(found, compiled, operation), **guard_sources}
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

    def _sources(self, found: Found, compiled: CompiledWire, operation: OperationPlan) -> dict[str, Mapping[str, str]]:
        """Return stage -> option -> source of what is an endpoint's own."""
        shared: dict[str, dict[str, str]] = {
            "outbound_mapping": _first("rows", operation.outbound),
            "classify": _first("error_rows", self._shared.errors.rows),
            "response_validation": result_sources(self._build, found.endpoint, str(found.span)),
            "inbound_mapping": _first("rows", operation.inbound),
        }
        own = compiled.sources
        return {stage: {**shared.get(stage, {}), **own.get(stage, {})} for stage in (*shared, *own)}

    def _cost(self, operation: OperationPlan) -> Money | None:
        """Return what one attempt is expected to cost at the first tier's price."""
        pricing = self._shared.pricing
        if pricing is None or not pricing.tiers:
            return None
        return Money(units_per_call(self._shared, operation) * pricing.tiers[0].cost, pricing.currency)


def units_per_call(shared: Shared, operation: OperationPlan) -> Decimal:
    """Return the units of the price that one attempt is expected to use: what the budget sets aside for it."""
    if shared.pricing is None:
        return Decimal(0)
    return units(expected_quantity(shared.pricing.model, operation, attempt_s=shared.timeouts.wire_s))


def _first(option: str, rows: tuple[MappingRow, ...] | tuple[ErrorMappingRow, ...]) -> dict[str, str]:
    """Return the source of a list of rows: that of the first one."""
    return {option: rows[0].source} if rows else {}


def _targets(endpoint: Endpoint) -> Targets:
    performance = endpoint.performance
    if performance is None:
        return Targets()
    values = (performance.p50, performance.p95, performance.p99)
    return Targets(*(value.value if value else None for value in values))
