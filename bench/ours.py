"""Our side: the same call through a spec with every guard on."""

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
rate_limits: {requests_per_second: 1000000, burst_size: 1000000}
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
## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.0001, unit: request}]
  budget: {monthly_limit: 1000000, hard_stop: true}
```
"""


def write_spec(folder: Path) -> Path:
    """Write the spec into a workspace of its own."""
    os.environ["BENCH_KEY"] = "k"
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    (folder / "intertie.toml").write_text("")
    path = folder / "specs" / "bench.md"
    path.write_text(SPEC)
    return path


def open_blocking(folder: Path, port: int, state: str | None = None) -> intertie.Integration:
    """Open for synchronous callers; the default state is SQLite, shared by processes."""
    return intertie.open(write_spec(folder), base_url=f"http://127.0.0.1:{port}", state=state, journal=state)


def open_asyncio(folder: Path, port: int, state: str | None = None) -> intertie.AsyncIntegration:
    """Open for asyncio callers."""
    return intertie.open_async(write_spec(folder), base_url=f"http://127.0.0.1:{port}", state=state, journal=state)
