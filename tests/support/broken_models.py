"""Models of specs with values replaced by nonsense and fields taken out."""

from __future__ import annotations

import random
from typing import Any

from msgspec.structs import replace

from intertie.spec.fields import Block, Located, declared_fields
from intertie.spec.model import MoneyText, Schema, Spec
from support.spec_builder import endpoint, spec

TEXTS = (
    "",
    "x",
    "5xx",
    "50%",
    "0",
    "-1",
    "{",
    "{}",
    "a[",
    "$..a",
    "env:",
    "http://",
    "https://[",
    "9" * 400,
    "\x00",
    "é☃",
    "../..",
    "{uuid}",
    "none",
    "1e400",
    "P",
    "2024-02-30",
    "GET",
    "*",
    "()",
    "trim |",
    "a" * 3000,
)
SCHEMAS: tuple[Any, ...] = (
    {},
    {"type": "nope"},
    {"$ref": "#"},
    {"$ref": "#/a/b"},
    {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    {"items": {"$ref": "#"}, "type": "array"},
    {"properties": 3},
    {"pattern": "(("},
)


def mutated(value: Any, rng: random.Random, rate: float, choices: tuple[str, ...] = ()) -> Any:
    """Return a copy with some values replaced by nonsense and some fields taken out."""
    if isinstance(value, Located):
        if rng.random() >= rate:
            return value
        # A choice is one of its words, or the reader of the spec has left it out.
        return replace(value, value=rng.choice(choices) if choices else _nonsense(value.value, rng))
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Located) and not isinstance(value[1], str):
        return tuple(mutated(item, rng, rate) for item in value)  # a name with what it names
    if isinstance(value, tuple):
        kept = [mutated(item, rng, rate, choices) for item in value if rng.random() >= rate / 4]
        return tuple(kept + kept[:1] if rng.random() < rate / 4 else kept)
    if isinstance(value, Spec | Block):
        changes = {}
        declared = dict(declared_fields(type(value)).values()) if isinstance(value, Block) else {}
        for name in value.__struct_fields__:
            if name in ("span", "head", "document", "path", "content_hash", "kind"):
                continue
            inner = getattr(value, name)
            if inner is not None and not isinstance(inner, tuple) and rng.random() < rate / 4:
                changes[name] = None
                continue
            info = declared.get(name)
            item = (info.item or info) if info else None
            changes[name] = mutated(inner, rng, rate, item.choices if item else ())
        return replace(value, **changes)
    return value


def _nonsense(value: Any, rng: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice((0, 1, 2, 10**9, 10**15))
    if isinstance(value, float):
        return rng.choice((0.0, 0.001, 1.0, 1e9, 1e15))
    if isinstance(value, Schema):
        return Schema(rng.choice(SCHEMAS), rng.choice((None, "Broken")))
    if isinstance(value, MoneyText):
        return MoneyText(value.amount * rng.choice((0, 1, 1000)), rng.choice((None, "EUR", "USD")))
    return rng.choice(TEXTS) if isinstance(value, str) else rng.choice((None, [], {}, "x", 3))


def full_model() -> Spec:
    """Return a model that has a value in nearly every field."""
    return spec(
        front_matter={"id": "INT-7", "name": "Made", "status": "approved", "service": "made"},
        integration_type={"protocol": "REST", "authentication": "API Key", "data_format": "JSON"},
        service={
            "name": "made",
            "version": "2",
            "base_url": "https://a.example",
            "environments": {"production": "https://a.example/v1"},
        },
        authentication={"type": "api_key", "config": {"key_name": "X-Key", "secret": "env:KEY", "username": "env:U"}},
        timeouts={"connect": 1.0, "read": 4.0, "write": 2.0, "total": 10.0},
        rate_limits={"requests_per_second": 25, "rate_limit": "60 RPM", "burst_size": 10, "concurrent_requests": 3},
        throttling={"strategy": "token_bucket", "retry_after": 1.0, "max_wait": 3.0},
        retry={
            "max_attempts": 4,
            "initial_delay": 0.2,
            "max_delay": 2.0,
            "retry_on": ["409"],
            "retry_conditions": ["timeout"],
        },
        circuit_breaker={"failure_threshold": "50%", "window": 30, "failure_on": ["5xx"], "timeout": 9.0},
        error_mapping=[{"external_code": "5xx", "internal_code": "A", "action": "fallback"}],
        error_code_path="error.code",
        fallback_behavior={"strategy": "cache", "cache_ttl": 3.0, "default_response": {}},
        monitoring={
            "metrics": ["error_rate"],
            "logging": {"level": "info"},
            "alerts": [{"condition": "error_rate > 1%"}],
            "alert_on_open": True,
        },
        costs={
            "pricing_model": "per_request",
            "tiers": [{"limit": 10.0, "cost": "1 EUR", "unit": "request"}, {"cost": 2}],
            "budget": {"monthly_limit": 10, "alert_at": 0.8},
            "time_zone": "Europe/Berlin",
        },
        security={
            "data_encryption": "TLS 1.3 at rest",
            "data_retention": "30 days",
            "gdpr/privacy": "personal: a, b",
            "personal": ["c"],
            "secret_management": "env:KEY",
            "client_key": "env:CK",
            "ca": "ca.pem",
        },
        testing={"integration_tests": {"sandbox_url": "https://s.example", "test_credentials": "env:T"}},
        versioning={
            "strategy": "header",
            "current": "2",
            "supported": ["1"],
            "deprecation_schedule": {"1": "2030-01-01"},
        },
        sla={"availability": "99.9%"},
        endpoints=(
            endpoint(
                "Get",
                "/t/{id}",
                request={
                    "parameters": [{"name": "id", "in": "path", "type": "string", "default": 3, "enum": ["a"]}],
                    "headers": [{"name": "Idempotency-Key", "value": "{uuid}"}],
                },
                response={
                    "success": {"status": ["200"], "schema": {"properties": {"a": {}}}},
                    "errors": {"404": {"schema": {}}},
                },
                performance={"p99": 1.0},
                pagination={"style": "cursor", "cursor_parameter": "after", "cursor_path": "a.b", "items_path": "a"},
            ),
            endpoint(
                "Make",
                "/t",
                "POST",
                request={"body": {"content_type": "application/json", "schema": {"properties": {"b": {}}}}},
            ),
        ),
        inbound=[{"external_field": "a", "internal_field": "b", "transform": "uppercase", "endpoints": ["Get"]}],
        outbound=[{"internal_field": "b", "external_field": "b", "default": 3}],
    )
