"""The stages of an operation as data: what is on, with effective numbers and where each came from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from intertie.compiler.fallback import applies
from intertie.core.money import decimal_text
from intertie.runtime.plan import LoggingOptions, MappingRow, OperationPlan, StageDescription
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.budget.options import PricingOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.stages import ORDER, Stage

Options = tuple[Mapping[str, object], Mapping[str, str]]
"""(option -> JSON-ready value, option -> source)."""


class Guards(Struct, frozen=True):
    """What all operations of an integration share, with the sources of every number."""

    timeouts: TimeoutOptions
    retry: RetryOptions
    limits: LimiterOptions | None
    breaker: BreakerOptions | None
    pricing: PricingOptions | None
    auth: AuthOptions
    version: VersionOptions | None
    fallback: FallbackOptions | None
    errors: ErrorMappingOptions
    logging: LoggingOptions
    sources: Mapping[str, Mapping[str, str]]
    """Subject -> option -> source."""


class StageWriter:
    """Describes stages; what does not depend on the operation is described once."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self._shared = {stage: found for stage, found in self._describe_shared() if found is not None}

    def stages_of(self, operation: OperationPlan, places: Mapping[str, str]) -> tuple[StageDescription, ...]:
        """Return the stages that are on for an operation, outermost first; `places` has its own sources."""
        own = self._own(operation, places)
        stages: list[StageDescription] = []
        for stage in ORDER:
            found = own[stage] if stage in own else self._shared.get(stage)
            if found is not None:
                stages.append(StageDescription(stage.value, *found))
        return tuple(stages)

    def _own(self, operation: OperationPlan, places: Mapping[str, str]) -> dict[Stage, Options | None]:
        guards = self._guards
        fallback = guards.fallback if guards.fallback and applies(guards.fallback, is_read=operation.is_read) else None
        is_cached = fallback is not None and fallback.strategy == "cache"
        response = operation.wire.response
        own: dict[Stage, Options | None] = {
            Stage.OUTBOUND_MAPPING: _rows(operation.outbound),
            Stage.REQUEST_VALIDATION: _request(operation, places),
            Stage.FALLBACK: self._fallback(fallback) if fallback else None,
            Stage.IDEMPOTENCY_KEY: None,
            Stage.CLASSIFY: self._classify(operation, places),
            Stage.RESPONSE_VALIDATION: None,
            Stage.INBOUND_MAPPING: _rows(operation.inbound),
            Stage.LAST_GOOD: (({"keep_s": fallback.cache_ttl_s}, {"keep_s": self._source("fallback", "cache_ttl_s")}))
            if fallback and is_cached
            else None,
        }
        if operation.idempotency_header is not None:
            own[Stage.IDEMPOTENCY_KEY] = ({"header": operation.idempotency_header}, {"header": places["header"]})
        if response.schema is not None and response.validate != "off":
            own[Stage.RESPONSE_VALIDATION] = (
                {"mode": response.validate, "schema": response.schema.name or "inline"},
                {"mode": places["mode"], "schema": places["schema"]},
            )
        return own

    def _describe_shared(self) -> list[tuple[Stage, Options | None]]:
        guards = self._guards
        timeouts, times = guards.timeouts, self._guards.sources["timeouts"]
        breaker = self._breaker()
        return [
            (Stage.TELEMETRY, self._telemetry()),
            (Stage.DEADLINE, ({"total_s": timeouts.total_s}, {"total_s": times["total_s"]})),
            (Stage.RETRY, self._retry()),
            (Stage.CIRCUIT_BREAKER, breaker),
            (Stage.BUDGET, self._budget()),
            (Stage.AUTHENTICATION, self._auth()),
            (Stage.VERSION, self._version()),
            (Stage.CONNECTION, ({"connect_s": timeouts.connect_s}, {"connect_s": times["connect_s"]})),
            (Stage.RATE_LIMIT, self._limits()),
            (Stage.CIRCUIT_BREAKER_AGAIN, ({}, {}) if breaker else None),
            (
                Stage.SEND,
                (
                    {"write_s": timeouts.write_s, "read_s": timeouts.read_s},
                    {"write_s": times["write_s"], "read_s": times["read_s"]},
                ),
            ),
            (Stage.SETTLE, self._settle()),
        ]

    def _source(self, subject: str, option: str) -> str:
        return self._guards.sources[subject].get(option, "default")

    def _with_sources(self, subject: str, options: dict[str, object]) -> Options:
        return options, {name: self._source(subject, name) for name in options}

    def _telemetry(self) -> Options:
        logging, sources = self._guards.logging, self._guards.sources["logging"]
        options: dict[str, object] = {
            "log_level": logging.level,
            "include_headers": logging.include_headers,
            "include_body": logging.include_body,
            "mask_sensitive": logging.mask_sensitive,
        }
        return options, {name: sources[name.removeprefix("log_")] for name in options}

    def _retry(self) -> Options | None:
        retry = self._guards.retry
        if retry.max_attempts <= 1:
            return None
        conditions = [name for name in ("network_error", "timeout", "service_unavailable") if getattr(retry, name)]
        return self._with_sources(
            "retry",
            {
                "max_attempts": retry.max_attempts,
                "backoff": retry.backoff,
                "initial_delay_s": retry.initial_delay_s,
                "max_delay_s": retry.max_delay_s,
                "multiplier": retry.multiplier,
                "jitter": retry.jitter,
                "retry_on": [_status(text) for text in retry.retry_on.written],
                "retry_conditions": conditions,
                "retry_budget": retry.budget_ratio,
            },
        )

    def _breaker(self) -> Options | None:
        breaker = self._guards.breaker
        if breaker is None:
            return None
        options: dict[str, object] = {}
        if breaker.failure_threshold is not None:
            options["failure_threshold"] = breaker.failure_threshold
        else:
            options |= {
                "failure_ratio": breaker.failure_ratio,
                "window": breaker.window,
                "minimum_calls": breaker.minimum_calls,
            }
        named = [name for name in ("network_error", "timeout") if getattr(breaker, name)]
        options |= {
            "open_s": breaker.open_s,
            "half_open_requests": breaker.half_open_requests,
            "success_threshold": breaker.success_threshold,
            "scope": breaker.scope,
            "failure_on": [*named, *(_status(text) for text in breaker.statuses.written)],
        }
        return self._with_sources("breaker", options)

    def _limits(self) -> Options | None:
        limits = self._guards.limits
        if limits is None:
            return None
        options: dict[str, object] = {
            "windows": [{"limit": window.limit, "window_s": window.window_s} for window in limits.windows],
            "strategy": limits.strategy,
        }
        if limits.burst is not None:
            options["burst"] = limits.burst
        if limits.concurrent is not None:
            options["concurrent"] = limits.concurrent
        options["on_limit"] = limits.on_limit
        if limits.max_wait_s is not None:
            options["max_wait_s"] = limits.max_wait_s
        options |= {
            "retry_after_s": limits.retry_after_s,
            "backoff_multiplier": limits.backoff_multiplier,
            "max_pause_s": limits.max_pause_s,
        }
        return self._with_sources("limits", options)

    def _budget(self) -> Options | None:
        pricing = self._guards.pricing
        if pricing is None or pricing.monthly_limit is None:
            return None
        options: dict[str, object] = {
            "monthly_limit": decimal_text(pricing.monthly_limit),
            "currency": pricing.currency,
            "hard_stop": pricing.hard_stop,
            "time_zone": pricing.time_zone,
        }
        if pricing.alert_ratio is not None:
            options["alert_at"] = pricing.alert_ratio
        return self._with_sources("pricing", options)

    def _settle(self) -> Options | None:
        pricing = self._guards.pricing
        if pricing is None:
            return None
        options: dict[str, object] = {
            "model": pricing.model,
            "currency": pricing.currency,
            "tiers": [
                {
                    "name": tier.name,
                    "limit": None if tier.limit is None else _plain(tier.limit),
                    "cost": decimal_text(tier.cost),
                }
                for tier in pricing.tiers
            ],
        }
        if pricing.monthly_fee:
            options["monthly_fee"] = decimal_text(pricing.monthly_fee)
        return self._with_sources("pricing", options)

    def _auth(self) -> Options | None:
        auth = self._guards.auth
        match auth.type:
            case "api_key":
                options: dict[str, object] = {"type": auth.type, "location": auth.location, "name": auth.name}
                if auth.scheme:
                    options["scheme"] = auth.scheme
                return self._with_sources("auth", options | {"secret": auth.secret})
            case "basic":
                named = {"type": auth.type, "username": auth.username, "password": auth.password}
                return self._with_sources("auth", dict(named))
            case _:
                return None

    def _version(self) -> Options | None:
        version = self._guards.version
        if version is None:
            return None
        options: dict[str, object] = {"strategy": version.strategy, "current": version.current}
        if version.name:
            options["name"] = version.name
        options["supported"] = list(version.supported)
        if version.deprecations:
            options["deprecations"] = {name: day.isoformat() for name, day in version.deprecations}
        return self._with_sources("version", options)

    def _fallback(self, fallback: FallbackOptions) -> Options:
        options: dict[str, object] = {"strategy": fallback.strategy}
        match fallback.strategy:
            case "cache":
                options["cache_ttl_s"] = fallback.cache_ttl_s
            case "default":
                options["default_response"] = fallback.default_response
            case "queue":
                options["idempotency_ttl_s"] = fallback.idempotency_ttl_s
            case _:
                pass
        described, sources = self._with_sources("fallback", options)
        rows = [row for row in self._guards.errors.rows if row.action == "fallback"]
        if rows:
            described = {**described, "on": [_status(row.external_code) for row in rows]}
            sources = {**sources, "on": rows[0].source}
        return described, sources

    def _classify(self, operation: OperationPlan, places: Mapping[str, str]) -> Options:
        options: dict[str, object] = {"success": [_status(text) for text in operation.wire.response.statuses.written]}
        sources = {"success": places["success"]}
        rows = self._guards.errors.rows
        if rows:
            options["error_rows"] = [
                {"external_code": _status(row.external_code), "internal_code": row.internal_code, "action": row.action}
                for row in rows
            ]
            sources["error_rows"] = rows[0].source
        return options, sources


def _rows(rows: tuple[MappingRow, ...]) -> Options | None:
    if not rows:
        return None
    described = []
    for row in rows:
        one: dict[str, object] = {"from": row.read.text, "to": row.write.text}
        if row.transform is not None:
            one["transform"] = row.transform.text
        if row.required:
            one["required"] = True
        if row.has_default:
            one["default"] = row.default
        described.append(one)
    return {"rows": described}, {"rows": rows[0].source}


def _request(operation: OperationPlan, places: Mapping[str, str]) -> Options | None:
    options: dict[str, object] = {}
    if operation.wire.parameters:
        options["parameters"] = [
            f"{parameter.name} ({parameter.location}{', required' if parameter.required else ''})"
            for parameter in operation.wire.parameters
        ]
    if operation.wire.body is not None:
        options["body"] = operation.wire.body.content_type
        if operation.wire.body.schema is not None:
            options["schema"] = operation.wire.body.schema.name or "inline"
    sources = {name: places["body" if name == "schema" else name] for name in options}
    return (options, sources) if options else None


def _status(text: str) -> object:
    """Return a status as a number, a class or code as text."""
    return int(text) if text.isdigit() and len(text) == 3 else text


def _plain(number: object) -> int | float:
    value = float(str(number))
    return int(value) if value.is_integer() else value
