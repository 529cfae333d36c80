"""One connection on an event loop: an `asyncio.Protocol`, no streams, one future per exchange, one timer for many.

The timer is armed for the earliest instant that mattered when it was set and looks again when it fires, so that an
exchange whose timeouts are those of the one before costs no timer at all.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import AsyncIterator
from enum import IntEnum
from math import inf
from typing import cast

from intertie.adapters.http1 import failures
from intertie.adapters.http1.body import StreamedBody
from intertie.adapters.http1.codec import ResponseReader
from intertie.adapters.http1.head import LAST_CHUNK, HeadEncoder, RequestHead, encode_chunk
from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.pool import Pool, times_of
from intertie.core.clock import Clock
from intertie.core.errors import CallError, Reach
from intertie.runtime.http import Request, Response

_RECHECK_S = 0.001
"""A connection looked at within this time is not looked at again before it is written to."""
_EARLY_S = 0.0005
"""Loops may wake a timer a clock resolution early: closer than this counts as due."""
_JOIN_BYTES = 256 * 1024
"""Head and body up to this size leave in one write."""


class _Phase(IntEnum):
    IDLE = 0
    HELD = 1
    CONTINUE = 2
    """The head is written, the body waits for `100 Continue`."""
    WRITING = 3
    READING = 4
    STREAMING = 5
    CLOSED = 6


class AsyncioConnection(asyncio.Protocol):
    """One connection, a `runtime.http.Connection`: idle in the pool, or held for one attempt."""

    __slots__ = (
        "_checked_s",
        "_clock",
        "_closes",
        "_deadline_s",
        "_drained",
        "_due_s",
        "_encoder",
        "_error",
        "_has_place",
        "_limits",
        "_loop",
        "_lost",
        "_paused",
        "_peer",
        "_phase",
        "_poll",
        "_pool",
        "_pump",
        "_read_timeout_s",
        "_reader",
        "_reading_paused",
        "_sent_bytes",
        "_sock",
        "_timer",
        "_timer_s",
        "_tls",
        "_transport",
        "_used",
        "_waiter",
        "_write_deadline_s",
        "_written",
        "expires_s",
        "sure_until_s",
    )

    def __init__(
        self,
        pool: Pool[AsyncioConnection],
        sock: socket.socket,
        *,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        limits: TransportLimits,
        encoder: HeadEncoder,
        peer: str,
        tls: bool,
    ) -> None:
        self._pool = pool
        self._sock = sock
        self._loop = loop
        self._clock = clock
        self._limits = limits
        self._encoder = encoder
        self._peer = peer
        self._tls = tls
        self._reader = ResponseReader(peer, limits)
        self._poll = select.poll()
        self._poll.register(sock.fileno(), select.POLLIN)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)  # set before anything else is called
        self._phase = _Phase.HELD
        self._has_place = True
        self._lost = False
        self._used = False
        self._paused = False
        self._reading_paused = False
        self._written = True
        self._closes = False
        self._sent_bytes = 0
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s = inf
        self._due_s = inf
        self._write_deadline_s = self._deadline_s = self._read_timeout_s = inf
        self._checked_s = now_s = clock.monotonic_s()
        self.expires_s, self.sure_until_s = times_of(limits, now_s, None)

    # What the pool asks.

    def is_stale(self) -> bool:
        """Return whether the server closed it, or sent what nobody asked for."""
        if self._lost:
            return True
        self._checked_s = self._clock.monotonic_s()
        # Before its first exchange TLS may have session tickets waiting, which say nothing against it.
        return (self._used or not self._tls) and bool(self._poll.poll(0))

    def discard(self) -> None:
        """Close it; the pool counts its place itself."""
        self._has_place = False
        self._shut()

    def forsake(self) -> None:
        """In a forked child: close our copy of the descriptor and leave the loop, which is the parent's, alone."""
        self._phase = _Phase.CLOSED
        self._sock.close()

    def check_out(self) -> AsyncioConnection:
        """Return it as held for one attempt."""
        self._phase = _Phase.HELD
        self._due_s = inf
        return self

    # What the pipeline asks.

    @property
    def fresh(self) -> bool:
        """Whether nothing has been sent on it yet."""
        return not self._used

    def release(self) -> None:
        """Give the connection back unused; without effect once an exchange has taken it over."""
        if self._phase is not _Phase.HELD:
            return
        if self._lost:
            self._abandon()
            return
        if not self._used:
            self.expires_s, self.sure_until_s = times_of(self._limits, self._clock.monotonic_s(), None)
        self._phase = _Phase.IDLE
        self._pool.give_back(self, self._clock.monotonic_s())

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
    ) -> Response:
        """Write the request, read the answer, give the connection back; see `runtime.http.Connection`."""
        if self._phase is not _Phase.HELD:
            msg = "a connection is good for one exchange after each connect"
            raise RuntimeError(msg)
        now_s = self._clock.monotonic_s()
        head = self._prepare(request, now_s, deadline_s)
        reader = self._reader
        reader.begin(head_only=request.method == "HEAD", stream=stream, raw=head.own_codings)
        self._used = True
        self._closes = head.closes
        self._error = None
        self._written = False
        self._sent_bytes = 0
        self._write_deadline_s = write_deadline_s
        self._read_timeout_s = read_timeout_s
        self._deadline_s = deadline_s
        self._phase = _Phase.WRITING
        self._waiter = self._loop.create_future()
        body = request.body
        try:
            if body is None:
                self._send(head.data)
                self._end_of_request(now_s)
            elif isinstance(body, bytes) and not request.expect_continue:
                self._send_joined(head.data, body)
                self._end_of_request(now_s)
            else:
                await self._send_body(head, request, body)
            if not (self._error or (reader.head_done if stream else reader.done)):
                await self._waiter
            if self._error is not None:
                raise self._error
            if self._pump is not None and not stream:
                await self._stop_pump()
        except BaseException:
            self._abandon()
            raise
        if stream:
            return self._streamed(reader)
        response = Response(reader.status, reader.headers, reader.body(), None, self._sent_bytes, reader.received_bytes)
        self._finish()
        return response

    # The event loop's callbacks.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the loop's transport; with these marks `pause_writing` means exactly: not all is handed over."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=1, low=0)

    def data_received(self, data: bytes) -> None:
        """Feed the reader and wake whoever waits for what it found."""
        phase = self._phase
        reader = self._reader
        if phase < _Phase.CONTINUE or reader.done:
            self._unasked()
            return
        if phase is _Phase.CLOSED or self._error is not None:
            return
        try:
            reader.feed(data)
        except CallError as error:
            self._fail(error)
            return
        if reader.done:
            self._wake()
        elif reader.streams:
            if reader.head_done:
                self._wake()
            if reader.buffered_bytes > self._limits.stream_buffer_bytes and not self._reading_paused and not self._lost:
                self._reading_paused = True
                self._transport.pause_reading()
        if phase is _Phase.CONTINUE and (reader.continued or reader.head_done):
            self._wake()

    def eof_received(self) -> bool:
        """The server closed its side: the end of an answer without a length, a break-off elsewhere."""
        if self._phase < _Phase.CONTINUE:
            self._unasked()
        elif self._phase is not _Phase.CLOSED and self._error is None:
            try:
                self._reader.feed_eof()
            except CallError as error:
                self._fail(error)
            else:
                self._wake()
        self._lost = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; whoever waits is told how far it came."""
        self._lost = True
        if self._phase < _Phase.CONTINUE:
            self._unasked()
        elif self._phase is not _Phase.CLOSED and not self._reader.done and self._error is None:
            reached = Reach.YES if self._reader.received_bytes else Reach.MAYBE
            self._fail(failures.broken(self._peer, exc, writing=self._phase is _Phase.WRITING, reached=reached))
        self._wake_drained()

    def pause_writing(self) -> None:
        """Part of what was written is still here."""
        self._paused = True

    def resume_writing(self) -> None:
        """Everything is handed over."""
        self._paused = False
        if self._drained is not None:
            self._wake_drained()
        elif self._phase is _Phase.WRITING and self._written:
            self._start_reading(self._clock.monotonic_s())

    # Writing.

    def _prepare(self, request: Request, now_s: float, deadline_s: float) -> RequestHead:
        """Encode the head and look at the connection once more: past this point something leaves."""
        try:
            if now_s >= deadline_s:
                raise failures.out_of_time(self._peer, "total", None, Reach.NO)
            head = self._encoder.encode(request)
        except CallError:
            self.release()
            raise
        if self._lost or (now_s - self._checked_s > _RECHECK_S and self.is_stale()):
            self._abandon()
            raise failures.stale(self._peer)
        return head

    def _send_joined(self, head: bytes, body: bytes) -> None:
        if len(body) <= _JOIN_BYTES:
            self._send(head + body)
        else:
            self._send(head)
            self._send(body)

    def _send(self, data: bytes) -> None:
        """Hand data to the kernel, the rest of it to the loop.

        The first write of an exchange is ours rather than the loop's: the error tells then whether anything left.
        """
        first = not self._sent_bytes
        if self._tls or self._paused or not first:
            self._sent_bytes += len(data)
            self._transport.write(data)
            return
        try:
            sent_bytes = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent_bytes = 0
        except OSError as failure:
            raise failures.broken(self._peer, failure, writing=True, reached=Reach.NO) from failure
        self._sent_bytes += len(data)
        if sent_bytes < len(data):
            self._transport.write(memoryview(data)[sent_bytes:])

    def _end_of_request(self, now_s: float) -> None:
        """The whole request is handed to the loop: read now, or once the last byte has left."""
        self._written = True
        if self._paused:
            self._set_due(min(self._write_deadline_s, self._deadline_s))
        elif self._phase <= _Phase.WRITING:
            self._start_reading(now_s)

    def _start_reading(self, now_s: float) -> None:
        if self._reader.streams and self._reader.head_done:
            self._phase = _Phase.STREAMING
            self._set_due(self._deadline_s)
        else:
            self._phase = _Phase.READING
            self._set_due(min(now_s + self._read_timeout_s, self._deadline_s))

    async def _send_body(self, head: RequestHead, request: Request, body: bytes | AsyncIterator[bytes]) -> None:
        self._send(head.data)
        if request.expect_continue and not await self._may_continue():
            # RFC 9110 section 10.1.1: a final status came first, so the body stays here and the connection is spent.
            self._closes = True
            self._end_of_request(self._clock.monotonic_s())
            return
        self._set_due(min(self._write_deadline_s, self._deadline_s))
        if isinstance(body, bytes):
            self._send(body)
            self._end_of_request(self._clock.monotonic_s())
        else:
            self._pump = self._loop.create_task(self._pump_body(body))

    async def _may_continue(self) -> bool:
        """Wait for `100 Continue`, a final head or the end of patience; return whether the body is to be sent."""
        reader = self._reader
        self._phase = _Phase.CONTINUE
        wait_until_s = self._clock.monotonic_s() + self._limits.continue_wait_s
        self._set_due(min(wait_until_s, self._write_deadline_s, self._deadline_s))
        if self._waiter is not None and not (reader.continued or reader.head_done):
            await self._waiter
        self._waiter = self._loop.create_future()
        if self._error is not None:
            raise self._error
        if reader.head_done:
            return False
        self._phase = _Phase.WRITING
        return True

    async def _pump_body(self, body: AsyncIterator[bytes]) -> None:
        """Send the pieces of a body as chunks until it ends, or a final answer makes the rest pointless."""
        reader = self._reader
        try:
            async for data in body:
                # A service may begin a good answer before it has read everything; after another one it reads no more.
                if self._error or self._lost or reader.done or (reader.head_done and reader.status >= 300):
                    self._closes = True
                    break
                if data:
                    self._send(encode_chunk(data))
                while self._paused and not self._lost:
                    self._drained = self._loop.create_future()
                    await self._drained
            else:
                if not self._lost:
                    self._send(LAST_CHUNK)
                    self._end_of_request(self._clock.monotonic_s())
            if (close := getattr(body, "aclose", None)) is not None:
                await close()
        except Exception as failure:  # noqa: BLE001  # the caller's own iterator: its error goes to the caller
            self._fail(failure)

    async def _stop_pump(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None and not pump.done():
            self._closes = True
            pump.cancel()
            await asyncio.wait((pump,))

    # Reading.

    def _streamed(self, reader: ResponseReader) -> Response:
        if self._phase is _Phase.READING:
            self._phase = _Phase.STREAMING
            self._set_due(self._deadline_s)
        body = StreamedBody(self)
        return Response(reader.status, reader.headers, b"", body, self._sent_bytes, reader.received_bytes)

    async def next_piece(self) -> bytes | None:
        """Return the next decoded piece of a streamed body, None at its end, where the connection goes back."""
        reader = self._reader
        try:
            while True:
                piece = reader.next_piece()
                if self._reading_paused and reader.buffered_bytes * 2 <= self._limits.stream_buffer_bytes:
                    self._reading_paused = False
                    if not self._lost:
                        self._transport.resume_reading()
                if piece is not None:
                    return piece
                if reader.done:
                    break
                if self._error is not None:
                    raise self._error
                self._waiter = self._loop.create_future()
                await self._waiter
            await self._stop_pump()
        except BaseException:
            self._abandon()
            raise
        self._finish()
        return None

    def end_stream(self) -> None:
        """Stop reading: the connection goes back where the body was at its end, else it is closed."""
        if self._phase in (_Phase.IDLE, _Phase.HELD, _Phase.CLOSED):
            return
        if self._reader.done and (self._pump is None or self._pump.done()):
            self._finish()
        else:
            self._abandon()

    def end_stream_soon(self) -> None:
        """Do so from any thread, as the garbage collector needs it."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.end_stream)

    @property
    def received_bytes(self) -> int:
        """Bytes of the answer so far."""
        return self._reader.received_bytes

    # Ends.

    def _finish(self) -> None:
        """Give the connection back after a whole exchange, or close it where it can't carry another one."""
        reader = self._reader
        self._waiter = None
        self._pump = None
        if not reader.reusable or self._closes or self._lost or self._paused or not self._written:
            self._abandon()
            return
        if self._reading_paused:
            self._reading_paused = False
            self._transport.resume_reading()
        now_s = self._clock.monotonic_s()
        self.expires_s, self.sure_until_s = times_of(self._limits, now_s, reader.keep_alive_s)
        self._phase = _Phase.IDLE
        self._due_s = inf
        self._pool.give_back(self, now_s)

    def _abandon(self) -> None:
        """Close it and give its place back, once."""
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
        self._shut()
        if self._has_place:
            self._has_place = False
            self._pool.give_up()

    def _shut(self) -> None:
        self._phase = _Phase.CLOSED
        self._lost = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake_drained()
        if not self._loop.is_closed():
            # No goodbye: at this point neither side has anything left to lose, and a TLS one may wait for an answer.
            self._transport.abort()
        else:
            self._sock.close()

    def _unasked(self) -> None:
        """Bytes, or an end, outside an exchange: the connection is good for nothing more."""
        self._lost = True
        if self._reader.done and self._phase >= _Phase.CONTINUE:
            return  # after a whole answer: _finish sees it
        if self._phase is _Phase.IDLE and self._pool.forget(self):
            self._has_place = False
            self._shut()

    def _fail(self, error: BaseException) -> None:
        if self._error is None:
            self._error = error
            self._wake()
            self._wake_drained()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _wake_drained(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    # The timer.

    def _set_due(self, due_s: float) -> None:
        self._due_s = due_s
        if due_s < self._timer_s or self._timer is None:
            self._arm(due_s)

    def _arm(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_s = at_s
        if at_s < inf:
            self._timer = self._loop.call_later(max(at_s - self._clock.monotonic_s(), 0.0), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now_s = self._clock.monotonic_s()
        if self._phase is _Phase.IDLE:
            if now_s < self.expires_s:
                self._arm(self.expires_s)
            else:
                self._unasked()
        elif now_s < self._due_s - _EARLY_S:
            self._arm(self._due_s)
        elif self._phase is _Phase.CONTINUE and now_s < min(self._write_deadline_s, self._deadline_s) - _EARLY_S:
            self._wake()
        elif self._phase is not _Phase.CLOSED:
            self._expire()

    def _expire(self) -> None:
        reached = Reach.YES if self._reader.received_bytes else Reach.MAYBE
        phase, waited_s = "total", None
        if self._phase in (_Phase.WRITING, _Phase.CONTINUE) and self._write_deadline_s < self._deadline_s:
            phase = "write"
        elif self._phase is _Phase.READING and self._due_s < self._deadline_s:
            phase, waited_s = "read", self._read_timeout_s
        self._fail(failures.out_of_time(self._peer, phase, waited_s, reached))
