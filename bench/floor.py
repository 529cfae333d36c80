"""The floor: the least that a guarded call can cost in Python, everything written out by hand in one function.

A protocol of its own on the loop (or a socket), httptools, msgspec, and every guard as a few lines on local names: a token
bucket, a breaker, a budget, retries with jitter, a deadline, an idempotency key, a histogram. It knows one service, one
request and one answer; it shares nothing with other processes, keeps no history, and explains nothing.
"""

from __future__ import annotations

import asyncio
import bisect
import os
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httptools
import msgspec
from exchanged import ORDER, PATH

BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
RATE = BURST = 1_000_000.0
ATTEMPTS, THRESHOLD, OPEN_S, TOTAL_S = 3, 5, 30.0, 10.0
PRICE, MONTHLY_LIMIT = 100, 10**12
"""Of the budget, in millionths."""


class Answer(msgspec.Struct):
    id: str
    amount: int
    currency: str


class ServiceDownError(Exception):
    """The service failed every attempt, or is not asked now."""


class Keys:
    """Random idempotency keys, cut from one piece of randomness."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def next(self) -> str:
        if not self.left:
            drawn = os.urandom(16 * 256).hex()
            self.left = [drawn[at : at + 32] for at in range(0, len(drawn), 32)]
        return self.left.pop()


class Parsed:
    """The answer that is being read, for httptools."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = b""
        self.is_whole = False

    def on_message_begin(self) -> None:
        self.body = b""
        self.is_whole = False

    def on_body(self, piece: bytes) -> None:
        self.body = self.body + piece if self.body else piece

    def on_message_complete(self) -> None:
        self.is_whole = True


class Connection(asyncio.Protocol):
    """One kept-alive connection, with one exchange at a time on it."""

    def __init__(self) -> None:
        self.parsed = Parsed()
        self.feed = self.parsed.parser.feed_data
        self.waiter: asyncio.Future[None] | None = None
        self.due_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.write = transport.write

    def data_received(self, data: bytes) -> None:
        self.feed(data)
        if self.parsed.is_whole and self.waiter is not None:
            self.waiter.set_result(None)
            self.waiter = None

    def fail(self, error: Exception | None) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(error or ConnectionError("the service closed the connection"))
        self.waiter = None

    connection_lost = fail


@asynccontextmanager
async def open_asyncio(port: int) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    loop = asyncio.get_running_loop()
    host = f"127.0.0.1:{port}"
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Api-Key: k\r\n".encode()
    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Answer).decode
    monotonic, key, create_future = time.monotonic, Keys().next, loop.create_future
    idle: list[Connection] = []
    everyone: list[Connection] = []
    tokens, refilled_s, failures, open_until_s, spent = BURST, monotonic(), 0, 0.0, 0
    histogram = [0] * (len(BUCKETS) + 1)

    async def connect() -> Connection:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        everyone.append(connection)
        return connection

    async def watch() -> None:
        """Every deadline is kept by one timer, a twentieth of a second late at most."""
        while True:
            await asyncio.sleep(0.05)
            now_s = monotonic()
            for connection in everyone:
                if connection.waiter is not None and connection.due_s < now_s:
                    connection.fail(TimeoutError("the service did not answer in time"))
                    connection.transport.abort()

    async def call() -> object:
        nonlocal tokens, refilled_s, failures, open_until_s, spent
        body = encode(ORDER)
        request = head + b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s" % (key().encode(), len(body), body)
        started_s = now_s = monotonic()
        deadline_s = started_s + TOTAL_S
        attempt = 1
        while True:
            if failures >= THRESHOLD and now_s < open_until_s:
                raise ServiceDownError
            if spent + PRICE > MONTHLY_LIMIT:
                raise ServiceDownError
            connection = idle.pop() if idle else await connect()
            tokens = min(BURST, tokens + (now_s - refilled_s) * RATE)
            refilled_s = now_s
            while tokens < 1:
                await asyncio.sleep((1 - tokens) / RATE)
                now_s = monotonic()
                tokens = min(BURST, tokens + (now_s - refilled_s) * RATE)
                refilled_s = now_s
            tokens -= 1
            spent += PRICE
            connection.waiter = waiter = create_future()
            connection.due_s = deadline_s
            connection.write(request)
            try:
                await waiter
                if connection.parsed.parser.get_status_code() == 200:
                    break
                idle.append(connection)
            except (ConnectionError, TimeoutError):
                everyone.remove(connection)
            failures += 1
            now_s = monotonic()
            if failures >= THRESHOLD:
                open_until_s = now_s + OPEN_S
            pause_s = 0.1 * 2**attempt * random.random()
            if attempt == ATTEMPTS or now_s + pause_s > deadline_s:
                raise ServiceDownError
            await asyncio.sleep(pause_s)
            now_s = monotonic()
            attempt += 1
        failures = 0
        idle.append(connection)
        histogram[bisect.bisect_left(BUCKETS, monotonic() - started_s)] += 1
        return decode(connection.parsed.body)

    watching = loop.create_task(watch())
    try:
        yield call
    finally:
        watching.cancel()
        for connection in everyone:
            connection.transport.close()


@contextmanager
def open_blocking(port: int) -> Iterator[Callable[[], object]]:
    host = f"127.0.0.1:{port}"
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Api-Key: k\r\n".encode()
    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Answer).decode
    monotonic, lock, keys = time.monotonic, threading.Lock(), Keys()
    idle: list[tuple[socket.socket, Parsed]] = []
    tokens, refilled_s, failures, open_until_s, spent = BURST, monotonic(), 0, 0.0, 0
    histogram = [0] * (len(BUCKETS) + 1)

    def call() -> object:
        nonlocal tokens, refilled_s, failures, open_until_s, spent
        body = encode(ORDER)
        with lock:
            key = keys.next()
        request = head + b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s" % (key.encode(), len(body), body)
        started_s = now_s = monotonic()
        deadline_s = started_s + TOTAL_S
        attempt = 1
        while True:
            wait_s = 0.0
            with lock:
                if (failures >= THRESHOLD and now_s < open_until_s) or spent + PRICE > MONTHLY_LIMIT:
                    raise ServiceDownError
                tokens = min(BURST, tokens + (now_s - refilled_s) * RATE) - 1
                refilled_s = now_s
                wait_s = -tokens / RATE
                spent += PRICE
                sock, parsed = idle.pop() if idle else (None, None)
            if wait_s > 0:
                time.sleep(wait_s)
            try:
                if sock is None or parsed is None:
                    sock, parsed = socket.create_connection(("127.0.0.1", port)), Parsed()
                    sock.settimeout(TOTAL_S)
                sock.sendall(request)
                parsed.is_whole = False
                while not parsed.is_whole:
                    parsed.parser.feed_data(_received(sock))
                if parsed.parser.get_status_code() == 200:
                    break
                idle.append((sock, parsed))
            except (ConnectionError, TimeoutError):
                if sock is not None:
                    sock.close()
            now_s = monotonic()
            with lock:
                failures += 1
                if failures >= THRESHOLD:
                    open_until_s = now_s + OPEN_S
            pause_s = 0.1 * 2**attempt * random.random()
            if attempt == ATTEMPTS or now_s + pause_s > deadline_s:
                raise ServiceDownError
            time.sleep(pause_s)
            now_s = monotonic()
            attempt += 1
        answer = decode(parsed.body)
        with lock:
            failures = 0
            idle.append((sock, parsed))
            histogram[bisect.bisect_left(BUCKETS, monotonic() - started_s)] += 1
        return answer

    try:
        yield call
    finally:
        for sock, _ in idle:
            sock.close()


def _received(sock: socket.socket) -> bytes:
    data = sock.recv(65536)
    if not data:
        raise ConnectionError("the service closed the connection")
    return data


class Bare(asyncio.Protocol):
    """Any bytes are an answer."""

    waiter: asyncio.Future[None]

    def data_received(self, data: bytes) -> None:
        self.waiter.set_result(None)


@asynccontextmanager
async def open_bare(port: int) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """One exchange on a bare loop, for one task: fixed bytes out, any bytes back, nothing read as HTTP."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(Bare, "127.0.0.1", port)
    body = msgspec.json.encode(ORDER)
    request = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n%s" % (
        PATH.encode(),
        len(body),
        body,
    )

    async def call() -> object:
        protocol.waiter = loop.create_future()
        transport.write(request)
        await protocol.waiter
        return None

    try:
        yield call
    finally:
        transport.close()
