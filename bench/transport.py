"""What one exchange over a kept-alive connection costs, beside the least a loop or a socket can do.

One JSON answer of 1 KB to one GET, nothing around the transport: no guards, no JSON. The `bare` rows send fixed bytes and
wait for bytes to come back; what is above them is ours.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

from measuring import Missing, Row, cpu_us, cpu_us_async, missing_package, run_async, server

from intertie.adapters.http1 import AsyncioTransport, BlockingTransport
from intertie.core.clock import AsyncioClock, BlockingClock
from intertie.runtime.http import Request
from intertie.runtime.plan import Origin
from intertie.runtime.stepping import run_blocking

COUNT = 3_000
REQUEST = Request(
    "GET",
    "/v1/charges/ch_1",
    (("Idempotency-Key", "0d4d2b1e-6a2f-4a52-9f0e-0a8f5a1b2c3d"),),
    b"Accept: application/json\r\n",
)
BARE = b"GET /v1/charges/ch_1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n"


def measure() -> Iterator[Row | Missing]:
    with server() as port:
        for loop in ("asyncio", "uvloop"):
            try:
                bare_us = run_async(bare(port), uvloop=loop == "uvloop")
            except ModuleNotFoundError as absent:
                yield missing_package(loop, absent)
                continue
            yield Row(f"{loop}, bare", bare_us, "µs/exchange", 1.0)
            ours_us = run_async(ours(port), uvloop=loop == "uvloop")
            yield Row(f"{loop}, intertie", ours_us, "µs/exchange", ours_us / bare_us)
        bare_us, ours_us = bare_blocking(port), ours_blocking(port)
        yield Row("blocking, bare", bare_us, "µs/exchange", 1.0)
        yield Row("blocking, intertie", ours_us, "µs/exchange", ours_us / bare_us)


async def ours(port: int) -> float:
    clock = AsyncioClock()
    transport = AsyncioTransport(Origin("http", "127.0.0.1", port, ""), clock=clock)

    async def work(calls: int) -> None:
        for _ in range(calls):
            now_s = clock.monotonic_s()
            connection = transport.connect_nowait() or await transport.connect(
                deadline_s=now_s + 10, connect_timeout_s=1
            )
            response = await connection.exchange(
                REQUEST, write_deadline_s=now_s + 5, read_timeout_s=5, deadline_s=now_s + 10
            )
            assert response.status == 200

    try:
        return await cpu_us_async(work, COUNT)
    finally:
        await transport.aclose()


def ours_blocking(port: int) -> float:
    clock = BlockingClock()
    transport = BlockingTransport(Origin("http", "127.0.0.1", port, ""), clock=clock)

    async def one() -> None:
        now_s = clock.monotonic_s()
        connection = transport.connect_nowait() or await transport.connect(deadline_s=now_s + 10, connect_timeout_s=1)
        response = await connection.exchange(
            REQUEST, write_deadline_s=now_s + 5, read_timeout_s=5, deadline_s=now_s + 10
        )
        assert response.status == 200

    def work(calls: int) -> None:
        for _ in range(calls):
            run_blocking(one())

    try:
        return cpu_us(work, COUNT)
    finally:
        run_blocking(transport.aclose())


class _Bare(asyncio.Protocol):
    waiter: asyncio.Future[None]

    def data_received(self, data: bytes) -> None:
        self.waiter.set_result(None)


async def bare(port: int) -> float:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(_Bare, "127.0.0.1", port)

    async def work(calls: int) -> None:
        for _ in range(calls):
            protocol.waiter = loop.create_future()
            transport.write(BARE)
            await protocol.waiter

    try:
        return await cpu_us_async(work, COUNT)
    finally:
        transport.close()


def bare_blocking(port: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as sock:

        def work(calls: int) -> None:
            for _ in range(calls):
                sock.sendall(BARE)
                sock.recv(65536)

        return cpu_us(work, COUNT)
