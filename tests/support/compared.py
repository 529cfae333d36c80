"""Specs and plans that the tests of comparisons share."""

from __future__ import annotations

from pathlib import Path

from intertie.comparing import Change, Side, compare
from intertie.compiler import Settings, compile_spec
from intertie.diagnostics import Severity
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace

RICH = """---
id: INT-007
type: Integration
name: Parcel Rates
status: approved
service: parcels
---
# Parcel Rates

## Service Overview
Quotes parcels.

## Integration Type
- **Protocol**: REST
- **Data Format**: JSON
- **Communication**: Synchronous

## Service Configuration
```yaml
service:
  name: parcels
  version: v2
  base_url: https://api.parcels.example/root
  environments:
    staging: https://staging.parcels.example
authentication:
  type: api_key
  config: {key_location: header, key_name: X-Key, scheme: Token, secret: "env:PARCELS_KEY"}
timeouts: {connect: 1000, read: 2000, write: 1500, total: 20000}
proxy: {url: "http://proxy.example:3128", no_proxy: [.internal], username: "env:PROXY_USER", password: "env:PROXY_PASS"}
```

## Rate Limits
```yaml
rate_limits: {requests_per_second: 10, requests_per_minute: 300, burst_size: 5, concurrent_requests: 8}
throttling: {strategy: token_bucket, retry_after: 2, backoff_multiplier: 3, max_wait: 4s, margin: 10ms}
```

## Retry Policy
```yaml
retry:
  max_attempts: 3
  initial_delay: 100
  max_delay: 2000
  backoff: exponential
  jitter: true
  retry_on: [502, 5xx]
  retry_conditions: [network_error]
  retry_budget: 20%
```

## Circuit Breaker
```yaml
circuit_breaker: {failure_threshold: 5, success_threshold: 2, timeout: 15, half_open_requests: 2}
monitoring: {alert_on_open: true}
```

## API Endpoints

### Quote Parcel
```yaml
endpoint: {path: "/quotes/{country}", method: POST, description: Quotes one parcel.}
request:
  headers:
    - {name: Idempotency-Key, value: "{uuid}"}
    - {name: X-Team, value: logistics}
  parameters:
    - {name: country, in: path, type: string, required: true}
    - {name: speed, in: query, type: string, enum: [slow, fast], default: slow}
  body:
    content_type: application/json
    schema:
      type: object
      required: [weight]
      properties:
        weight: {type: number, minimum: 1, maximum: 100}
        note: {type: string, maxLength: 20}
response:
  success:
    status: [200, 201]
    content_type: application/json
    example: {price: 500, currency: eur}
    schema:
      $ref: '#/components/schemas/Quote'
  errors:
    '429': {description: Too many, retry_after: Retry-After, content_type: application/json}
    '422':
      description: Not a parcel
      example: {code: bad}
      schema: {type: object, properties: {code: {type: string}}}
performance: {p50: < 100, p95: < 300, p99: < 900}
```

### List Quotes
```yaml
endpoint: {path: /quotes, method: GET}
request:
  parameters:
    - {name: page, in: query, type: integer}
response:
  success:
    status: 200
    schema:
      type: object
      properties:
        rows: {type: array, items: {$ref: '#/components/schemas/Quote'}}
pagination: {style: page, page_parameter: page, first: 1, items_path: rows}
```

## Data Mappings
```yaml
inbound:
  - {external_field: price, internal_field: cost, transform: divide(100), required: true}
  - {external_field: currency, internal_field: currency, transform: uppercase, default: EUR}
outbound:
  - {internal_field: kilos, external_field: weight, transform: round(1), required: true}
  - {internal_field: remark, external_field: note, default: none}
```

## Error Handling
```yaml
error_mapping:
  - {external_code: 5xx, internal_code: QUOTES_DOWN, message: No quotes now., action: fallback}
  - {external_code: too_heavy, internal_code: TOO_HEAVY, message: Too heavy., action: fail}
error_code_path: code
error_message_path: detail
fallback_behavior: {strategy: queue, cache_ttl: 600, default_response: {price: 1}, idempotency_ttl: 2h}
```

## Monitoring
```yaml
monitoring:
  metrics: [request_count, error_rate]
  logging: {level: info, include_headers: true, include_body: false, mask_sensitive: true}
  alerts:
    - {condition: error_rate > 5%, severity: critical, channel: slack}
```

## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  monthly_fee: 5
  tiers:
    - {name: first, limit: 1000, cost: 0.02, unit: request}
    - {name: beyond, cost: 0.01, unit: request}
  budget: {monthly_limit: 100, alert_at: 80%, hard_stop: true}
```

## Security Considerations
- **GDPR/Privacy**: personal: customer.email
```yaml
security: {tls_minimum: "1.2", retention: 30d, client_key: "env:CLIENT_KEY"}
```

## Migration & Versioning
```yaml
versioning:
  strategy: header
  header: X-Version
  current: v2
  supported: [v1, v2]
  deprecation_schedule: {v1: 2027-06-30}
```

## SLA Requirements
- **Availability**: 99.9%
- **Error Rate**: < 1%

## Documentation
- **API Docs**: https://docs.parcels.example

## Validation Cases

### Test Cases
- /test-cases/TC-001.yaml: A parcel is quoted

## Uncertainties
- Does the service count weekends?

## Components
```yaml
components:
  schemas:
    Quote:
      type: object
      required: [price, currency]
      properties:
        price: {type: integer, minimum: 0}
        currency: {type: string, enum: [eur, usd]}
        days: {type: integer}
```
"""
"""A spec that says something in every part of a plan."""

SHARE = RICH.replace("failure_threshold: 5,", 'failure_threshold: "50%", window: 20, minimum_calls: 10,')
"""The same, with a breaker that judges shares."""


def side(text: str, folder: Path, *, environment: str | None = None) -> Side:
    """Return a version from its text, which must have no errors."""
    loaded = load_text(text, folder / "specs" / "parcels.md", Workspace(folder))
    compiled = compile_spec(loaded.spec, settings=Settings(folder), environment=environment)
    errors = [each.message for each in (*loaded.diagnostics, *compiled.diagnostics) if each.severity is Severity.ERROR]
    assert compiled.plan is not None
    assert errors == []
    return Side(loaded.spec, compiled.plan)


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Return a text with edits, each of which must hit exactly once."""
    for old, new in edits:
        assert text.count(old) == 1, f"{text.count(old)} times: {old}"
        text = text.replace(old, new)
    return text


def changes(folder: Path, *edits: tuple[str, str], base: str = RICH) -> tuple[Change, ...]:
    """Return what differs once the edits are made."""
    return compare(side(base, folder), side(edited(base, *edits), folder)).changes
