"""A service that writes down what it saw before it answers, in a process of its own.

Every request is one line of `log`, appended in one write: `time sender operation key marker what`, where `time` is the
machine's monotonic clock, `sender` the process id that the `X-Sender` header tells, and `what` is `effect` (done now), `replay` (its idempotency key is known: the same answer again), `seen`
(a read) or `unavailable` (answered 503, nothing done). The body or query names the marker of the call.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import msgspec

UP, SLOW, UNAVAILABLE, REFUSING = b"u", b"s", b"x", b"r"
_SLOW_S = 0.05
_LOOK_S = 0.005


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the service saw it."""

    at_s: float
    sender: str
    operation: str
    key: str
    marker: str
    what: str


class Witness:
    """Runs the service and reads its log; `mode` may be changed at any time.

    Attributes:
        log: The file of what was seen.
        url: Where it listens, also while it refuses.
    """

    def __init__(self, log: Path) -> None:
        self.log = log
        self._mode = mmap.mmap(-1, 1)
        self._mode[0:1] = UP
        self._child = 0
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def mode(self) -> bytes:
        return self._mode[0:1]

    @mode.setter
    def mode(self, mode: bytes) -> None:
        self._mode[0:1] = mode

    def __enter__(self) -> Self:
        listener = _listen(0)
        self._port = listener.getsockname()[1]
        self._child = os.fork()
        if self._child == 0:
            try:
                asyncio.run(_Service(self.log, self._mode, self._port).serve(listener))
            finally:
                os._exit(1)
        listener.close()
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        self._mode.close()

    def seen(self) -> list[Seen]:
        """Return everything that was seen so far, in order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [Seen(float(words[0]), *words[1:]) for words in (line.split() for line in lines)]


class _Service:
    def __init__(self, log: Path, mode: mmap.mmap, port: int) -> None:
        self.mode = mode
        self.answers: dict[str, bytes] = {}
        self.connections: set[_Connection] = set()
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._port = port

    async def serve(self, listener: socket.socket) -> None:
        """Serve without end; while refusing, nobody listens and what is open is reset."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), sock=listener, backlog=256)
        while True:
            await asyncio.sleep(_LOOK_S)
            refusing = self.mode[0:1] == REFUSING
            if refusing and server is not None:
                server.close()
                server = None
                for connection in tuple(self.connections):
                    connection.abort()
            elif not refusing and server is None:
                server = await loop.create_server(lambda: _Connection(self), sock=_listen(self._port), backlog=256)

    def handle(self, method: str, target: str, fields: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Write down what was asked, then say what to answer."""
        parts = urlsplit(target)
        operation = parts.path.strip("/").split("/")[0] or "-"
        sender, key = fields.get("x-sender", ""), fields.get("idempotency-key", "")
        marker = parse_qs(parts.query).get("marker", ["-"])[0] if method == "GET" else _marker(body)
        if self.mode[0:1] == UNAVAILABLE:
            self._say(sender, operation, key, marker, "unavailable")
            return 503, b'{"error":"unavailable"}'
        if method == "GET":
            self._say(sender, operation, key, marker, "seen")
            return 200, b'{"seen":true}'
        known = self.answers.get(key) if key else None
        if known is not None:
            self._say(sender, operation, key, marker, "replay")
            return 201, known
        answer = msgspec.json.encode({"id": f"{operation}-{len(self.answers)}", "marker": marker})
        if key:
            self.answers[key] = answer
        self._say(sender, operation, key, marker, "effect")
        return 201, answer

    def _say(self, *words: str) -> None:
        line = " ".join([repr(time.monotonic()), *(word or "-" for word in words)])
        os.write(self._log, (line + "\n").encode())


class _Connection(asyncio.Protocol):
    def __init__(self, service: _Service) -> None:
        self._service = service
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport) -> None:
        self._transport = transport
        self._service.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._service.connections.discard(self)
        self._transport = None

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (request := self._whole_request()) is not None:
            status, body = self._service.handle(*request)
            head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            if self._service.mode[0:1] == SLOW:
                asyncio.get_running_loop().call_later(_SLOW_S, self._answer, head.encode() + body)
            else:
                self._answer(head.encode() + body)

    def _answer(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _whole_request(self) -> tuple[str, str, dict[str, str], bytes] | None:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(fields.get("content-length", "0"))
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        method, target, _ = first.split(" ")
        return method, target, fields, rest[:length]


def _marker(body: bytes) -> str:
    return str(msgspec.json.decode(body)["marker"])


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(256)
    listener.setblocking(False)
    return listener
