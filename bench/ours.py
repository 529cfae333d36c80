"""Our side: the same calls through a spec with every guard on."""

from __future__ import annotations

import os
from pathlib import Path

import intertie

SPEC = """---
id: INT-900
type: Integration
name: Bench
status: approved
service: bench
---
# Bench
## Integration Type
- **Protocol**: REST
- **Authentication**: API Key
- **Data Format**: JSON
- **Communication**: Synchronous
## Service Configuration
```yaml
service: {name: bench, base_url: "http://127.0.0.1:1"}
authentication: {type: api_key, config: {key_location: header, key_name: X-Api-Key, secret: "env:BENCH_KEY"}}
timeouts: {connect: 1000, read: 4000, write: 2000, total: 10000}
```
## Rate Limits
```yaml
rate_limits: {requests_per_second: 1000000, requests_per_minute: 60000000, burst_size: 1000000}
throttling: {strategy: token_bucket}
```
## Retry Policy
```yaml
retry: {max_attempts: 3, initial_delay: 100, max_delay: 5000, backoff: exponential, jitter: true, retry_on: [5xx],
        retry_conditions: [network_error, timeout]}
```
## Circuit Breaker
```yaml
circuit_breaker: {enabled: true, failure_threshold: 5, success_threshold: 1, timeout: 30, half_open_requests: 1}
```
## API Endpoints
### Get Thing
```yaml
endpoint: {path: "/things/{id}", method: GET}
request:
  parameters: [{name: id, in: path, type: string, required: true}]
response:
  success:
    status: 200
    content_type: application/json
    schema:
      type: object
      required: [id, amount]
      properties: {id: {type: string}, amount: {type: integer}, currency: {type: string}}
```
### Create Order
```yaml
endpoint: {path: /orders, method: POST}
request:
  headers: [{name: Idempotency-Key, required: true, value: "{uuid}"}]
  body:
    content_type: application/json
    schema:
      type: object
      required: [customer, currency, amount, items]
      properties:
        customer:
          type: object
          required: [id, email]
          properties: {id: {type: string}, email: {type: string}, name: {type: string}, phone: {type: string}}
        currency: {type: string, pattern: "^[a-z]{3}$"}
        amount: {type: integer, minimum: 1}
        capture: {type: boolean}
        items:
          type: array
          minItems: 1
          items:
            type: object
            required: [sku, quantity, price]
            properties:
              sku: {type: string}
              name: {type: string}
              quantity: {type: integer, minimum: 1}
              price: {type: number, minimum: 0}
              gift: {type: boolean}
        shipping: {type: object, additionalProperties: {type: string}}
        note: {type: string, maxLength: 2000}
response:
  success:
    status: 200
    content_type: application/json
    schema:
      type: object
      required: [id, amount]
      properties: {id: {type: string}, amount: {type: integer}, currency: {type: string}, note: {type: string}}
```
"""
COSTS = """## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.0001, unit: request}]
  budget: {monthly_limit: 1000000, hard_stop: true}
```
"""


def write_spec(folder: Path, *, priced: bool = True) -> Path:
    """Write the spec into a workspace of its own."""
    os.environ["BENCH_KEY"] = "k"
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    (folder / "intertie.toml").write_text("")
    path = folder / "specs" / "bench.md"
    path.write_text(SPEC + COSTS if priced else SPEC)
    return path


def open_blocking(folder: Path, port: int, state: str | None = None, *, priced: bool = True) -> intertie.Integration:
    """Open for synchronous callers; the default state is SQLite, shared by processes."""
    spec = write_spec(folder, priced=priced)
    return intertie.open(spec, base_url=f"http://127.0.0.1:{port}", state=state, journal=state)


def open_asyncio(
    folder: Path, port: int, state: str | None = None, *, priced: bool = True
) -> intertie.AsyncIntegration:
    """Open for asyncio callers."""
    spec = write_spec(folder, priced=priced)
    return intertie.open_async(spec, base_url=f"http://127.0.0.1:{port}", state=state, journal=state)
