"""One connection on an event loop, as the pipeline sees it: one future per exchange, one timer for many."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from math import inf
from typing import Self

from intertie.adapters.http1 import failures
from intertie.adapters.http1.asyncio_duplex import AsyncioDuplex
from intertie.adapters.http1.asyncio_wire import (
    CLOSED,
    CONTINUE,
    HELD,
    IDLE,
    READING,
    STREAMING,
    WRITING,
    AsyncioWire,
)
from intertie.adapters.http1.body import StreamedBody
from intertie.adapters.http1.head import LAST_CHUNK, HeadEncoder, RequestHead, encode_chunk
from intertie.adapters.http1.limits import JOIN_BYTES, RECHECK_S, TransportLimits
from intertie.adapters.http1.pool import Place, Pool, times_of
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.adapters.http1.upgraded import NO_SWITCH, UpgradedStream
from intertie.core.clock import Clock
from intertie.core.errors import Reach, TransportError
from intertie.runtime.http import Departure, Headers, Request, Response


class AsyncioConnection(AsyncioWire):
    """One connection, a `runtime.http.Connection`: idle in the pool, or held for one attempt."""

    __slots__ = (
        "_closes",
        "_deadline_s",
        "_departure",
        "_duplex",
        "_encoder",
        "_idle_s",
        "_opening",
        "_read_timeout_s",
        "_sent_bytes",
        "_undoubted_s",
        "_write_deadline_s",
        "_written",
    )

    def __init__(
        self,
        pool: Pool[Self],
        place: Place,
        sock: socket.socket,
        *,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        limits: TransportLimits,
        encoder: HeadEncoder,
        peer: str,
        tls: TlsChannel | None,
    ) -> None:
        super().__init__(pool, place, sock, loop=loop, clock=clock, limits=limits, peer=peer, tls=tls)
        self._encoder = encoder
        self._idle_s, self._undoubted_s = times_of(limits, 0.0, None)
        self._closes = False
        """The connection carries no further exchange, whatever the answer says."""
        self._written = True
        """The whole request is handed to the loop."""
        self._sent_bytes = 0
        self._departure: Departure | None = None
        """Is still to be told that the request has left."""
        self._opening = False
        self._duplex: AsyncioDuplex | None = None
        self._write_deadline_s = self._deadline_s = self._read_timeout_s = inf

    def check_out(self) -> Self:
        """Return it as held for one attempt."""
        self._phase = HELD
        self._timer.due_s = inf
        return self

    @property
    def fresh(self) -> bool:
        """Whether nothing has been sent on it yet."""
        return not self._used

    def release(self) -> None:
        """Give the connection back unused; without effect once an exchange has taken it over."""
        if self._phase != HELD:
            return
        if self._lost:
            self._abandon()
            return
        now_s = self._clock.monotonic_s()
        if not self._used:
            self.expires_s, self.sure_until_s = times_of(self._limits, now_s, None)
        self._put_aside(now_s)

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
        departure: Departure | None = None,
    ) -> Response:
        """Write the request, read the answer, give the connection back; see `runtime.http.Connection`."""
        if self._phase != HELD:
            msg = "a connection is good for one exchange after each connect"
            raise RuntimeError(msg)
        now_s = self._clock.monotonic_s()
        try:
            head = self._checked_head(request, now_s, deadline_s)
            if departure is not None:
                departure.departing()
        except BaseException:
            self.release()
            raise
        reader = self._reader
        if stream or head.own_codings or request.method == "HEAD" or request.upgrade is not None:
            head_only = request.method == "HEAD"
            reader.begin(head_only=head_only, stream=stream, raw=head.own_codings, switch_to=request.upgrade)
        else:
            reader.begin_usual()
        self._used = True
        self._departure = departure
        self._closes = head.closes
        self._write_deadline_s = write_deadline_s
        self._read_timeout_s = read_timeout_s
        self._deadline_s = deadline_s
        self._phase = WRITING
        self._waiter = self._loop.create_future()
        body = request.body
        try:
            if body is None:
                self._send_whole(head.data, now_s)
            elif type(body) is bytes and not request.expect_continue and len(body) <= JOIN_BYTES:
                self._send_whole(head.data + body, now_s)
            else:
                await self._send_parts(head, request, body, now_s)
            if not (self._error or (reader.head_done if stream else reader.done)):
                await self._waiter
            if self._error is not None:
                self._raise_error()
            if reader.status == 407:
                self._encoder.raise_refusal(reader.headers)
            if self._pump is not None and not stream:
                await self._stop_pump()
        except BaseException:
            self._abandon()
            raise
        if stream:
            return self._streamed()
        sent_bytes = self._sent_bytes
        if self._paused:
            sent_bytes = max(sent_bytes - self._transport.get_write_buffer_size(), 0)
        response = Response(
            reader.status, reader.headers, reader.body(), None, sent_bytes, reader.received_bytes, reader.trailers
        )
        if not reader.switched:
            self._finish()
        return response

    async def open_stream(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        departure: Departure | None = None,
    ) -> UpgradedStream | Response:
        """Ask the service to switch protocols; see `runtime.http.Connection`."""
        self._opening = True
        try:
            response = await self.exchange(
                request,
                write_deadline_s=write_deadline_s,
                read_timeout_s=read_timeout_s,
                deadline_s=deadline_s,
                departure=departure,
            )
        finally:
            self._opening = False
        duplex, self._duplex = self._duplex, None
        return response if duplex is None else UpgradedStream(response, duplex)

    # Writing.

    def _checked_head(self, request: Request, now_s: float, deadline_s: float) -> RequestHead:
        """Encode the head and look at the connection once more: past this point something leaves."""
        if (request.upgrade is None) is self._opening:
            raise RuntimeError(NO_SWITCH)
        if now_s >= deadline_s:
            raise failures.out_of_time(self._peer, "total", None, Reach.NO)
        head = self._encoder.encode(request)
        if self._lost or (now_s - self._checked_s > RECHECK_S and self.is_stale(now_s)):
            self._abandon()
            raise failures.stale(self._peer, None if self._tls is None else self._tls.fault)
        return head

    def _send_whole(self, data: bytes, now_s: float) -> None:
        """Send a request that is one piece: mostly the kernel takes all of it, and the answer is waited for."""
        self._sent_bytes = sent_bytes = len(data)
        if self._tls is not None:
            self._hand_over(self._tls.write(data))
            self._end_of_request(now_s)
            return
        try:
            handed_bytes = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            handed_bytes = 0
        except OSError as failure:
            raise self._not_sent(failure) from failure
        if handed_bytes == sent_bytes:
            departure = self._departure
            if departure is not None:
                self._departure = None
                departure.departed()
            self._phase = READING
            due_s = now_s + self._read_timeout_s
            deadline_s = self._deadline_s
            self._timer.set(due_s if due_s < deadline_s else deadline_s)  # noqa: FURB136  # a third of min()'s time
        else:
            self._transport.write(memoryview(data)[handed_bytes:])
            self._end_of_request(now_s)

    def _send(self, data: bytes) -> None:
        """Hand data to the kernel, the rest of it to the loop."""
        first = not self._sent_bytes
        self._sent_bytes += len(data)
        if self._tls is not None:
            data = self._tls.write(data)
        if self._paused or not first:
            self._transport.write(data)
        else:
            self._hand_over(data)

    def _hand_over(self, data: bytes) -> None:
        """Hand the first data of an exchange over.

        This write is ours rather than the loop's: its error tells whether anything left.
        """
        try:
            handed_bytes = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            handed_bytes = 0
        except OSError as failure:
            raise self._not_sent(failure) from failure
        if handed_bytes < len(data):
            self._transport.write(memoryview(data)[handed_bytes:])

    def _not_sent(self, failure: OSError) -> TransportError:
        return failures.broken(self._peer, failure, writing=True, reached=Reach.NO)

    def _end_of_request(self, now_s: float) -> None:
        """The whole request is handed to the loop: read now, or once the last byte has left."""
        self._written = True
        if self._paused or (self._tls is not None and self._is_behind()):
            self._timer.set(min(self._write_deadline_s, self._deadline_s))
        elif self._phase <= WRITING:
            if self._departure is not None:
                self._depart()
            self._start_reading(now_s)

    def _on_written(self) -> None:
        if self._phase == WRITING and self._written:
            try:
                self._depart()
            except Exception as failure:  # noqa: BLE001  # the loop called: it goes to whoever waits for the exchange
                self._fail(failure)
            self._start_reading(self._clock.monotonic_s())

    def _depart(self) -> None:
        """The kernel has the last byte that counts."""
        departure = self._departure
        if departure is not None:
            self._departure = None
            departure.departed()

    def _start_reading(self, now_s: float) -> None:
        if self._reader.streams and self._reader.head_done:
            self._phase = STREAMING
            self._timer.set(self._deadline_s)
        else:
            self._phase = READING
            due_s = now_s + self._read_timeout_s
            self._timer.set(min(due_s, self._deadline_s))

    async def _send_parts(
        self, head: RequestHead, request: Request, body: bytes | AsyncIterator[bytes], now_s: float
    ) -> None:
        """Send head and body apart: a long body, a streamed one, one that waits for `100 Continue`."""
        self._written = False
        self._sent_bytes = 0
        self._send(head.data)
        if isinstance(body, bytes) and not request.expect_continue:
            self._send(body)
            self._end_of_request(now_s)
            return
        self._timer.set(min(self._write_deadline_s, self._deadline_s))
        if self._departure is not None and not isinstance(body, bytes):
            while self._is_behind():
                await self._drain()
            self._depart()
        if request.expect_continue and not await self._may_continue():
            # RFC 9110 section 10.1.1: a final status came first: the body stays here, the connection is spent.
            self._closes = True
            self._end_of_request(self._clock.monotonic_s())
            return
        self._timer.set(min(self._write_deadline_s, self._deadline_s))
        if isinstance(body, bytes):
            self._send(body)
            self._end_of_request(self._clock.monotonic_s())
        else:
            self._pump = self._loop.create_task(self._pump_body(body))

    async def _drain(self) -> None:
        """Wait until the kernel has taken what was sent."""
        self._drained = drained = self._loop.create_future()
        await drained
        self._raise_error()

    async def _may_continue(self) -> bool:
        """Wait for `100 Continue`, a final head or the end of patience; return whether the body is to be sent."""
        reader = self._reader
        self._phase = CONTINUE
        wait_until_s = self._clock.monotonic_s() + self._limits.continue_wait_s
        self._timer.set(min(wait_until_s, self._write_deadline_s, self._deadline_s))
        if self._waiter is not None and not (reader.continued or reader.head_done):
            await self._waiter
        self._waiter = self._loop.create_future()
        self._raise_error()
        if reader.head_done:
            return False
        self._phase = WRITING
        return True

    async def _pump_body(self, body: AsyncIterator[bytes]) -> None:
        """Send the pieces of a body as chunks until it ends, or a final answer makes the rest pointless."""
        reader = self._reader
        try:
            async for data in body:
                # A service may begin a good answer before it has read everything; after another one it reads no more.
                if (
                    self._error
                    or self._transport.is_closing()
                    or reader.done
                    or (reader.head_done and reader.status >= 300)
                ):
                    self._closes = True
                    break
                if data:
                    self._send(encode_chunk(data))
                # Also with room left: an iterator that never suspends must not keep the loop from what it has to tell.
                self._drained = drained = self._loop.create_future()
                if not self._is_behind():
                    self._loop.call_soon(self._wake_drained)
                await drained
            else:
                if not self._transport.is_closing():
                    self._send(LAST_CHUNK)
                    self._end_of_request(self._clock.monotonic_s())
        except Exception as failure:  # noqa: BLE001  # the caller's own iterator: its error goes to the caller
            self._fail(failure)
        finally:
            if (close := getattr(body, "aclose", None)) is not None:
                await close()

    async def _stop_pump(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None and not pump.done():
            self._closes = True
            pump.cancel()
            await asyncio.wait((pump,))

    # Reading.

    def _streamed(self) -> Response:
        if self._phase == READING:
            self._phase = STREAMING
            self._timer.set(self._deadline_s)
        reader = self._reader
        body = StreamedBody(self)
        return Response(reader.status, reader.headers, b"", body, self._sent_bytes, reader.received_bytes)

    async def next_piece(self) -> bytes | None:
        """Return the next decoded piece of a streamed body, None at its end, where the connection goes back."""
        reader = self._reader
        try:
            while True:
                piece = reader.next_piece()
                if self._reading_paused and reader.buffered_bytes * 2 <= self._limits.stream_buffer_bytes:
                    self._resume_reading()
                if piece is not None:
                    return piece
                if reader.done:
                    break
                self._raise_error()
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
        if self._phase in (IDLE, HELD, CLOSED):
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
    def trailers(self) -> Headers:
        """Fields that came behind the body, once all of it has come."""
        return self._reader.trailers

    @property
    def received_bytes(self) -> int:
        """Bytes of the answer so far."""
        return self._reader.received_bytes

    def _resume_reading(self) -> None:
        self._reading_paused = False
        if not self._lost:
            self._transport.resume_reading()

    # Switching.

    def _switch(self) -> None:
        self._timer.cancel()
        self._duplex = duplex = AsyncioDuplex(
            self._transport,
            self._reader.rest,
            loop=self._loop,
            clock=self._clock,
            limits=self._limits,
            peer=self._peer,
            tls=self._tls,
            paused=self._paused,
            let_go=self._abandon,
        )
        self._transport.set_protocol(duplex)

    # Ends.

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _finish(self) -> None:
        """Give the connection back after a whole exchange, or close it where it can't carry another one."""
        reader = self._reader
        self._waiter = self._pump = None
        if (
            not reader.reusable
            or self._closes
            or self._lost
            or self._paused
            or not self._written
            or (self._tls is not None and self._is_behind())
        ):
            self._abandon()
            return
        if self._reading_paused:
            self._resume_reading()
        now_s = self._clock.monotonic_s()
        if reader.keep_alive_s is None:
            self.expires_s, self.sure_until_s = now_s + self._idle_s, now_s + self._undoubted_s
        else:
            self.expires_s, self.sure_until_s = times_of(self._limits, now_s, reader.keep_alive_s)
        self._put_aside(now_s)

    def _expire(self) -> None:
        phase, waited_s = "total", None
        # The timer may be a little early, never by as much as this.
        now_s = self._clock.monotonic_s() + 0.001
        if self._phase == CONTINUE and now_s < min(self._write_deadline_s, self._deadline_s):
            self._wake()  # patience for `100 Continue` is over: the body goes out all the same
            return
        if self._phase in (WRITING, CONTINUE) and self._write_deadline_s < self._deadline_s:
            phase = "write"
        elif self._phase == READING and now_s < self._deadline_s:
            phase, waited_s = "read", self._read_timeout_s
        self._fail(failures.out_of_time(self._peer, phase, waited_s, self._reached()))
