"""Defects seeded into clean specs: each a named change of one place, which the checker must find at its block."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One defect.

    Attributes:
        name: What is wrong, in words.
        spec: File under `examples/specs`, without its ending.
        old, new: The text that is replaced, once; `old` stands in the file where `after` has been found.
        after: A text that `old` comes after, empty where its first place is meant.
        also: Headings of further sections that belong to the contradiction: a finding there is at the right place too.
    """

    name: str
    spec: str
    old: str
    new: str
    after: str = ""
    also: tuple[str, ...] = ()


def _payments(name: str, old: str, new: str, after: str = "", *also: str) -> Mutation:
    return Mutation(name, "payments", old, new, after, also)


def _tasks(name: str, old: str, new: str, after: str = "", *also: str) -> Mutation:
    return Mutation(name, "tasks", old, new, after, also)


def _httpbin(name: str, old: str, new: str, after: str = "", *also: str) -> Mutation:
    return Mutation(name, "httpbin", old, new, after, also)


_RETRY, _LIMITS, _BREAKER = "## Retry Policy", "## Rate Limits", "## Circuit Breaker"
_CREATE, _GET, _LIST = "### Create Charge", "### Get Charge", "### List Charges"
_INBOUND, _OUTBOUND, _ERRORS = "### Inbound Mapping", "### Outbound Mapping", "## Error Handling"
_MONITORING, _COSTS, _COMPONENTS = "## Monitoring & Observability", "## Cost Management", "## Components"
_SERVICE, _CONFIG = "## Service Configuration", "Service Configuration"

MUTATIONS: tuple[Mutation, ...] = (
    # Front matter and bullets
    _payments("id misspelt", "id: INT-001", "id: INT-OO1"),
    _payments("id missing", "id: INT-001\n", ""),
    _payments("id still the template's", "id: INT-001", "id: INT-[XXX]"),
    _payments("type misspelt", "type: Integration", "type: Integraton"),
    _payments("type missing", "type: Integration\n", ""),
    _payments("status that does not exist", "status: approved", "status: aproved"),
    _payments("related spec that is not there", "related: [DATA-004]", "related: [DATA-040]"),
    _payments("title of another service", "# Stripe Payments\n", "# Parcel Rates\n"),
    _payments("service called otherwise", "service: stripe\n", "service: strype\n", "", _CONFIG),
    _payments("protocol that does not exist", "**Protocol**: REST", "**Protocol**: REXT"),
    _payments("protocol of other blocks", "**Protocol**: REST", "**Protocol**: gRPC"),
    _payments("authentication of another kind", "**Authentication**: API Key", "**Authentication**: OAuth", "", _CONFIG),
    _payments("format of other bodies", "**Data Format**: JSON", "**Data Format**: XML"),
    _payments("communication that does not exist", "**Communication**: Synchronous", "**Communication**: Sometimes"),
    # Service, authentication, timeouts
    _payments("base URL without its scheme", "  base_url: https://api.stripe.com", "  base_url: api.stripe.com"),
    _payments("base URL in plain http", "base_url: https://api.stripe.com", "base_url: http://api.stripe.com"),
    _payments("base URL with a slip", "base_url: https://api.stripe.com", "base_url: https://api.strpe.com"),
    _payments("production in plain http", "production: https://api.stripe.com", "production: http://api.stripe.com"),
    _payments("sandbox is production", "sandbox: http://127.0.0.1:8421", "sandbox: https://api.stripe.com"),
    _payments("development is production", "development: http://127.0.0.1:8420", "development: https://api.stripe.com"),
    _payments("version of another time", 'version: "2024-06-20"', 'version: "2023-06-20"', _SERVICE),
    _payments("slug of another service", "name: stripe\n", "name: strip\n", _SERVICE),
    _payments("credential of an unknown kind", "type: api_key", "type: apy_key"),
    _payments("credential of another kind", "type: api_key", "type: basic"),
    _payments("key in an unknown place", "key_location: header", "key_location: heder"),
    _payments("key in the query", "key_location: header", "key_location: query"),
    _payments("literal secret", "secret: env:STRIPE_API_KEY", "secret: sk_test_4eC39HqLyjWDarjtT1zdp7dc"),
    _payments("secret without a shape", "secret: env:STRIPE_API_KEY", "secret: hunter2hunter2"),
    _payments("secret of an unknown store", "secret: env:STRIPE_API_KEY", "secret: evn:STRIPE_API_KEY"),
    _payments("secret in the workspace", "secret: env:STRIPE_API_KEY", "secret: file:keys/stripe"),
    _payments("secret missing its field", "    secret: env:STRIPE_API_KEY\n", "    secrt: env:STRIPE_API_KEY\n"),
    _payments("connect slower than the call", "connect: 1000", "connect: 100000"),
    _payments("read slower than the call", "read: 4000", "read: 40000"),
    _payments("seconds for milliseconds", "total: 10000", "total: 10"),
    _payments("seconds for milliseconds to connect", "connect: 1000", "connect: 1"),
    _payments("unit that is none", "total: 10000", "total: 10 parsecs"),
    _payments("negative time", "write: 2000", "write: -2000"),
    _payments("word for a time", "read: 4000", "read: slow"),
    _payments("total below one slow answer", "total: 10000", "total: 1200", "", "Create Charge"),
    _payments("total without time for tries", "total: 10000", "total: 5000", "", "Create Charge"),
    # Limits and throttling
    _payments("minute below second", "requests_per_minute: 1000", "requests_per_minute: 10"),
    _payments("minute never felt", "requests_per_minute: 1000", "requests_per_minute: 10000"),
    _payments("limit of nothing", "requests_per_second: 25", "requests_per_second: 0"),
    _payments("limit in words", "requests_per_second: 25", "requests_per_second: a few"),
    _payments("limit of another window", "requests_per_second: 25", "requests_per_second: 25 per hour"),
    _payments("burst above the window", "burst_size: 10", "burst_size: 1000"),
    _payments("turns rarer than patience", "requests_per_minute: 1000", "requests_per_hour: 30",
              "  requests_per_second: 25\n"),
    _payments("strategy misspelt", "token_bucket", "tokken_bucket"),
    _payments("pause longer than the call", "retry_after: 1\n", "retry_after: 60\n", _LIMITS),
    _payments("milliseconds for seconds", "retry_after: 1\n", "retry_after: 1000\n", _LIMITS),
    _payments("pauses that shrink", "backoff_multiplier: 2", "backoff_multiplier: 0.5"),
    _payments("pauses that explode", "backoff_multiplier: 2", "backoff_multiplier: 20"),
    _tasks("strategy of another spelling", "fixed_window", "fixed_windw"),
    _httpbin("fewer in flight than the rate needs", "concurrent_requests: 8", "concurrent_requests: 1"),
    _httpbin("nothing in flight", "concurrent_requests: 8", "concurrent_requests: 0"),
    # Retry
    _payments("no try at all", "max_attempts: 4", "max_attempts: 0"),
    _payments("one try with causes", "max_attempts: 4", "max_attempts: 1"),
    _payments("more tries than the breaker stands", "max_attempts: 4", "max_attempts: 9", "", "Circuit Breaker"),
    _payments("tries that outlast the call", "initial_delay: 200", "initial_delay: 9000"),
    _payments("first wait above the longest", "initial_delay: 200", "initial_delay: 5000"),
    _payments("longest wait below the first", "max_delay: 2000", "max_delay: 20"),
    _payments("seconds for a wait", "initial_delay: 200", "initial_delay: 2"),
    _payments("backoff misspelt", "backoff: exponential", "backoff: exponental"),
    _payments("fixed waits with a longest", "backoff: exponential", "backoff: fixed"),
    _payments("jitter maybe", "jitter: true", "jitter: maybe"),
    _payments("status that is none", "retry_on: [409, 500", "retry_on: [409, 5000"),
    _payments("caller's fault retried", "retry_on: [409, 500", "retry_on: [404, 500"),
    _payments("success retried", "retry_on: [409, 500", "retry_on: [200, 500"),
    _payments("condition misspelt", "network_error, timeout", "network_eror, timeout"),
    _payments("retried and failed", "action: retry", "action: fail", _ERRORS, "Retry Policy"),
    _payments("retry budget of all calls", "jitter: true", "jitter: true\n  retry_budget: 100%"),
    _payments("retries counted twice", "max_attempts: 4", "max_attempts: 4\n  max_retries: 2"),
    _payments("multiplier of linear waits", "backoff: exponential", "backoff: linear\n  multiplier: 3"),
    _tasks("tries that outlast a short call", "max_attempts: 3", "max_attempts: 30"),
    _httpbin("condition as a status", "[502, 503, 504]", "[502, slow, 504]"),
    # Breaker
    _payments("threshold of nothing", "failure_threshold: 5", "failure_threshold: 0"),
    _payments("threshold of one call", "failure_threshold: 5", "failure_threshold: 3"),
    _payments("threshold in words", "failure_threshold: 5", "failure_threshold: often"),
    _payments("threshold above all", "failure_threshold: 5", "failure_threshold: 150%"),
    _payments("milliseconds for the breaker", "timeout: 15\n", "timeout: 15000\n", _BREAKER),
    _payments("more successes than probes", "success_threshold: 2", "success_threshold: 6"),
    _payments("no probe", "half_open_requests: 2", "half_open_requests: 0"),
    _payments("breaker switched off", "enabled: true", "enabled: fales", _BREAKER),
    _payments("share without a window", "failure_threshold: 5", "failure_threshold: 5\n  window: 20"),
    _payments("callers open the breaker", "failure_threshold: 5", "failure_threshold: 5\n  failure_on: [5xx, 404]"),
    _payments("nothing opens the breaker", "failure_threshold: 5", "failure_threshold: 5\n  failure_on: [429]"),
    _tasks("more calls than the window", "minimum_calls: 10", "minimum_calls: 50"),
    _tasks("share in words", '"50%"', '"half"'),
    _tasks("share above all", '"50%"', '"500%"'),
    # Endpoints
    _payments("path without its parameter", "path: /v1/charges/{charge_id}", "path: /v1/charges/{id}", _GET),
    _payments("parameter without its place", "path: /v1/charges/{charge_id}", "path: /v1/charges", _GET),
    _payments("path that climbs", "path: /v1/charges\n", "path: /../charges\n", _CREATE),
    _payments("path with a host", "path: /v1/charges\n", "path: https://api.stripe.com/v1/charges\n", _CREATE),
    _payments("method misspelt", "method: POST", "method: POTS"),
    _payments("method of a read with a body", "method: POST", "method: GET"),
    _payments("no method", "  method: GET\n", "", _GET),
    _payments("no path", "  path: /v1/charges/{charge_id}\n", "", _GET),
    _payments("same request twice", "path: /v1/charges/{charge_id}", "path: /v1/charges", _GET, "List Charges"),
    _payments("no key for a payment", 'value: "{uuid}"', "description: none"),
    _payments("key that never changes", 'value: "{uuid}"', "value: charge-1"),
    _payments("header without a name", "    - name: Idempotency-Key\n      required: true", "    - required: true"),
    _payments("pattern that YAML reads otherwise", 'value: "{uuid}"', "value: {uuid}"),
    _payments("credential as a header", "name: Idempotency-Key", "name: Authorization"),
    _payments("place of a parameter misspelt", "in: path", "in: pth", _GET),
    _payments("path parameter left out", "required: true", "required: false", "in: path"),
    _payments("type of a parameter misspelt", "type: string", "type: sting", _GET),
    _payments("default of another type", "default: 10", "default: ten"),
    _payments("default out of its range", "required: false, default: 10", "required: false, maximum: 5, default: 10"),
    _payments("range upside down", "required: false, default: 10", "required: false, minimum: 9, maximum: 1"),
    _payments("reference to nothing", "ChargeRequest'", "ChargeReqest'", _CREATE),
    _payments("reference to another file", "'#/components/schemas/ChargeRequest'", "'./missing.yaml#/X'", _CREATE),
    _payments("reference to the network", "'#/components/schemas/ChargeRequest'", "'https://x.example/s.json'", _CREATE),
    _payments("reference out of the workspace", "'#/components/schemas/ChargeRequest'", "'../../../etc/x.yaml#/X'", _CREATE),
    _payments("content type misspelt", "application/x-www-form-urlencoded", "application/x-www-form-urlencded"),
    _payments("answer's content type misspelt", "content_type: application/json", "content_type: aplication/json"),
    _payments("success that is an error", "status: 200", "status: 404", _GET),
    _payments("answer's status that does not exist", "status: 200", "status: 20", _GET),
    _payments("error status that is none", "'402':", "'4O2':"),
    _payments("error that is a success", "'402':", "'200':"),
    _payments("time for a header", "retry_after: Retry-After", "retry_after: 30"),
    _payments("body in an empty answer", "status: 200", "status: 204", _GET),
    _payments("median above the slow", "p50: < 180", "p50: < 1800"),
    _payments("percentiles swapped", "p95: < 600", "p95: < 6000"),
    _payments("slower than the timeout", "p99: < 1500ms", "p99: < 15000ms"),
    _payments("slower than the SLA", "p99: < 1500ms", "p99: < 2500ms", "", "SLA Requirements"),
    _payments("lower bound for a target", "p50: < 80", "p50: > 80"),
    _payments("target in words", "p95: < 250", "p95: fast"),
    _payments("seconds for a target", "p50: < 80", "p50: < 0.8"),
    _payments("page style misspelt", "style: cursor", "style: curser"),
    _payments("page without its cursor", "  cursor_path: data[-1].id\n", ""),
    _payments("page parameter that is not there", "cursor_parameter: starting_after", "cursor_parameter: start_after"),
    _payments("items that are not there", "items_path: data", "items_path: items"),
    _payments("end that is not told", "more_path: has_more", "more_path: more"),
    _payments("cursor that is not there", "data[-1].id", "data[-1].token"),
    _tasks("same parameter twice", "- {name: _limit, in: query", "- {name: _page, in: query"),
    _tasks("placeholder misspelt", "path: /tasks/{id}", "path: /tasks/{ident}"),
    _tasks("streaming misspelt", "idempotent: true", "idempotent: ture"),
    _tasks("two endpoints of one name", "### Get Task", "### List Tasks", "", "List Tasks"),
    _httpbin("streaming of no kind", "streaming: chunks", "streaming: chunky"),
    _httpbin("style of no kind", "style: form", "style: from"),
    # Mappings
    _payments("field that no schema has", "external_field: amount", "external_field: amuont", _INBOUND),
    _payments("nested field that no schema has", "billing_details.email\n    internal", "billing_details.mail\n    internal"),
    _payments("request field that no schema has", "external_field: source", "external_field: sorce"),
    _payments("transform that does not exist", "transform: uppercase", "transform: upercase"),
    _payments("transform of another type", "transform: unix_to_datetime", "transform: lowercase"),
    _payments("transform that sends another type", "decimal_to_minor_units(currency)", "lowercase", _OUTBOUND),
    _payments("required what may be absent", "required: false", "required: true", "external_field: created"),
    _payments("two rows for one field", "internal_field: created_at", "internal_field: amount"),
    _payments("path that can't be read", "external_field: billing_details.email", "external_field: billing_details..email"),
    _payments("row without its target", "    internal_field: charge_id\n", ""),
    _payments("default that the schema refuses", "default: EUR", "default: EURO"),
    _payments("default through the wrong transform", "transform: lowercase", "transform: uppercase"),
    _payments("row for no endpoint", "internal_field: charge_id\n", "internal_field: charge_id\n    endpoints: [Get Charg]\n"),
    _payments("required field that no row fills", "  - internal_field: card_token\n    external_field: source\n", "", "",
              "Create Charge"),
    _payments("flag that is none", "required: true", "required: yess", _INBOUND),
    _tasks("table column misspelt", "| title | title | trim | true |", "| title | title | trimm | true |"),
    _tasks("table row of no field", "| done | done | to_boolean | false |", "| dun | done | to_boolean | false |"),
    # Errors and fallback
    _payments("same code twice", "external_code: 5xx", "external_code: 409"),
    _payments("action misspelt", "action: fallback", "action: fallbak"),
    _payments("row without its code", "  - external_code: 409\n    internal_code", "  - internal_code"),
    _payments("fallback misspelt", "strategy: queue", "strategy: queu"),
    _payments("fallback missing", "  strategy: queue\n", "", _ERRORS),
    _payments("cache that outlives the data", "strategy: queue\n  cache_ttl: 300", "strategy: cache\n  cache_ttl: 90d"),
    _payments("cache that keeps nothing", "strategy: queue\n  cache_ttl: 300", "strategy: cache\n  cache_ttl: 0"),
    _payments("default without an answer", "strategy: queue\n  cache_ttl: 300\n  default_response: {}", "strategy: default"),
    _payments("default that breaks the answer", "strategy: queue", "strategy: default"),
    _payments("caller's fault retried by a row", "external_code: 409", "external_code: 404"),
    _payments("status that no endpoint has", "external_code: card_declined", "external_code: 422"),
    _tasks("status mapped that no endpoint declares", "external_code: 404", "external_code: 410"),
    _tasks("class that is none", "external_code: 5xx", "external_code: 9xx"),
    # Monitoring
    _payments("metric misspelt", "    - error_rate\n", "    - eror_rate\n"),
    _payments("alert on what is not measured", "    - error_rate\n", "", "", "Monitoring & Observability"),
    _payments("level misspelt", "level: info", "level: inform"),
    _payments("bodies in clear", "include_body: false\n    mask_sensitive: true", "include_body: true\n    mask_sensitive: false"),
    _payments("alert without its sign", "error_rate > 5%", "error_rate > 5"),
    _payments("alert of an unknown value", "error_rate > 5%", "eror_rate > 5%"),
    _payments("alert that compares nothing", "error_rate > 5%", "error_rate"),
    _payments("alert that never fires", "response_time > 1500", "response_time > 150000"),
    _payments("alert that always fires", "response_time > 1500", "response_time > 0"),
    _payments("alert within the target", "response_time > 1500", "response_time > 100"),
    _payments("alert within the SLA", "error_rate > 5%", "error_rate > 0.1%", "", "SLA Requirements"),
    _payments("severity misspelt", "severity: critical", "severity: criticle"),
    _payments("channel misspelt", "channel: pagerduty", "channel: pagerdutty"),
    _payments("alert for nobody", "      channel: slack\n", ""),
    # Costs
    _payments("model misspelt", "pricing_model: per_request", "pricing_model: per_reqest"),
    _payments("model of another unit", "pricing_model: per_request", "pricing_model: per_minute"),
    _payments("currency that does not exist", "currency: EUR", "currency: EURO", _COSTS),
    _payments("two currencies", "cost: 0.002", "cost: 0.002 USD"),
    _payments("free by a slip", "cost: 0.002", "csot: 0.002"),
    _payments("negative price", "cost: 0.002", "cost: -0.002"),
    _payments("tiers upside down", "      cost: 0.001\n", "      limit: 500\n      cost: 0.001\n"),
    _payments("unit misspelt", "unit: request", "unit: requets"),
    _payments("last tier that ends", "    - name: beyond\n", "    - name: beyond\n      limit: 20000\n"),
    _payments("budget below one call", "monthly_limit: 150", "monthly_limit: 0.001"),
    _payments("stop without a limit", "    monthly_limit: 150\n", ""),
    _payments("alert of all the money", "alert_at: 80%", "alert_at: 100%"),
    _payments("alert above all", "alert_at: 80%", "alert_at: 800%"),
    _payments("budget in words", "monthly_limit: 150", "monthly_limit: enough"),
    _payments("zone that does not exist", "currency: EUR  ", "time_zone: Europe/Berln\n  currency: EUR  "),
    # Security, tests, versions, SLA, links, cases
    _payments("TLS that is broken", "TLS 1.2+", "TLS 1.0"),
    _payments("personal field misspelt", "personal: customer.email", "personal: customer.emial"),
    _payments("token in prose", "- **Secret Management**: env:STRIPE_API_KEY",
              "- **Secret Management**: ghp_0123456789abcdefghijklmnopqrstuvwxyz"),
    _payments("password in a URL", "sandbox_url: http://127.0.0.1:8421", "sandbox_url: http://me:pw@127.0.0.1:8421"),
    _payments("sandbox without its URL", "sandbox_url: http://127.0.0.1:8421", "sandbox_url: sandbox"),
    _payments("sandbox is the live service", "sandbox_url: http://127.0.0.1:8421", "sandbox_url: https://api.stripe.com"),
    _payments("live credential in tests", "test_credentials: env:STRIPE_TEST_KEY", "test_credentials: env:STRIPE_API_KEY"),
    _payments("literal test credential", "test_credentials: env:STRIPE_TEST_KEY", "test_credentials: letmein-please"),
    _payments("version strategy misspelt", "strategy: header", "strategy: heather"),
    _payments("current version unsupported", 'current: "2024-06-20"', 'current: "2025-06-20"'),
    _payments("end that is no date", "2027-06-30", "2027-06-31"),
    _payments("end that has passed", "2027-06-30", "2026-06-30"),
    _payments("end that is near", "2027-06-30", "2026-12-30"),
    _payments("end of an unknown version", '"2023-10-16": 2027', '"2023-10-17": 2027'),
    _payments("availability above all", "99.95%", "999.5%"),
    _payments("availability out of reach", "- **Error Rate**: < 0.5%", "- **Error Rate**: < 50%"),
    _payments("response time without a bound", "p99 < 1500ms", "fast", "## SLA Requirements"),
    _payments("link that can't be followed", "https://docs.stripe.com", "htps://docs.stripe.com"),
    _payments("case that is not there", "/test-cases/TC-002.yaml", "/test-cases/TC-020.yaml"),
    _payments("case of another ending", "/test-cases/TC-002.yaml", "/test-cases/TC-002.yml"),
    _payments("case outside", "/test-cases/TC-002.yaml", "/../TC-002.yaml"),
    _payments("precondition cited", "/test-cases/TC-002.yaml", "/precondition-cases/PC-002.yaml"),
    _payments("open question in an approved spec", "## Uncertainties\n", "## Uncertainties\n- Are refunds limited?\n"),
    _payments("library that is not installed", "- **Libraries**: none", "- **Libraries**: stripe-client-of-ours"),
    # Components
    _payments("schema keyword of another type", "required: [amount, currency, source]", "required: amount"),
    _payments("type that JSON does not have", "id: {type: string, examples", "id: {type: text, examples"),
    _payments("pattern that is none", "'^[a-z]{3}$'", "'^[a-z{3}$'"),
    _payments("schema that nobody uses", "    ChargeList:\n", "    ChargesList:\n", "", "List Charges"),
    # Structure
    _payments("fence that is not closed", "timeout, service_unavailable]\n```\n", "timeout, service_unavailable]\n"),
    _payments("key twice", "  jitter: true\n", "  jitter: true\n  jitter: false\n"),
    _payments("block twice", "## Circuit Breaker\n", "```yaml\nretry:\n  max_attempts: 2\n```\n\n## Circuit Breaker\n"),
    _payments("tab for spaces", "  read: 4000", "\tread: 4000"),
    _payments("bracket that is not closed", "retry_on: [409, 500, 502, 503, 504]", "retry_on: [409, 500, 502, 503"),
    _payments("quote that is not closed", 'current: "2024-06-20"', 'current: "2024-06-20'),
    _payments("colon without a space", "  strategy: queue", "  strategy:queue"),
    _payments("list for a block", "retry:\n  max_attempts: 4", "retry:\n  - max_attempts: 4", ""),
    _payments("block for a value", "  total: 10000", "  total: {value: 10000}"),
    _payments("YAML tag", "  max_attempts: 4", "  max_attempts: !!int 4"),
    _payments("placeholder left", "  max_attempts: 4", "  max_attempts: [number]"),
    _payments("section twice", "## Documentation\n", "## Retry Policy\nAgain.\n\n## Documentation\n", "", "Retry Policy"),
    _payments("section of no template", "## SLA Requirements\n", "## SLA Requirments\n"),
)  # fmt: skip
"""In the order of the template."""
