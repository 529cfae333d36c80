"""For every field of a spec another value: what the test of silent fields turns.

One row a field, by its path in the model (`intertie.spec.field_paths`). `other` is the value that it gets; `uses` sets up
other fields first, where the base spec does not use the field in a way that matters; `first` is the value before, where
the base spec has none. `DROP` takes a field out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, NamedTuple

from support.field_spec import BASE, DROP, put


class Case(NamedTuple):
    """How a field is changed: from `first` (the base spec's value where there is none) to `other`.

    Attributes:
        uses: Path -> value of other fields that must be so for the field to matter.
        at: A path to the very place where the field's own names the first of several.
        environment: The environment that the spec is planned for.
    """

    other: Any
    first: Any = None
    uses: Mapping[str, Any] = {}
    at: str = ""
    environment: str | None = None


_LABEL = "endpoints[Create Label]"
_GRAMS = "endpoints[Get Rate].request.parameters[1]"
_TAGS = f"{_LABEL}.request.parameters[0]"
_OAUTH = {
    "integration_type.authentication": "OAuth",
    "authentication": {"type": "oauth", "config": {
        "grant_type": "client_credentials", "token_url": "https://auth.rates.example/token",
        "client_id": "env:RATES_ID", "client_secret": "env:RATES_SECRET"}},
}  # fmt: skip
_AWS = {
    "integration_type.authentication": "AWS SigV4",
    "authentication": {"type": "aws_sigv4", "config": {
        "access_key_id": "env:RATES_KEY_ID", "secret_access_key": "env:RATES_KEY"}},
}  # fmt: skip
_JWT = {
    "integration_type.authentication": "JWT",
    "authentication": {"type": "jwt", "config": {"algorithm": "RS256", "key": "file:/run/secrets/key.pem"}},
}
_BASIC = {
    "integration_type.authentication": "Basic",
    "authentication": {"type": "basic", "config": {"username": "env:RATES_USER", "password": "env:RATES_PASSWORD"}},
}


_PROXY = {"proxy.url": "http://proxy.example:3128"}


def _page(**options: Any) -> dict[str, Any]:
    return {"endpoints[].pagination": options}


_SHARE = {"circuit_breaker.failure_threshold": "50%", "circuit_breaker.window": 20, "circuit_breaker.minimum_calls": 10}

CASES: dict[str, Case] = {
    "front_matter.id": Case("INT-002"),
    "front_matter.type": Case("Integrations"),
    "front_matter.name": Case("Prices"),
    "front_matter.status": Case("deprecated"),
    "front_matter.service": Case("prices"),
    "front_matter.related": Case(["DATA-404"]),
    "title": Case("Prices"),
    "overview": Case("Tells nothing."),
    "integration_type.protocol": Case("GraphQL"),
    "integration_type.authentication": Case("Basic"),
    "integration_type.data_format": Case("XML"),
    "integration_type.communication": Case("Asynchronous"),
    "service.name": Case("prices"),
    "service.version": Case("v1"),
    "service.base_url": Case("https://api.prices.example"),
    "service.environments": Case({"production": "https://api.rates.example/live"}),
    "authentication.type": Case("none"),
    "authentication.config.key_location": Case("query"),
    "authentication.config.key_name": Case("X-Other"),
    "authentication.config.scheme": Case("Bearer"),
    "authentication.config.secret": Case("env:OTHER_KEY"),
    "authentication.config.username": Case("env:OTHER", uses=_BASIC),
    "authentication.config.password": Case("env:OTHER", uses=_BASIC),
    "authentication.config.token_refresh": Case(True),
    "authentication.config.expires_in": Case(600),
    "authentication.config.grant_type": Case("refresh_token", uses=_OAUTH),
    "authentication.config.token_url": Case("http://auth.rates.example/token", uses=_OAUTH),
    "authentication.config.authorization_url": Case("https://auth.rates.example/login", uses=_OAUTH),
    "authentication.config.client_id": Case("env:OTHER", uses=_OAUTH),
    "authentication.config.client_secret": Case("env:OTHER", uses=_OAUTH),
    "authentication.config.client_authentication": Case("client_secret_post", uses=_OAUTH),
    "authentication.config.refresh_token": Case("env:REFRESH", uses=_OAUTH),
    "authentication.config.scopes": Case(["rates.read"], uses=_OAUTH),
    "authentication.config.audience": Case("https://api.rates.example", uses=_JWT),
    "authentication.config.algorithm": Case("HS256", uses=_JWT),
    "authentication.config.key": Case("env:OTHER", uses=_JWT),
    "authentication.config.key_id": Case("k1", uses=_JWT),
    "authentication.config.issuer": Case("shop", uses=_JWT),
    "authentication.config.subject": Case("svc", uses=_JWT),
    "authentication.config.claims": Case({"tenant": "eu"}, uses=_JWT),
    "authentication.config.access_key_id": Case("env:OTHER", uses=_AWS),
    "authentication.config.secret_access_key": Case("env:OTHER", uses=_AWS),
    "authentication.config.session_token": Case("env:OTHER", uses=_AWS),
    "authentication.config.region": Case("eu-central-1", uses=_AWS),
    "authentication.config.service": Case("s3", uses=_AWS),
    "proxy.url": Case("http://proxy.example:3128"),
    "proxy.no_proxy": Case(["api.rates.example"], uses=_PROXY),
    "proxy.username": Case("env:PROXY_USER", uses=_PROXY),
    "proxy.password": Case("env:PROXY_PASSWORD", uses={**_PROXY, "proxy.username": "env:PROXY_USER"}),
    "timeouts.connect": Case(1100),
    "timeouts.read": Case(2100),
    "timeouts.write": Case(1200),
    "timeouts.total": Case(9100),
    "rate_limits.requests_per_second": Case(11),
    "rate_limits.requests_per_minute": Case(301),
    "rate_limits.requests_per_hour": Case(9001),
    "rate_limits.requests_per_day": Case(90001),
    "rate_limits.burst_size": Case(6),
    "rate_limits.concurrent_requests": Case(9),
    "rate_limits.rate_limit": Case("30 requests per minute", first="20 requests per minute",
                                   uses={"rate_limits": {}}),
    "rate_limits.enabled": Case(False, first=True),
    "throttling.strategy": Case("token_bucket"),
    "throttling.retry_after": Case(3),
    "throttling.backoff_multiplier": Case(3),
    "throttling.on_limit": Case("reject", uses={"throttling.max_wait": DROP}),
    "throttling.max_wait": Case(4),
    "throttling.margin": Case("30ms"),
    "throttling.enabled": Case(False, first=True),
    "retry.max_attempts": Case(4),
    "retry.max_retries": Case(3, first=2, uses={"retry.max_attempts": DROP}),
    "retry.initial_delay": Case(110),
    "retry.max_delay": Case(910),
    "retry.backoff": Case("linear"),
    "retry.multiplier": Case(3),
    "retry.jitter": Case(False),
    "retry.retry_on": Case([502, 504]),
    "retry.retry_conditions": Case(["network_error", "timeout"]),
    "retry.retry_budget": Case("25%"),
    "retry.enabled": Case(False, first=True),
    "circuit_breaker.enabled": Case(False),
    "circuit_breaker.failure_threshold": Case(6),
    "circuit_breaker.success_threshold": Case(3),
    "circuit_breaker.timeout": Case(21),
    "circuit_breaker.half_open_requests": Case(2),
    "circuit_breaker.window": Case(30, uses=_SHARE),
    "circuit_breaker.minimum_calls": Case(11, uses=_SHARE),
    "circuit_breaker.scope": Case("endpoint"),
    "circuit_breaker.failure_on": Case(["timeout"]),
    "endpoints[].name": Case("Get Price"),
    "endpoints[].endpoint.path": Case("/prices/{zone}"),
    "endpoints[].endpoint.method": Case("HEAD"),
    "endpoints[].endpoint.description": Case("Tells another price."),
    "endpoints[].request.headers[].name": Case("X-Request"),
    "endpoints[].request.headers[].required": Case(False),
    "endpoints[].request.headers[].value": Case("{timestamp}"),
    "endpoints[].request.headers[].description": Case("For nobody."),
    "endpoints[].request.parameters[].name": Case("heavy", at=f"{_GRAMS}.name"),
    "endpoints[].request.parameters[].in": Case("header", at=f"{_GRAMS}.in"),
    "endpoints[].request.parameters[].type": Case("number", at=f"{_GRAMS}.type"),
    "endpoints[].request.parameters[].format": Case("int64", first="int32", at=f"{_GRAMS}.format"),
    "endpoints[].request.parameters[].required": Case(True, at=f"{_GRAMS}.required"),
    "endpoints[].request.parameters[].default": Case(200, at=f"{_GRAMS}.default"),
    "endpoints[].request.parameters[].enum": Case([100, 300], first=[100, 200], at=f"{_GRAMS}.enum"),
    "endpoints[].request.parameters[].items": Case({"type": "integer"}, first={"type": "string"}, at=f"{_TAGS}.items"),
    "endpoints[].request.parameters[].minimum": Case(2, at=f"{_GRAMS}.minimum"),
    "endpoints[].request.parameters[].maximum": Case(40000, at=f"{_GRAMS}.maximum"),
    "endpoints[].request.parameters[].pattern": Case("^[A-Z]+$", first="^[a-z]+$"),
    "endpoints[].request.parameters[].style": Case("pipeDelimited", first="form", at=f"{_TAGS}.style"),
    "endpoints[].request.parameters[].explode": Case(False, first=True, at=f"{_TAGS}.explode"),
    "endpoints[].request.parameters[].description": Case("Elsewhere."),
    "endpoints[].request.body.content_type": Case(
        "application/x-www-form-urlencoded", at=f"{_LABEL}.request.body.content_type"
    ),
    "endpoints[].request.body.schema": Case({"type": "object"}, at=f"{_LABEL}.request.body.schema"),
    "endpoints[].request.body.required": Case(False, at=f"{_LABEL}.request.body.required"),
    "endpoints[].response.success.status": Case([200, 203]),
    "endpoints[].response.success.content_type": Case("text/plain"),
    "endpoints[].response.success.schema": Case({"type": "object", "required": ["price"]}),
    "endpoints[].response.success.example": Case({"price": "9.90"}),
    "endpoints[].response.errors.*.description": Case("No zone"),
    "endpoints[].response.errors.*.schema": Case({"type": "object"}),
    "endpoints[].response.errors.*.retry_after": Case("X-Retry-After"),
    "endpoints[].response.errors.*.content_type": Case("application/problem+json"),
    "endpoints[].response.errors.*.example": Case({"error": {"code": "other"}}),
    "endpoints[].performance.p50": Case(110),
    "endpoints[].performance.p95": Case(310),
    "endpoints[].performance.p99": Case(810),
    "endpoints[].concurrent_requests": Case(3, at=f"{_LABEL}.concurrent_requests"),
    "endpoints[].idempotent": Case(True, at=f"{_LABEL}.idempotent"),
    "endpoints[].pagination.style": Case("page", uses=_page(style="cursor", cursor_parameter="grams",
                                                            cursor_path="next", items_path="rows")),
    "endpoints[].pagination.cursor_parameter": Case("zone", uses=_page(
        style="cursor", cursor_parameter="grams", cursor_path="next", items_path="rows")),
    "endpoints[].pagination.cursor_path": Case("after", uses=_page(
        style="cursor", cursor_parameter="grams", cursor_path="next", items_path="rows")),
    "endpoints[].pagination.page_parameter": Case("zone", uses=_page(
        style="page", page_parameter="grams", items_path="rows")),
    "endpoints[].pagination.first": Case(1, first=0, uses=_page(
        style="page", page_parameter="grams", first=0, items_path="rows")),
    "endpoints[].pagination.size_parameter": Case("zone", uses=_page(
        style="page", page_parameter="grams", size_parameter="zone2", size=10, items_path="rows")),
    "endpoints[].pagination.size": Case(20, uses=_page(
        style="page", page_parameter="grams", size_parameter="zone", size=10, items_path="rows")),
    "endpoints[].pagination.offset_parameter": Case("zone", uses=_page(
        style="offset", offset_parameter="grams", items_path="rows")),
    "endpoints[].pagination.limit_parameter": Case("zone", uses=_page(
        style="offset", offset_parameter="grams", limit_parameter="zone2", limit=10, items_path="rows")),
    "endpoints[].pagination.limit": Case(20, uses=_page(
        style="offset", offset_parameter="grams", limit_parameter="zone", limit=10, items_path="rows")),
    "endpoints[].pagination.items_path": Case("items", uses=_page(
        style="page", page_parameter="grams", items_path="rows")),
    "endpoints[].pagination.more_path": Case("more", first="has_more", uses=_page(
        style="page", page_parameter="grams", items_path="rows", more_path="has_more")),
    "endpoints[].pagination.total_path": Case("count", first="total", uses=_page(
        style="page", page_parameter="grams", items_path="rows", total_path="total")),
    "endpoints[].streaming": Case("ndjson", first="sse"),
    "endpoints[].graphql": Case({"document": "{ rate { price } }", "operation": "Rate"}),
    "endpoints[].grpc": Case({"reflection": True}),
    "endpoints[].websocket": Case({"heartbeat": "20s"}),
    "endpoints[].asynchronous": Case({"status_endpoint": "Get Rate"}, at=f"{_LABEL}.asynchronous"),
    "inbound[].external_field": Case("cost"),
    "inbound[].internal_field": Case("price"),
    "inbound[].transform": Case("to_string"),
    "inbound[].required": Case(False),
    "inbound[].default": Case("2", first="1", uses={"inbound[].required": False}),
    "inbound[].endpoints": Case(["Create Label"], first=["Get Rate"]),
    "outbound[].internal_field": Case("mass"),
    "outbound[].external_field": Case("zone"),
    "outbound[].transform": Case("-"),
    "outbound[].default": Case(6),
    "outbound[].required": Case(True, first=False, uses={"outbound[].default": DROP}),
    "outbound[].endpoints": Case(["Create Label"], first=["Get Rate"]),
    "error_mapping[].external_code": Case("503"),
    "error_mapping[].internal_code": Case("GONE"),
    "error_mapping[].message": Case("Other words."),
    "error_mapping[].action": Case("fail"),
    "error_code_path": Case("code"),
    "error_message_path": Case("message"),
    "fallback_behavior.strategy": Case("queue"),
    "fallback_behavior.cache_ttl": Case(310),
    "fallback_behavior.default_response": Case({"price": "1"}, first={"price": "0"}, uses={
        "fallback_behavior.strategy": "default", "fallback_behavior.cache_ttl": DROP}),
    "fallback_behavior.idempotency_ttl": Case(7200, first=3600, uses={
        "fallback_behavior.strategy": "queue", "fallback_behavior.cache_ttl": DROP}),
    "fallback_behavior.enabled": Case(False, first=True),
    "validation.responses": Case("strict"),
    "monitoring.metrics": Case(["request_count", "throughput"]),
    "monitoring.logging.level": Case("error"),
    "monitoring.logging.include_headers": Case(True),
    "monitoring.logging.include_body": Case(True),
    "monitoring.logging.mask_sensitive": Case(False),
    "monitoring.alerts[].condition": Case("error_rate > 6%"),
    "monitoring.alerts[].severity": Case("info"),
    "monitoring.alerts[].channel": Case("email"),
    "monitoring.metrics_enabled": Case(False),
    "monitoring.alert_on_open": Case(False),
    "costs.pricing_model": Case("per_minute"),
    "costs.currency": Case("USD"),
    "costs.time_zone": Case("Europe/Berlin"),
    "costs.monthly_fee": Case(8, first=7),
    "costs.tiers[].name": Case("begin"),
    "costs.tiers[].limit": Case(2000),
    "costs.tiers[].cost": Case(0.02),
    "costs.tiers[].unit": Case("minute"),
    "costs.budget.monthly_limit": Case(91),
    "costs.budget.alert_at": Case("70%"),
    "costs.budget.hard_stop": Case(False),
    "security.data_encryption": Case("TLS 1.3 in transit"),
    "security.secret_management": Case("in our heads", first="env:RATES_KEY"),
    "security.audit_logging": Case(DROP),
    "security.data_retention": Case("7 days", first="30 days"),
    "security.gdpr/privacy": Case("personal: zone", first="personal: grams"),
    "security.tls_minimum": Case("1.3"),
    "security.ca": Case("/certs/other.pem", first="/certs/ca.pem"),
    "security.client_certificate": Case("/certs/other.pem", first="/certs/client.pem", uses={
        "security.client_key": "file:/certs/client.key"}),
    "security.client_key": Case("env:OTHER", first="file:/certs/client.key", uses={
        "security.client_certificate": "/certs/client.pem"}),
    "security.personal": Case(["zone"]),
    "security.encryption_key": Case("env:REST_KEY"),
    "security.retention": Case("7 days", first="30 days"),
    "testing.unit_tests.mock_responses": Case(False),
    "testing.unit_tests.fixtures_location": Case("/tests/fixtures/other"),
    "testing.integration_tests.use_sandbox": Case(False),
    "testing.integration_tests.sandbox_url": Case(
        "https://other.rates.example", environment="sandbox"
    ),
    "testing.integration_tests.test_credentials": Case("env:OTHER"),
    "testing.contract_tests.provider": Case("prices"),
    "testing.contract_tests.pact_location": Case("/pacts"),
    "versioning.strategy": Case("url"),
    "versioning.header": Case("X-Other"),
    "versioning.parameter": Case("ver", first="v", uses={
        "versioning.strategy": "query", "versioning.header": DROP}),
    "versioning.current": Case("v1"),
    "versioning.supported": Case(["v2"]),
    "versioning.deprecation_schedule": Case({"v1": "2028-02-28"}),
    "sla.availability": Case("99.5%"),
    "sla.response_time": Case("p99 < 800ms"),
    "sla.error_rate": Case("< 2%"),
    "sla.support_hours": Case("Business hours"),
    "dependencies.internal_services": Case("checkout, billing"),
    "dependencies.libraries": Case("rates-client"),
    "dependencies.infrastructure": Case("Redis"),
    "documentation.api_docs": Case("https://docs.other.example"),
    "documentation.client_library": Case("https://git.other.example"),
    "documentation.support_contact": Case("other@rates.example"),
    "cases[].path": Case("### Test Cases\n- /test-cases/TC-002.yaml: A rate is told"),
    "cases[].description": Case("### Test Cases\n- /test-cases/TC-001.yaml: Another word"),
    "implementation[].what": Case("- Dashboard: `/src/rates/`\n- Configuration: `/config/rates.yaml`"),
    "implementation[].where": Case("- Client Library: `/lib/rates/`\n- Configuration: `/config/rates.yaml`"),
    "uncertainties": Case("- Does a rate cost money?\n- Who answers?"),
}  # fmt: skip
"""Path of a field -> how it is changed."""

BESIDE: dict[str, tuple[str, Case]] = {
    "a refresh beside no authentication": (
        "authentication.config.token_refresh", Case(True, first=False, uses={"authentication.type": "none"})),
    "a lifetime beside no authentication": (
        "authentication.config.expires_in", Case(600, uses={"authentication.type": "none"})),
    "a time to live beside a queue": (
        "fallback_behavior.cache_ttl", Case(310, first=300, uses={"fallback_behavior.strategy": "queue"})),
    "a default answer beside a cache": ("fallback_behavior.default_response", Case({"price": "0"})),
    "a key's memory beside a cache": ("fallback_behavior.idempotency_ttl", Case(3600)),
    "a header beside versions in the path": (
        "versioning.header", Case("X-Other", uses={"versioning.strategy": "url"})),
    "a parameter beside versions in a header": ("versioning.parameter", Case("ver")),
    "a user beside an API key": ("authentication.config.username", Case("env:RATES_USER")),
    "a scope beside an API key": ("authentication.config.scopes", Case(["rates.read"])),
    "a key's place beside a user": ("authentication.config.key_name", Case("X-Key", uses=_BASIC)),
    "a window beside a count": ("circuit_breaker.window", Case(20)),
    "a multiplier beside linear waits": ("retry.multiplier", Case(3, first=2, uses={"retry.backoff": "linear"})),
    "a longest wait beside a refusal": (
        "throttling.max_wait", Case(4, uses={"throttling.on_limit": "reject"})),
    "a cursor beside pages": ("endpoints[].pagination.cursor_path", Case("next", uses=_page(
        style="page", page_parameter="grams", items_path="rows"))),
    "a fee beside a price per request": ("costs.monthly_fee", Case(7)),
    "a certificate without its key": ("security.client_certificate", Case("/certs/client.pem")),
}  # fmt: skip
"""Where fields that go together are parted: field -> the change that must be told."""


def changed(path: str, case: Case) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the spec without the field, with it, and with its other value."""
    before = copy.deepcopy(BASE)
    for name, value in case.uses.items():
        put(before, name, value)
    place = case.at or path
    if case.first is not None:
        put(before, place, case.first)
    after = copy.deepcopy(before)
    put(after, place, case.other)
    without = copy.deepcopy(before)
    put(without, place, DROP)
    return without, before, after
