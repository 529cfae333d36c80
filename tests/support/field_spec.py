"""A spec as data that uses its fields, written as Markdown, and any of its fields set by path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

DROP = object()

SECTIONS = {
    "integration_type": "Integration Type", "service": "Service Configuration",
    "authentication": "Service Configuration", "timeouts": "Service Configuration", "proxy": "Service Configuration",
    "rate_limits": "Rate Limits",
    "throttling": "Rate Limits", "retry": "Retry Policy", "circuit_breaker": "Circuit Breaker",
    "inbound": "Data Mappings", "outbound": "Data Mappings", "error_mapping": "Error Handling",
    "error_code_path": "Error Handling", "error_message_path": "Error Handling",
    "fallback_behavior": "Error Handling", "validation": "Validation",
    "monitoring": "Monitoring & Observability", "costs": "Cost Management", "security": "Security Considerations",
    "testing": "Testing Strategy", "versioning": "Migration & Versioning", "sla": "SLA Requirements",
    "dependencies": "Dependencies", "documentation": "Documentation",
}  # fmt: skip
"""First word of a path -> heading of the section that the field stands in."""
BULLETED = frozenset({"integration_type", "sla", "dependencies", "documentation"})
AS_TEXT = {
    "cases[]": "Validation Cases", "implementation[]": "Implementation References", "uncertainties": "Uncertainties",
}  # fmt: skip
"""Fields of sections that are lines of text; a case gives the whole section."""

BASE: dict[str, Any] = {
    "front_matter": {
        "id": "INT-001", "type": "Integration", "name": "Rates", "status": "review", "service": "rates", "related": [],
    },
    "title": "Rates",
    "overview": "Tells the price of a parcel.",
    "sections": {
        "Integration Type": {"bullets": {
            "protocol": "REST", "authentication": "API Key", "data_format": "JSON", "communication": "Synchronous",
        }},
        "Service Configuration": {
            "service": {
                "name": "rates", "version": "v2", "base_url": "https://api.rates.example",
                "environments": {"staging": "https://staging.rates.example"},
            },
            "authentication": {"type": "api_key", "config": {
                "key_location": "header", "key_name": "X-Key", "scheme": "Key", "secret": "env:RATES_KEY",
            }},
            "timeouts": {"connect": 1000, "read": 2000, "write": 1000, "total": 9000},
        },
        "Rate Limits": {
            "rate_limits": {"requests_per_second": 10, "requests_per_minute": 300, "requests_per_hour": 9000,
                            "requests_per_day": 90000, "burst_size": 5, "concurrent_requests": 8},
            "throttling": {"strategy": "sliding_window", "retry_after": 2, "backoff_multiplier": 2,
                           "on_limit": "wait", "max_wait": 3, "margin": "10ms"},
        },
        "Retry Policy": {"retry": {
            "max_attempts": 3, "initial_delay": 100, "max_delay": 900, "backoff": "exponential", "multiplier": 2,
            "jitter": True, "retry_on": [502], "retry_conditions": ["network_error"], "retry_budget": "20%",
        }},
        "Circuit Breaker": {"circuit_breaker": {
            "enabled": True, "failure_threshold": 5, "success_threshold": 2, "timeout": 20, "half_open_requests": 1,
            "scope": "integration", "failure_on": ["service_fault"],
        }},
        "Data Mappings": {
            "inbound": [{"external_field": "price", "internal_field": "amount", "transform": "to_decimal",
                         "required": True}],
            "outbound": [{"internal_field": "weight", "external_field": "grams", "transform": "to_integer",
                          "default": 5}],
        },
        "Error Handling": {
            "error_mapping": [
                {"external_code": "5xx", "internal_code": "DOWN", "message": "No rates now.", "action": "fallback"},
            ],
            "error_code_path": "error.code",
            "error_message_path": "error.message",
            "fallback_behavior": {"strategy": "cache", "cache_ttl": 300},
        },
        "Validation": {"validation": {"responses": "warn"}},
        "Monitoring & Observability": {"monitoring": {
            "metrics": ["request_count"],
            "logging": {"level": "info", "include_headers": False, "include_body": False, "mask_sensitive": True},
            "alerts": [{"condition": "error_rate > 5%", "severity": "critical", "channel": "slack"}],
            "metrics_enabled": True, "alert_on_open": True,
        }},
        "Cost Management": {"costs": {
            "pricing_model": "per_request", "currency": "EUR", "time_zone": "UTC",
            "tiers": [{"name": "first", "limit": 1000, "cost": 0.01, "unit": "request"},
                      {"name": "rest", "cost": 0.005, "unit": "request"}],
            "budget": {"monthly_limit": 90, "alert_at": "80%", "hard_stop": True},
        }},
        "Security Considerations": {"security": {
            "data_encryption": "TLS 1.2 in transit; AES-256 at rest", "audit_logging": "every call",
            "tls_minimum": "1.2", "personal": ["recipient"],
        }},
        "Testing Strategy": {"testing": {
            "unit_tests": {"mock_responses": True, "fixtures_location": "/tests/fixtures/rates"},
            "integration_tests": {"use_sandbox": True, "sandbox_url": "https://sandbox.rates.example",
                                  "test_credentials": "env:RATES_TEST_KEY"},
            "contract_tests": {"provider": "rates", "pact_location": "/tests/pacts"},
        }},
        "Migration & Versioning": {"versioning": {
            "strategy": "header", "header": "X-Version", "current": "v2", "supported": ["v1", "v2"],
            "deprecation_schedule": {"v1": "2028-01-31"},
        }},
        "SLA Requirements": {"bullets": {
            "availability": "99.9%", "response_time": "p99 < 900ms", "error_rate": "< 1%", "support_hours": "24/7",
        }},
        "Dependencies": {"bullets": {
            "internal_services": "checkout", "libraries": "none", "infrastructure": "PostgreSQL",
        }},
        "Documentation": {"bullets": {
            "api_docs": "https://docs.rates.example", "client_library": "https://git.rates.example/client",
            "support_contact": "help@rates.example",
        }},
        "Validation Cases": "### Test Cases\n- /test-cases/TC-001.yaml: A rate is told",
        "Implementation References": "- Client Library: `/src/rates/`\n- Configuration: `/config/rates.yaml`",
        "Uncertainties": "- Does a rate cost money?",
    },
    "endpoints": {
        "Get Rate": {
            "endpoint": {"path": "/rates/{zone}", "method": "GET", "description": "Tells a price."},
            "request": {
                "headers": [{"name": "X-Trace", "required": True, "value": "{uuid}", "description": "For support."}],
                "parameters": [
                    {"name": "zone", "in": "path", "type": "string", "required": True, "description": "Where to."},
                    {"name": "grams", "in": "query", "type": "integer", "required": False, "default": 100,
                     "minimum": 1, "maximum": 30000, "description": "How heavy."},
                ],
            },
            "response": {
                "success": {"status": [200], "content_type": "application/json",
                            "schema": {"type": "object", "properties": {"price": {"type": "string"}}},
                            "example": {"price": "4.20"}},
                "errors": {"404": {
                    "description": "No such zone", "content_type": "application/json", "retry_after": "Retry-After",
                    "schema": {"type": "object", "properties": {"error": {
                        "type": "object", "properties": {"code": {"type": "string"}}}}},
                    "example": {"error": {"code": "no_zone"}},
                }},
            },
            "performance": {"p50": 100, "p95": 300, "p99": 800},
        },
        "Create Label": {
            "endpoint": {"path": "/labels", "method": "POST", "description": "Makes a label."},
            "request": {
                "parameters": [{"name": "tags", "in": "query", "type": "array", "required": False}],
                "body": {"content_type": "application/json", "required": True,
                         "schema": {"type": "object", "properties": {"recipient": {"type": "string"}}}},
            },
            "response": {"success": {"status": [201], "content_type": "application/json", "schema": {"type": "object"}}},
            "idempotent": False,
        },
    },
}  # fmt: skip

BULLETS = {
    "data_format": "Data Format", "audit_logging": "Audit Logging", "data_encryption": "Data Encryption",
    "secret_management": "Secret Management", "data_retention": "Data Retention", "gdpr/privacy": "GDPR/Privacy",
    "response_time": "Response Time", "error_rate": "Error Rate", "support_hours": "Support Hours",
    "internal_services": "Internal Services", "api_docs": "API Docs", "client_library": "Client Library",
    "support_contact": "Support Contact",
}  # fmt: skip


def text_of(spec: Mapping[str, Any]) -> str:
    """Return a spec's Markdown from its data: one line for each block, so that lines stay where they are.

    Sections given as `{"bullets": {...}}` are bullets, as a text are that text, else YAML in flow style.
    """
    lines = ["---", *(f"{key}: {json.dumps(value)}" for key, value in spec["front_matter"].items()), "---"]
    lines += [f"# {spec['title']}", "", "## Service Overview", str(spec["overview"]), ""]
    for heading, body in spec["sections"].items():
        lines += [f"## {heading}", *_body(body), ""]
    lines.append("## API Endpoints")
    for name, block in spec["endpoints"].items():
        lines += ["", f"### {name}", *_yaml(block)]
    return "\n".join(lines) + "\n"


def _body(body: Any) -> list[str]:
    if isinstance(body, str):
        return body.splitlines()
    if "bullets" in body:
        named = body["bullets"].items()
        return [f"- **{BULLETS.get(key, key.replace('_', ' ').title())}**: {value}" for key, value in named]
    return _yaml(body)


def _yaml(block: Mapping[str, Any]) -> list[str]:
    return ["```yaml", *(f"{key}: {json.dumps(value)}" for key, value in block.items()), "```"]


def put(spec: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a field's path; `[]` means the first of a list, `.*` the first of names."""
    parts = [part for part in re.split(r"\.(?![^\[]*\])|(?=\[)", path) if part]
    if path in ("title", "overview"):
        spec[path] = "" if value is DROP else value
        return
    if path == "endpoints[].name":
        if value is DROP:
            return
        first, *rest = spec["endpoints"].items()
        spec["endpoints"] = dict([(value, first[1]), *rest])
        return
    for lead, heading in AS_TEXT.items():
        if path.startswith(lead):
            spec["sections"][heading] = "" if value is DROP else value
            return
    if parts[0] == "front_matter":
        node, parts = spec["front_matter"], parts[1:]
    elif parts[0] == "endpoints":
        name = parts[1].strip("[]") or next(iter(spec["endpoints"]))
        node, parts = spec["endpoints"][name], parts[2:]
    else:
        if parts[0] not in SECTIONS:
            msg = f"`{parts[0]}` stands in no section yet: add it to SECTIONS in tests/support/field_spec.py"
            raise LookupError(msg)
        section = spec["sections"].setdefault(SECTIONS[parts[0]], {})
        node, parts = (section["bullets"], parts[1:]) if parts[0] in BULLETED else (section, parts)
    _set(node, parts, value)


def _set(node: Any, parts: list[str], value: Any) -> None:
    for part, following in pairwise(parts):
        key = _key(node, part)
        if isinstance(node, dict) and key not in node:
            node[key] = [{}] if following.startswith("[") else {}
        node = node[key]
    key = _key(node, parts[-1])
    if value is DROP:
        node.pop(key, None)
    else:
        node[key] = value


def _key(node: Any, part: str) -> Any:
    if part.startswith("["):
        return int(part.strip("[]") or 0)
    return next(iter(node)) if part == "*" else part
