"""Requests per second per core of `intertie mock`, by the server's own CPU time.

A client on another core keeps 16 connections busy; what counts is the CPU the server used for each request, so that the
client's speed does not matter. Run as a program, this file is that server.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring import Row, pin_server

from intertie.core.clock import AsyncioClock
from intertie.mockserver import MockEngine, MockHttpServer
from intertie.mockserver.spec_files import plan_of_file

SPEC = """---
id: INT-900
type: Integration
name: Bench
status: approved
service: bench
---
# Bench

## Service Configuration
```yaml
service: {name: bench, base_url: "http://127.0.0.1:1"}
authentication: {type: api_key, config: {key_location: header, key_name: Authorization, scheme: Bearer, secret: env:K}}
```

## Rate Limits
```yaml
rate_limits: {requests_per_second: 4000000, requests_per_minute: 240000000}
throttling: {strategy: sliding_window}
```

## API Endpoints

### Get Quote
```yaml
endpoint: {path: "/v1/quotes/{carrier}/latest", method: GET}
request:
  parameters: [{name: carrier, in: path, type: string, required: true}, {name: weight, in: query, type: number, required: true}]
response: {success: {status: 200, content_type: application/json, schema: {$ref: '#/components/schemas/Quote'}}}
```

### Create Order
```yaml
endpoint: {path: /v1/orders, method: POST}
request:
  headers: [{name: Idempotency-Key, required: true, value: "{uuid}"}]
  body: {content_type: application/json, schema: {$ref: '#/components/schemas/Quote'}}
response: {success: {status: 201, content_type: application/json, schema: {$ref: '#/components/schemas/Quote'}}}
```

### Get Order
```yaml
endpoint: {path: "/v1/orders/{order_id}", method: GET}
request: {parameters: [{name: order_id, in: path, type: string, required: true}]}
response: {success: {status: 200, content_type: application/json, schema: {$ref: '#/components/schemas/Quote'}}}
```

## Components
```yaml
components:
  schemas:
    Quote:
      type: object
      required: [price]
      properties:
        id: {type: string}
        price: {type: number, minimum: 1}
        currency: {type: string, enum: [EUR, USD]}
        parts: {type: array, minItems: 10, maxItems: 10, items: {type: object, required: [name, amount], properties: {name: {type: string}, amount: {type: number}, note: {type: string, minLength: 40}}}}
```
"""
HEAD = "Host: 127.0.0.1\r\nAuthorization: Bearer k\r\nAccept: application/json\r\nUser-Agent: bench\r\n"
GET = f"GET /v1/quotes/dhl/latest?weight=2.5 HTTP/1.1\r\n{HEAD}\r\n".encode()
CONNECTIONS = 16


def post(number: int) -> bytes:
    body = b'{"price": 12.5, "currency": "EUR"}'
    top = f"POST /v1/orders HTTP/1.1\r\n{HEAD}Idempotency-Key: k-{number}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return top.encode() + body


class Client(asyncio.Protocol):
    """Sends the next request as soon as an answer is whole."""

    def __init__(self, requests, done) -> None:
        self.requests, self.done, self.buffer = requests, done, b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            self.done.set_result(None)
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        top, mark, body = self.buffer.partition(b"\r\n\r\n")
        if mark:
            assert top.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")), top
            length = int(top.rpartition(b"Content-Length: ")[2].split(b"\r\n")[0])
            if len(body) >= length:
                self.buffer = b""
                self.send()


async def load(port: int, requests) -> None:
    loop = asyncio.get_running_loop()
    shared = iter(requests)
    waits = []
    for _ in range(CONNECTIONS):
        done = loop.create_future()
        await loop.create_connection(lambda done=done: Client(shared, done), "127.0.0.1", port)
        waits.append(done)
    await asyncio.gather(*waits)


def measure() -> Iterator[Row]:
    server = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())

        def cpu_s() -> float:
            server.stdin.write("\n")
            server.stdin.flush()
            return float(server.stdout.readline())

        asyncio.run(load(port, [GET] * 1_000))
        for name, requests in (
            ("GET, schema-made 1 KB", [GET] * 30_000),
            ("POST, created and stored", [post(n) for n in range(10_000)]),
        ):
            before_s = cpu_s()
            asyncio.run(load(port, requests))
            each_us = (cpu_s() - before_s) / len(requests) * 1e6
            yield Row(name, 1e6 / each_us, "requests/s", None, f"{each_us:.0f} µs CPU each")
    finally:
        server.stdin.close()
        server.wait()
        server.stdout.close()


async def serve() -> None:
    """Say the port; answer each line on stdin with the CPU seconds used so far, until it ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.md"
        path.write_text(SPEC)
        plan = plan_of_file(path)
    server = MockHttpServer(MockEngine(plan, clock=AsyncioClock(), latency=False), clock=AsyncioClock())
    await server.start()
    print(server.port, flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(time.process_time(), flush=True)
    await server.stop()


if __name__ == "__main__":
    pin_server()
    asyncio.run(serve())
