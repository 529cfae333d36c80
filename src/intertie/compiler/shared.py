"""What all operations of a plan share: the options of its guards, and where each number came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from intertie.compiler.build import Build
from intertie.compiler.errors import compile_errors
from intertie.compiler.guards import HALVES
from intertie.compiler.stages import Sources
from intertie.runtime.plan import LoggingOptions
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.options import VersionOptions


class Shared(Struct, frozen=True):
    """Options of the whole integration.

    Attributes:
        guards: Guard -> options, of those that have no field of their own here and in the plan.
        sources: Stage -> option -> source.
        unsupported: Why no operation can be called, None where they can.
    """

    timeouts: TimeoutOptions
    retry: RetryOptions
    auth: AuthOptions
    errors: ErrorMappingOptions
    logging: LoggingOptions
    limits: LimiterOptions | None
    breaker: BreakerOptions | None
    pricing: PricingOptions | None
    version: VersionOptions | None
    fallback: FallbackOptions | None
    guards: Mapping[str, Struct]
    sources: Sources
    unsupported: str | None = None


def compile_shared(build: Build, logging: LoggingOptions, logging_sources: Mapping[str, str]) -> Shared:
    """Have every guard's half read the spec, in the order of the stages."""
    fields: dict[str, Any] = {}
    further: dict[str, Struct] = {}
    sources: dict[str, Mapping[str, str]] = {
        "telemetry": {
            name: logging_sources[name.removeprefix("log_")]
            for name in ("log_level", "include_headers", "include_body", "mask_sensitive")
        }
    }
    unsupported = None
    for name, half in HALVES.items():
        compiled = half.compile(build)
        if compiled is None:
            continue
        sources.update(dict.fromkeys(half.stages, compiled.sources))
        unsupported = unsupported or compiled.unsupported
        if half.plan_field:
            fields[half.plan_field] = compiled.options
        elif compiled.options is not None:
            further[name] = compiled.options
    errors = compile_errors(build, fields["fallback"])
    rows = [row.source for row in errors.rows if row.action == "fallback"]
    if rows:
        sources["fallback"] = {**sources["fallback"], "on": rows[0]}
    return Shared(**fields, errors=errors, logging=logging, guards=further, sources=sources, unsupported=unsupported)
