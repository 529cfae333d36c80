"""A small HTTP proxy on loopback: tunnels and whole URLs, with or without a password, and every way to misbehave.

It runs on an event loop of its own in a thread, so that transports of any kind can use it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

Misbehaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

UNAUTHENTICATED = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: %b\r\nContent-Length: 0\r\n\r\n"


@dataclass
class SmallProxy:
    """One proxy.

    Attributes:
        hosts: Name -> where it really is, for names that no resolver knows.
        password: `user:password` that Basic must bring; None lets everybody through.
        scheme: What it asks for in a 407.
        misbehave: Takes over each connection after its first head, where it is given.
        heads: The heads that came, in order.
    """

    hosts: dict[str, str] = field(default_factory=dict)
    password: str | None = None
    scheme: bytes = b'Basic realm="proxy"'
    misbehave: Misbehaviour | None = None
    heads: list[bytes] = field(default_factory=list)
    port: int = 0
    tunnelled_bytes: bytearray = field(default_factory=bytearray)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._tasks.append(asyncio.current_task())
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if self.misbehave is not None:
            await self.misbehave(reader, writer)
            return False
        if not self._may_pass(head):
            body = await reader.readexactly(_length(head))
            assert body is not None
            writer.write(UNAUTHENTICATED % self.scheme)
            await writer.drain()
            return True
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        if method == "CONNECT":
            await self._tunnel(target, reader, writer)
            return False
        return await self._pass_on(target, head, reader, writer)

    def _may_pass(self, head: bytes) -> bool:
        if self.password is None:
            return True
        expected = b"Proxy-Authorization: Basic " + base64.b64encode(self.password.encode())
        return expected in head.split(b"\r\n")

    async def _open(self, authority: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = authority.rpartition(":")
        host = host.strip("[]")
        return await self.open(self.hosts.get(host, host), int(port))

    async def open(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a service; the connection is closed when the proxy ends."""
        reader, writer = await asyncio.open_connection(host, port)
        self._writers.append(writer)
        return reader, writer

    async def _tunnel(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await self._open(target)
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nnope")
            await writer.drain()
            return
        # A length in this answer means nothing (RFC 9110 section 9.3.6); who believes it waits for ever.
        writer.write(b"HTTP/1.1 200 Connection established\r\nContent-Length: 100\r\n\r\n")
        await asyncio.gather(self._pump(reader, back, keep=True), self._pump(there, writer, keep=False))
        back.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, keep: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if keep:
                    self.tunnelled_bytes += data
                sink.write(data)
                await sink.drain()
        with contextlib.suppress(OSError):
            sink.write_eof() if sink.can_write_eof() else sink.close()

    async def _pass_on(
        self, target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        authority, _, path = target.removeprefix("http://").partition("/")
        there, back = await self._open(authority if ":" in authority else f"{authority}:80")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"proxy-")]
        lines[0] = lines[0].replace(target.encode(), b"/" + path.encode())
        back.write(b"\r\n".join(lines) + await reader.readexactly(_length(head)))
        answer = await there.readuntil(b"\r\n\r\n")
        writer.write(answer + await there.readexactly(_length(answer)))
        await writer.drain()
        back.close()
        return True


def _length(head: bytes) -> int:
    lower = head.lower()
    return int(lower.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in lower else 0


@contextlib.contextmanager
def proxying(**options: object) -> Iterator[SmallProxy]:
    """Run a proxy until the block ends."""
    proxy = SmallProxy(**options)  # type: ignore[arg-type]
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def turns() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def serve() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        # A server that is closed while it accepts forgets the socket: first accept no more, and let the last one begin.
        loop.remove_reader(server.sockets[0].fileno())
        await turns()
        server.close()
        for writer in proxy._writers:
            writer.transport.abort()
        for task in proxy._tasks:
            task.cancel()
        await asyncio.gather(*proxy._tasks, return_exceptions=True)
        await turns()  # the loop closes an aborted transport a turn later

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(5)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
