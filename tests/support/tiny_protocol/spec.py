"""A spec of the tiny protocol, with every guard on."""

from __future__ import annotations

from pathlib import Path

from intertie.compiler.compile import compile_spec
from intertie.compiler.settings import Settings
from intertie.diagnostics import Severity
from intertie.runtime.plan import Plan
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace

SPEC = """---
id: INT-310
type: Integration
name: Tiny Sums
status: approved
service: sums
---
# Tiny Sums

> Adds numbers and books sums.

## Integration Type

- **Protocol**: Tiny
- **Authentication**: API Key
- **Data Format**: JSON
- **Communication**: Synchronous

## Service Configuration

```yaml
service:
  name: sums
  version: "1"
  base_url: https://sums.example
authentication:
  type: api_key
  config: {key_location: header, key_name: tiny-pass, secret: env:SUMS_PASS}
timeouts: {connect: 1000, read: 1000, write: 1000, total: 10000}
```

## Rate Limits

```yaml
rate_limits: {requests_per_second: 5}
throttling: {strategy: sliding_window, retry_after: 2}
```

## Retry Policy

```yaml
retry:
  max_attempts: 3
  initial_delay: 100
  max_delay: 100
  backoff: fixed
  jitter: false
  retry_on: [5xx]
  retry_conditions: [network_error, timeout]
```

## Circuit Breaker

```yaml
circuit_breaker: {failure_threshold: 6, timeout: 10s, success_threshold: 1, half_open_requests: 1}
```

## API Endpoints

### Add

```yaml
tiny:
  topic: add
  only_asks: true
  question:
    type: object
    required: [a, b]
    properties: {a: {type: integer}, b: {type: integer}}
response:
  success:
    schema:
      type: object
      required: [total]
      properties: {total: {type: integer}, a: {type: integer}}
```

### Book

```yaml
tiny: {topic: book, keyed: true}
response:
  success:
    schema: {type: object, properties: {receipt: {type: string}}}
```

### Fire

```yaml
tiny: {topic: fire}
```

### Count

```yaml
tiny: {topic: count, only_asks: true}
streaming: chunks
response:
  success:
    schema: {type: object, required: [n], properties: {n: {type: integer}}}
```

### Follow

```yaml
tiny: {topic: follow, only_asks: true, follows: true}
streaming: chunks
```

## Data Mappings

```yaml
outbound:
  - {internal_field: left, external_field: a, endpoints: [Add]}
  - {internal_field: right, external_field: b, endpoints: [Add]}
inbound:
  - {external_field: total, internal_field: sum, endpoints: [Add]}
```

## Error Handling

```yaml
error_mapping:
  - {external_code: overflow, internal_code: TOO_LARGE, message: Try smaller numbers., action: fail}
  - {external_code: 5xx, internal_code: DOWN, action: fallback}
fallback_behavior: {strategy: cache, cache_ttl: 600}
```

## Cost Management

```yaml
costs:
  pricing_model: per_request
  tiers: [{name: all, cost: 0.01}]
  currency: EUR
  budget: {monthly_limit: 200000}
```
"""


def tiny_plan(text: str = SPEC, *, root: Path) -> Plan:
    """Return the plan of a spec, which must have no errors."""
    loaded = load_text(text, root / "specs" / "sums.md", Workspace(root))
    compiled = compile_spec(loaded.spec, settings=Settings(root))
    errors = [f.message for f in (*loaded.diagnostics, *compiled.diagnostics) if f.severity is Severity.ERROR]
    assert not errors, errors
    assert compiled.plan is not None
    return compiled.plan
