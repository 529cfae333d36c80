"""One connection of the mock's server: requests parsed in order, answered one after the other.

The server is our own because a mock must be able to break the rules at any byte: reset before the answer, stop in the
middle of the body, let it trickle, never answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable

import httptools
from msgspec import Struct

from intertie.mockserver.arrivals import Arrivals
from intertie.mockserver.hosts import host_name
from intertie.mockserver.messages import FaultKind, MockReply, MockRequest
from intertie.mockserver.problems import problem
from intertie.mockserver.wire import CONTINUE, DateLine, head_bytes

_SLOW_TICK_S = 0.05
_PIPELINED = 32
_MOST_READ = 64 * 1024
"""Loops read at least so much at a time: where so much came, more may be waiting."""
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class ServerBounds(Struct, frozen=True):
    """What a client may send. Seconds after which a silent connection is closed."""

    head_bytes: int = 65_536
    target_bytes: int = 16_384
    headers: int = 200
    body_bytes: int = 16 * 1024 * 1024
    idle_s: float = 75.0


class _Parsed(Struct):
    """A request read completely, or the refusal of one that can't be."""

    request: MockRequest
    keep_alive: bool
    since_s: float = 0.0
    refused: MockReply | None = None


class MockConnection(asyncio.Protocol):
    """Speaks HTTP/1.1 on one connection.

    Args:
        answer: Gives the reply to a request, and is told since when that may have been waiting (monotonic).
        gone: Told the flight of a reply whose client left.
        date_line: Shared by all connections.
        bounds: What a client may send.
        connections: The open connections; this one adds and removes itself.
        arrivals: Of the loop.
    """

    def __init__(
        self,
        answer: Callable[[MockRequest, float], MockReply],
        gone: Callable[[int], None],
        date_line: DateLine,
        bounds: ServerBounds,
        connections: set[MockConnection],
        arrivals: Arrivals,
    ) -> None:
        self._answer = answer
        self._gone = gone
        self._date_line = date_line
        self._bounds = bounds
        self._connections = connections
        self._arrivals = arrivals
        self._since_s = arrivals.accepted_since_s
        self._may_wait = True
        """What comes next may have been waiting since `_since_s`, whenever the loop goes round."""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[_Parsed] = deque()
        self._current: MockReply | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._paused = False
        self._blocked = False
        self._refused = False
        self._ended = False
        self._head_bytes = 0
        self._completed = 0
        self.last_active_s = self._loop.time()
        self._begin_message()

    def _begin_message(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._fields = 0
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._in_head = True

    # --- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = transport  # type: ignore[assignment]  # create_server makes stream transports
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was under way."""
        del exc
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._current is not None:
            self._gone(self._current.flight)
            self._current = None
        self._transport = None

    def pause_writing(self) -> None:
        """Answer nothing more while the client does not read."""
        self._blocked = True

    def resume_writing(self) -> None:
        """Go on answering."""
        self._blocked = False
        self._next()

    def eof_received(self) -> bool:
        """Keep the connection while answers are still owed: the client may have stopped sending alone.

        Most clients mean to leave, so what they wait for no longer counts as in flight, and a hang ends.
        """
        self._ended = True
        if self._current is not None:
            self._gone(self._current.flight)
        return not self._hanging and (self._current is not None or bool(self._waiting))

    def data_received(self, data: bytes) -> None:
        """Parse what came and answer what is complete."""
        self.last_active_s = self._loop.time()
        if not self._may_wait:
            self._since_s = self._arrivals.since_s
        self._may_wait = len(data) >= _MOST_READ
        if self._refused:
            return
        completed = self._completed
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # No other protocol is spoken here: the request is answered as it is, and the connection ends.
            self._end_after_last()
        except httptools.HttpParserError:
            if not self._refused:
                self._refuse(400, "the request is no HTTP/1.1")
        if self._completed != completed:
            self._head_bytes = 0  # how much of the chunk is of the next head is not known, and at most one chunk
        elif self._in_head:
            self._head_bytes += len(data)
        if self._head_bytes > self._bounds.head_bytes and self._in_head and not self._refused:
            self._refuse(431, f"the head is longer than {self._bounds.head_bytes} bytes")
        self._next()

    # --- httptools

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin_message()

    def on_url(self, url: bytes) -> None:
        """Collect the target."""
        self._target += url
        if len(self._target) > self._bounds.target_bytes:
            self._refuse(414, f"the target is longer than {self._bounds.target_bytes} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._fields += 1
        if self._fields > self._bounds.headers:
            self._refuse(431, f"there are more than {self._bounds.headers} headers")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        """Judge the head, and ask for the body where the client waits to be asked."""
        self._in_head = False
        if self._refused:
            return
        length = self._headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._bounds.body_bytes:
            self._refuse(413, f"the body is longer than {self._bounds.body_bytes} bytes")
        elif "host" not in self._headers and self._parser.get_http_version() == "1.1":
            self._refuse(400, "there is no Host header")
        elif "host" in self._headers and host_name(self._headers["host"]) is None:
            self._refuse(400, "the Host header is no host and port")
        elif self._headers.get("expect", "").lower() == "100-continue" and self._idle and self._transport is not None:
            self._transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Collect the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self._bounds.body_bytes:
            self._refuse(413, f"the body is longer than {self._bounds.body_bytes} bytes")
        elif not self._refused:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Put the request in line."""
        if self._refused:
            return
        self._completed += 1
        method = self._parser.get_method().decode("ascii")
        request = MockRequest(method, _origin_form(self._target), self._headers, b"".join(self._body))
        self._waiting.append(_Parsed(request, self._parser.should_keep_alive(), self._since_s))
        self._begin_message()
        if len(self._waiting) > _PIPELINED and self._transport is not None and not self._paused:
            self._paused = self._may_wait = True
            self._transport.pause_reading()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer what can't be read, after what was read before it, and close."""
        if self._refused:
            return
        self._refused = True
        made = problem(status, "malformed-request", detail)
        reply = MockReply(made.status, made.headers, made.body)
        self._waiting.append(_Parsed(MockRequest("GET", ""), keep_alive=False, refused=reply))

    def _end_after_last(self) -> None:
        self._refused = True
        if self._waiting:
            self._waiting[-1].keep_alive = False
        else:
            self._closing = True

    # --- answering

    @property
    def _hanging(self) -> bool:
        fault = self._current.fault if self._current is not None else None
        return fault is not None and fault.kind is FaultKind.HANG

    @property
    def _idle(self) -> bool:
        return self._current is None and not self._waiting

    def _next(self) -> None:
        """Answer the next request in line; the ones that need no wait are answered at once."""
        while self._waiting and self._current is None and self._transport is not None and not self._blocked:
            parsed = self._waiting.popleft()
            reply = parsed.refused or self._answer(parsed.request, parsed.since_s)
            keep_alive = parsed.keep_alive and not self._closing
            is_head = parsed.request.method == "HEAD"
            self._current = reply
            if reply.fault is not None and reply.fault.kind is FaultKind.HANG:
                return
            if reply.delay_s > 0:
                self._timer = self._loop.call_later(reply.delay_s, self._write, reply, keep_alive, is_head)
            else:
                self._write(reply, keep_alive, is_head)
        if self._paused and len(self._waiting) <= _PIPELINED // 2 and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        if self._idle and (self._closing or self._ended) and self._transport is not None:
            self._transport.close()

    def _write(self, reply: MockReply, keep_alive: bool, is_head: bool) -> None:
        transport = self._transport
        if transport is None:
            return
        self._timer = None
        fault = reply.fault
        body = b"" if is_head or reply.status in (204, 304) else reply.body
        if fault is not None and fault.kind is FaultKind.DISCONNECT_BEFORE_HEADERS:
            self._reset()
            return
        head = head_bytes(reply, date_line=self._date_line.now(), keep_alive=keep_alive)
        if fault is None or not body:
            if fault is not None and fault.kind is not FaultKind.SLOW_BODY:
                # Nothing to break off: one byte is promised that never comes.
                head = head_bytes(reply, date_line=self._date_line.now(), keep_alive=keep_alive, length=1)
                keep_alive = False
            transport.write(head + body)
            self._done(keep_alive)
        elif fault.kind is FaultKind.SLOW_BODY:
            transport.write(head)
            self._trickle(body, 0, fault.bytes_per_second, keep_alive)
        else:
            cut = 0 if fault.kind is FaultKind.DISCONNECT_AFTER_HEADERS else max(1, len(body) // 2)
            transport.write(head + body[: min(cut, len(body) - 1)])
            self._done(keep_alive=False)

    def _trickle(self, body: bytes, at: int, bytes_per_second: float, keep_alive: bool) -> None:
        if self._transport is None:
            return
        step = max(1, round(bytes_per_second * _SLOW_TICK_S))
        self._transport.write(body[at : at + step])
        self.last_active_s = self._loop.time()
        if at + step >= len(body):
            self._timer = None
            self._done(keep_alive)
            self._next()
            return
        wait_s = step / bytes_per_second
        self._timer = self._loop.call_later(wait_s, self._trickle, body, at + step, bytes_per_second, keep_alive)

    def _done(self, keep_alive: bool) -> None:
        """End the current answer; close the connection or go on with the next one."""
        was_waiting, self._current = self._current, None
        if not keep_alive and self._transport is not None:
            self._waiting.clear()
            self._transport.close()
        elif was_waiting is not None and was_waiting.delay_s > 0:
            self._next()

    def _reset(self) -> None:
        """Close with a TCP reset, so that the client learns of it at once and not as an orderly end."""
        self._current = None
        self._waiting.clear()
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        self._transport.abort()

    # --- the server's hand

    def drain(self) -> None:
        """Close as soon as nothing is owed any more."""
        self._closing = True
        if self._transport is None:
            return
        if self._hanging:
            self._transport.abort()
        elif self._idle:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def close_if_silent(self, now_s: float) -> None:
        """Close where nothing is owed and nothing came for the idle time."""
        if self._idle and now_s - self.last_active_s > self._bounds.idle_s and self._transport is not None:
            self._transport.close()


def _origin_form(target: bytes) -> str:
    """Return path and query of a target; a proxy's absolute form loses its origin (RFC 9112 section 3.2.2)."""
    text = target.decode("latin-1")
    if text.startswith("/"):
        return text
    scheme, mark, rest = text.partition("://")
    if mark and scheme.lower() in ("http", "https"):
        return "/" + rest.partition("/")[2]
    return text
