"""The client and the mock of one plan, over real sockets: neither surprises the other."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest

from intertie.adapters.secrets import EnvironmentSecrets  # noqa: F401  # the reference in the spec is resolved by it
from intertie.app.opening import open as open_sync
from intertie.app.opening import open_async
from intertie.mockserver import MockServer, profile_of

SPEC = """---
id: INT-204
type: Integration
name: Mock Twin
status: approved
service: twin
---
# Mock Twin

## Service Configuration
```yaml
service:
  name: twin
  base_url: http://127.0.0.1:1
authentication:
  type: api_key
  config: {key_location: header, key_name: Authorization, scheme: Bearer, secret: env:TWIN_KEY}
timeouts: {connect: 60000, read: 60000, write: 60000, total: 120000}
```

## Rate Limits
```yaml
rate_limits: {requests_per_second: 25, requests_per_minute: 1000, burst_size: BURST}
throttling: {strategy: STRATEGY, retry_after: 1}
```

## Retry Policy
```yaml
retry: {max_attempts: 4, initial_delay: 10, max_delay: 50, backoff: exponential, jitter: true, retry_on: [503], retry_conditions: [network_error]}
```

## API Endpoints

### Create Order
```yaml
endpoint: {path: /v1/orders, method: POST}
request:
  headers: [{name: Idempotency-Key, required: true, value: "{uuid}"}]
  body:
    content_type: application/json
    schema: {$ref: '#/components/schemas/Order'}
response:
  success: {status: 201, content_type: application/json, schema: {$ref: '#/components/schemas/Order'}}
```

### Get Order
```yaml
endpoint: {path: "/v1/orders/{order_id}", method: GET}
request:
  parameters: [{name: order_id, in: path, type: string, required: true}]
response:
  success: {status: 200, content_type: application/json, schema: {$ref: '#/components/schemas/Order'}}
  errors: {'404': {description: No such order}}
```

### List Orders
```yaml
endpoint: {path: /v1/orders, method: GET}
request:
  parameters:
    - {name: limit, in: query, type: integer, required: false, default: 10}
    - {name: after, in: query, type: string, required: false}
response:
  success:
    status: 200
    content_type: application/json
    schema: {type: object, required: [data], properties: {data: {type: array, items: {$ref: '#/components/schemas/Order'}}, next: {type: [string, 'null']}}}
pagination: {style: cursor, cursor_parameter: after, cursor_path: next, items_path: data}
```

## Components
```yaml
components:
  schemas:
    Order:
      type: object
      required: [sku]
      properties: {id: {type: string}, sku: {type: string}, quantity: {type: integer, minimum: 1}}
```
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.setenv("TWIN_KEY", "k-1")

    def write(strategy="sliding_window", burst=25) -> Path:
        path = tmp_path / "twin.md"
        path.write_text(SPEC.replace("STRATEGY", strategy).replace("BURST", str(burst)))
        return path

    return write


STORES = {"state": "memory://", "journal": "memory://"}


@pytest.mark.parametrize(("strategy", "burst"), [("token_bucket", 10), ("sliding_window", 25), ("fixed_window", 25)])
def test_a_client_obeying_the_plan_is_never_refused(spec, strategy, burst):
    """Four threads as fast as the guards let them: no 429, and one attempt a call."""
    path = spec(strategy, burst)
    server = MockServer(path)
    with server as url, open_sync(path, base_url=url, **STORES) as api:
        attempts: list[int] = []

        def work():
            attempts.extend(api.list_orders(limit=1).attempts for _ in range(15))

        began_s = time.monotonic()
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {received.status for received in server.engine.requests()} == {200}
        assert attempts == [1] * 60, "sixty in all: more than two windows of 25"
        # However slow the machine: nobody sends sixty in less than this.
        assert time.monotonic() - began_s >= (1.0 if strategy == "fixed_window" else 2.0)


def test_the_same_on_an_event_loop(spec):
    """Forty-five calls at once on asyncio leave at the plan's pace and all succeed at the first attempt."""
    path = spec("token_bucket", 10)
    server = MockServer(path)

    async def burst(url):
        async with open_async(path, base_url=url, **STORES) as api:
            return await asyncio.gather(*(api.list_orders(limit=1) for _ in range(45)))

    with server as url:
        results = asyncio.run(burst(url))
    assert [result.attempts for result in results] == [1] * 45
    assert {received.status for received in server.engine.requests()} == {200}


def test_a_write_cut_off_is_replayed_and_done_once(spec):
    """The connection breaks after the order was made; the retry under the same key finds it, and there is one order."""
    path = spec()
    with (
        MockServer(
            path, profile=profile_of({"responses": [{"fault": "before_headers"}, {"fault": "mid_body"}]})
        ) as url,
        open_sync(path, base_url=url, **STORES) as api,
    ):
        made = api.create_order(sku="a-1", quantity=2)
        assert made.attempts == 3
        assert (made.data["sku"], made.data["quantity"]) == ("a-1", 2)
        assert api.get_order(order_id=made.data["id"]).data == made.data
        assert len(api.list_orders().data["data"]) == 1


def test_pages_are_walked_to_their_end(spec):
    """The client's paging follows the mock's cursors through everything, newest first."""
    path = spec()
    with MockServer(path) as url, open_sync(path, base_url=url, **STORES) as api:
        ids = [api.create_order(sku=f"s-{n}").data["id"] for n in range(7)]
        assert [order["id"] for order in api.list_orders.items(limit=3)] == ids[::-1]
