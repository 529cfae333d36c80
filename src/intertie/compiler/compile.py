"""From a spec to a plan: everything resolved, with the source of every number."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from types import MappingProxyType

from msgspec import Struct

from intertie.compiler.arithmetic import calls_per_month, month_cost
from intertie.compiler.build import Build, Chosen
from intertie.compiler.endpoints import OperationCompiler, callable_endpoints, units_per_call
from intertie.compiler.guarding import guarded
from intertie.compiler.mappings import compile_rows
from intertie.compiler.not_enforced import list_not_enforced
from intertie.compiler.origin import choose_origin
from intertie.compiler.proxies import compile_proxy
from intertie.compiler.schemas import SchemaShelf
from intertie.compiler.security import compile_logging, compile_retention, compile_tls
from intertie.compiler.settings import Settings
from intertie.compiler.shared import Shared, compile_shared
from intertie.compiler.stages import Sources, with_stages
from intertie.core.money import Money
from intertie.diagnostics import Diagnostic
from intertie.runtime.lifecycle import life_cycle_warnings
from intertie.runtime.plan import OperationPlan, Plan
from intertie.spec.model import Spec

_LONGEST_SERVICE = 100
"""Characters of a service's slug: it names the logger, and is part of many messages."""


class Compiled(Struct, frozen=True):
    """What came of a spec: the plan, None where an error prevents one, and the findings."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...] = ()


def compile_spec(
    spec: Spec, *, settings: Settings, environment: str | None = None, base_url: str | None = None
) -> Compiled:
    """Return the plan of a spec in one environment.

    Args:
        spec: As read; what is absent or unfilled in it takes configured or built-in defaults.
        settings: Of the workspace.
        environment: Asked for by the caller; else the configured one, else `development` where it is declared, else
            `base_url`.
        base_url: Where calls go instead of what spec and configuration say.

    Raises:
        UsageError: The caller's environment or base URL is none.
    """
    build = Build(spec, settings)
    plan = guarded(build, "the spec", spec.span, lambda: _plan(build, environment, base_url))
    return Compiled(None if build.failed else plan, tuple(build.diagnostics))


def _plan(build: Build, environment: str | None, base_url: str | None) -> Plan | None:
    spec, settings = build.spec, build.settings
    chosen = choose_origin(build, environment, base_url)
    retention_s, retention_source = compile_retention(build)
    build.retention = Chosen(retention_s, retention_source)
    logging, logging_sources = compile_logging(build)
    tls, tls_sources = compile_tls(build)
    shared = compile_shared(build, logging, logging_sources)
    operations, sources = _operations(build, shared)
    list_not_enforced(build)
    if chosen is None:
        return None
    proxy, proxy_source = compile_proxy(build, chosen.origin)
    if build.failed:
        return None
    status = spec.front_matter.status.value if spec.front_matter and spec.front_matter.status else "draft"
    service = _service(spec)
    plan = Plan(
        id=spec.id or service,
        service=service,
        title=_title(spec) or service,
        summary=spec.overview.value if spec.overview else None,
        status=status,
        environment=chosen.environment,
        origin=chosen.origin,
        is_own_origin=chosen.is_own,
        spec_path=spec.path,
        content_hash=spec.content_hash,
        operations=MappingProxyType(operations),
        timeouts=shared.timeouts,
        retry=shared.retry,
        auth=shared.auth,
        errors=shared.errors,
        logging=logging,
        tls=tls,
        proxy=proxy,
        limits=shared.limits,
        breaker=shared.breaker,
        pricing=shared.pricing,
        version=shared.version,
        fallback=shared.fallback,
        audit=settings.audit,
        retention_s=retention_s,
        guards=MappingProxyType(shared.guards),
        worst_month=_worst_month(shared, operations),
        not_enforced=tuple(build.not_enforced),
        warnings=(*build.warnings, *life_cycle_warnings(spec.id or service, service, status, chosen.environment)),
        sources=MappingProxyType(
            {
                "environment": chosen.environment_source,
                "base_url": chosen.url_source,
                "retention": retention_source,
                "audit": "default" if settings.sources.get("audit", "default") == "default" else "config",
                **logging_sources,
                **tls_sources,
                "proxy": proxy_source,
            }
        ),
    )
    return with_stages(plan, shared.sources, sources)


def _operations(build: Build, shared: Shared) -> tuple[dict[str, OperationPlan], dict[str, Sources]]:
    """Return the operations without their stages, and the sources of what is their own."""
    found = callable_endpoints(build)
    rows = compile_rows(build, found)
    shelf = SchemaShelf(build)
    compiler = OperationCompiler(build, shared, rows, shelf)
    operations: dict[str, OperationPlan] = {}
    sources: dict[str, Sources] = {}
    for name, endpoint in found.items():
        compiled = guarded(build, f"operation {name}", endpoint.span, partial(compiler.compile, endpoint))
        if compiled is not None:
            operations[name], sources[name] = compiled
    if operations:
        rows.report_unused(build)
    shelf.check()
    return operations, sources


def _worst_month(shared: Shared, operations: dict[str, OperationPlan]) -> Money | None:
    """Return what a month costs at the declared limit, all calls being of the dearest operation."""
    pricing = shared.pricing
    if pricing is None:
        return None
    if not pricing.tiers:
        return Money(pricing.monthly_fee, pricing.currency) if pricing.monthly_fee else None
    calls = calls_per_month(shared.limits.windows) if shared.limits else None
    units = max((units_per_call(shared, operation) for operation in operations.values()), default=Decimal(0))
    return None if calls is None else Money(month_cost(pricing, units, calls), pricing.currency)


def _title(spec: Spec) -> str | None:
    named = spec.front_matter.name if spec.front_matter else None
    return named.value if named else spec.title.value if spec.title else None


def _service(spec: Spec) -> str:
    """Return the slug of the service: what packages, routes and dashboards are called."""
    front, service = spec.front_matter, spec.service
    named = (front.service if front else None) or (service.name if service else None)
    text = named.value if named else _title(spec) or "service"
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()[:_LONGEST_SERVICE]).strip("-") or "service"
