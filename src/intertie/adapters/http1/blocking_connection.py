"""One connection for synchronous callers: a non-blocking socket and `poll`, every wait clipped to its instant.

Its coroutines never suspend; they are stepped by `runtime.stepping.run_blocking`.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import AsyncIterator
from math import ceil, inf

from intertie.adapters.http1 import failures
from intertie.adapters.http1.blocking_duplex import BlockingDuplex
from intertie.adapters.http1.body import StreamedBody
from intertie.adapters.http1.codec import ResponseReader
from intertie.adapters.http1.head import LAST_CHUNK, HeadEncoder, RequestHead, encode_chunk
from intertie.adapters.http1.limits import JOIN_BYTES, READ_BYTES, RECHECK_S, TransportLimits
from intertie.adapters.http1.pool import Pool, times_of
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.adapters.http1.upgraded import NO_SWITCH, UpgradedStream
from intertie.core.clock import Clock
from intertie.core.errors import CallError, DeadlineExceeded, Reach, TransportError
from intertie.runtime.http import Departure, Headers, Request, Response

_NOT_NOW = (BlockingIOError, InterruptedError)


class BlockingConnection:
    """One connection, a `runtime.http.Connection`: idle in the pool, or held by one thread for one attempt."""

    __slots__ = (
        "_checked_s",
        "_clock",
        "_closed",
        "_closes",
        "_deadline_s",
        "_either_poll",
        "_encoder",
        "_handed_over",
        "_has_place",
        "_held",
        "_limits",
        "_opening",
        "_peer",
        "_pool",
        "_read_poll",
        "_reader",
        "_sent_bytes",
        "_sock",
        "_streaming",
        "_tls",
        "_used",
        "_write_deadline_s",
        "_writing",
        "expires_s",
        "sure_until_s",
    )

    def __init__(
        self,
        pool: Pool[BlockingConnection],
        sock: socket.socket,
        *,
        clock: Clock,
        limits: TransportLimits,
        encoder: HeadEncoder,
        peer: str,
        tls: TlsChannel | None = None,
    ) -> None:
        self._pool = pool
        self._sock = sock
        self._tls = tls
        self._clock = clock
        self._limits = limits
        self._encoder = encoder
        self._peer = peer
        self._reader = ResponseReader(peer, limits)
        self._read_poll = select.poll()
        self._read_poll.register(sock.fileno(), select.POLLIN)
        self._either_poll = select.poll()
        self._either_poll.register(sock.fileno(), select.POLLIN | select.POLLOUT)
        self._held = True
        self._streaming = False
        self._has_place = True
        self._closed = False
        self._used = False
        self._closes = False
        self._sent_bytes = 0
        self._handed_over = False
        self._writing = False
        self._opening = False
        self._write_deadline_s = self._deadline_s = inf
        self._checked_s = now_s = clock.monotonic_s()
        self.expires_s, self.sure_until_s = times_of(limits, now_s, None)

    # What the pool asks.

    def is_stale(self, now_s: float) -> bool:
        """Return whether the server closed it, or sent what nobody asked for."""
        if self._closed:
            return True
        self._checked_s = now_s
        if not self._read_poll.poll(0):
            return False
        if self._tls is None:
            return True
        # Readable TLS may be a session ticket, which is no data: only reading tells.
        try:
            self._tls.feed(self._sock.recv(READ_BYTES))
        except _NOT_NOW:
            return False
        except OSError:
            return True
        return bool(self._tls.read()) or self._tls.ended or self._tls.fault is not None

    def discard(self) -> None:
        """Close it; the pool counts its place itself."""
        self._has_place = False
        self._shut()

    def forsake(self) -> None:
        """In a forked child: close our copy of the descriptor; TLS says no goodbye in the parent's name."""
        self._shut()

    def check_out(self) -> BlockingConnection:
        """Return it as held for one attempt."""
        self._held = True
        return self

    # What the pipeline asks.

    @property
    def fresh(self) -> bool:
        """Whether nothing has been sent on it yet."""
        return not self._used

    def handshake(self) -> tuple[str | None, float | None]:
        """Return the version of TLS and the instant at which the service's certificate ends; None on plain HTTP."""
        if self._tls is None:
            return None, None
        ends = self._tls.certificate_ends()
        return self._tls.version(), None if ends is None else float(ssl.cert_time_to_seconds(ends))

    def release(self) -> None:
        """Give the connection back unused; without effect once an exchange has taken it over."""
        if not self._held:
            return
        self._held = False
        if self._closed:
            self._abandon()
            return
        now_s = self._clock.monotonic_s()
        if not self._used:
            self.expires_s, self.sure_until_s = times_of(self._limits, now_s, None)
        self._pool.give_back(self, now_s)

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
        if not self._held:
            msg = "a connection is good for one exchange after each connect"
            raise RuntimeError(msg)
        try:
            head = self._checked_head(request, deadline_s)
            if departure is not None:
                departure.departing()
        except BaseException:
            self.release()
            raise
        reader = self._reader
        reader.begin(head_only=request.method == "HEAD", stream=stream, raw=head.own_codings, switch_to=request.upgrade)
        self._held = False
        self._used = True
        self._closes = head.closes
        self._sent_bytes = 0
        self._handed_over = False
        self._write_deadline_s = write_deadline_s
        self._deadline_s = deadline_s
        try:
            self._writing = True
            await self._send(head, request, departure)
            self._writing = False
            self._write_deadline_s = deadline_s
            until_s = min(self._clock.monotonic_s() + read_timeout_s, deadline_s)
            phase = "read" if until_s < deadline_s else "total"
            while not (reader.head_done if stream else reader.done):
                self._receive(until_s, phase, read_timeout_s)
            if reader.status == 407:
                self._encoder.raise_refusal(reader.headers)
        except BaseException:
            self._abandon()
            raise
        if stream:
            self._streaming = True
            body = StreamedBody(self)
            return Response(reader.status, reader.headers, b"", body, self._sent_bytes, reader.received_bytes)
        response = Response(
            reader.status,
            reader.headers,
            reader.body(),
            None,
            self._sent_bytes,
            reader.received_bytes,
            reader.trailers,
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
        if not self._reader.switched:
            return response
        duplex = BlockingDuplex(
            self._sock,
            self._reader.rest,
            clock=self._clock,
            limits=self._limits,
            peer=self._peer,
            tls=self._tls,
            let_go=self._abandon,
            later=self._pool.later,
        )
        return UpgradedStream(response, duplex)

    async def next_piece(self) -> bytes | None:
        """Return the next decoded piece of a streamed body, None at its end, where the connection goes back."""
        reader = self._reader
        try:
            while (piece := reader.next_piece()) is None and not reader.done:
                self._receive(self._deadline_s, "total", None)
        except BaseException:
            self._abandon()
            raise
        if piece is None:
            self._finish()
        return piece

    def end_stream(self) -> None:
        """Stop reading: the connection goes back where the body was at its end, else it is closed."""
        if self._streaming:
            if self._reader.done:
                self._finish()
            else:
                self._abandon()

    def end_stream_soon(self) -> None:
        """Do so at the pool's next turn: the garbage collector may be running inside the pool's own lock."""
        self._pool.later(self.end_stream)

    @property
    def trailers(self) -> Headers:
        """Fields that came behind the body, once all of it has come."""
        return self._reader.trailers

    @property
    def received_bytes(self) -> int:
        """Bytes of the answer so far."""
        return self._reader.received_bytes

    # Writing.

    def _checked_head(self, request: Request, deadline_s: float) -> RequestHead:
        """Encode the head and look at the connection once more: past this point something leaves."""
        if (request.upgrade is None) is self._opening:
            raise RuntimeError(NO_SWITCH)
        now_s = self._clock.monotonic_s()
        if now_s >= deadline_s:
            raise failures.out_of_time(self._peer, "total", None, Reach.NO)
        head = self._encoder.encode(request)
        if self._closed or (now_s - self._checked_s > RECHECK_S and self.is_stale(now_s)):
            self._held = False
            self._abandon()
            raise failures.stale(self._peer, None if self._tls is None else self._tls.fault)
        return head

    async def _send(self, head: RequestHead, request: Request, departure: Departure | None) -> None:
        body = request.body
        if body is None:
            is_whole = self._write(head.data)
        elif isinstance(body, bytes) and not request.expect_continue and len(body) <= JOIN_BYTES:
            is_whole = self._write(head.data + body)
        else:
            is_whole = self._write(head.data)
            if departure is not None and is_whole and not isinstance(body, bytes):
                departure.departed()
                departure = None
            if request.expect_continue and not self._may_continue():
                # RFC 9110 section 10.1.1: a final status came first: the body stays here, the connection is spent.
                self._closes = True
            elif isinstance(body, bytes):
                is_whole = self._write(body) and is_whole
            else:
                await self._write_pieces(body)
        if departure is not None and is_whole:
            departure.departed()

    def _may_continue(self) -> bool:
        """Wait for `100 Continue`, a final head or the end of patience; return whether the body is to be sent."""
        reader = self._reader
        limit_s, phase = self._write_window()
        until_s = min(self._clock.monotonic_s() + self._limits.continue_wait_s, limit_s)
        while not (reader.continued or reader.head_done):
            try:
                self._receive(until_s, phase, None)
            except DeadlineExceeded:
                if until_s >= limit_s:
                    raise
                break
        return not reader.head_done

    async def _write_pieces(self, body: AsyncIterator[bytes]) -> None:
        """Send the pieces of a body as chunks until it ends, or a final answer makes the rest pointless."""
        try:
            async for data in body:
                if self._read_poll.poll(0) and not self._reader.done:
                    self._receive_now()
                if self._is_answered() or (data and not self._write(encode_chunk(data))):
                    self._closes = True
                    return
            self._write(LAST_CHUNK)
        finally:
            if (close := getattr(body, "aclose", None)) is not None:
                await close()

    def _write(self, data: bytes) -> bool:
        """Write all of `data`, reading meanwhile; False where the answer made the rest pointless."""
        return self._write_raw(data) if self._tls is None else self._write_tls(self._tls, data)

    def _write_raw(self, data: bytes) -> bool:
        view = memoryview(data)
        while True:
            try:
                sent_bytes = self._sock.send(view)
            except _NOT_NOW:
                sent_bytes = 0
            except OSError as failure:
                self._salvage(failure)
                self._closes = True
                return False
            self._handed_over = self._handed_over or sent_bytes > 0
            self._sent_bytes += sent_bytes
            if sent_bytes == len(view):
                return True
            view = view[sent_bytes:]
            if self._wait_to_write() and self._is_answered():
                self._closes = True
                return False

    def _write_tls(self, tls: TlsChannel, data: bytes) -> bool:
        """Write `data` in records, piece by piece: what is encrypted lies in memory twice."""
        for start in range(0, len(data), JOIN_BYTES):
            piece = data[start : start + JOIN_BYTES]
            if not self._write_records(tls.write(piece)):
                return False
            self._sent_bytes += len(piece)
        while tls.waiting_bytes:
            # The service negotiates anew: what it says is read, and answered, before the rest can leave.
            until_s, phase = self._write_window()
            self._polled(self._read_poll, until_s, phase, None)
            self._receive_now()
            if not self._write_records(tls.output()):
                return False
        return True

    def _write_records(self, records: bytes) -> bool:
        """Write records, which are not counted: what is paid for is what they carry."""
        counted_bytes = self._sent_bytes
        try:
            return not records or self._write_raw(records)
        finally:
            self._sent_bytes = counted_bytes

    def _write_window(self) -> tuple[float, str]:
        """Return until when the request may be written, and the phase in which time runs out then."""
        if self._write_deadline_s < self._deadline_s:
            return self._write_deadline_s, "write"
        return self._deadline_s, "total"

    def _wait_to_write(self) -> bool:
        """Wait until more can be written; read what comes meanwhile and return whether anything did."""
        until_s, phase = self._write_window()
        ready = self._polled(self._either_poll, until_s, phase, None)
        return any(events & ~select.POLLOUT for _descriptor, events in ready) and self._receive_now()

    def _is_answered(self) -> bool:
        """Whether the service has answered in a way that makes it pointless to send more.

        It may begin a good answer before it has read everything; after another one it reads no more.
        """
        reader = self._reader
        return reader.done or (reader.head_done and reader.status >= 300)

    def _salvage(self, failure: OSError) -> None:
        """After a broken write read what had come before the break: it may be the answer that explains it."""
        reader = self._reader
        try:
            while not reader.done and self._receive_now():
                pass
        except CallError as told:
            # No whole answer. The write's own failure is the better story, but for TLS, which says why it refuses.
            if isinstance(told.__cause__, ssl.SSLError):
                failure = told.__cause__
        if not reader.done:
            if reader.received_bytes:
                reached = Reach.YES
            else:
                reached = Reach.MAYBE if self._handed_over else Reach.NO
            raise failures.broken(self._peer, failure, writing=True, reached=reached) from failure

    # Reading.

    def _receive(self, until_s: float, phase: str, waited_s: float | None) -> None:
        """Wait for bytes, or the end, and feed them to the reader.

        Raises:
            DeadlineExceeded: Nothing came until `until_s`.
            TransportError: The connection broke, or the answer is not HTTP.
        """
        while True:
            self._polled(self._read_poll, until_s, phase, waited_s)
            if self._receive_now():
                return

    def _receive_now(self) -> bool:
        """Feed what is there to the reader; False where nothing is."""
        try:
            data = self._sock.recv(READ_BYTES)
        except _NOT_NOW:
            return False
        except OSError as failure:
            raise self._broken(failure) from failure
        if self._tls is not None:
            self._take_records(self._tls, data)
        elif data:
            self._reader.feed(data)
        else:
            self._take_end()
        return True

    def _take_records(self, tls: TlsChannel, records: bytes) -> None:
        tls.feed(records)
        if data := tls.read():
            self._reader.feed(data)
        if tls.ended:
            self._take_end()
        elif tls.fault is not None and not self._reader.done:
            raise self._broken(tls.fault) from tls.fault
        elif not self._writing:
            # What TLS has to say for itself; while the request is written it leaves behind the next piece.
            self._writing = True
            try:
                self._write_records(tls.output())
            finally:
                self._writing = False

    def _take_end(self) -> None:
        self._reader.feed_eof()
        self._closes = True

    def _broken(self, failure: OSError) -> TransportError:
        reached = Reach.YES if self._reader.received_bytes else Reach.MAYBE
        return failures.broken(self._peer, failure, writing=self._writing, reached=reached)

    def _polled(self, poll: select.poll, until_s: float, phase: str, waited_s: float | None) -> list[tuple[int, int]]:
        while True:
            left_s = until_s - self._clock.monotonic_s()
            if left_s <= 0:
                reached = Reach.YES if self._reader.received_bytes else Reach.MAYBE
                raise failures.out_of_time(self._peer, phase, waited_s, reached)
            ready = poll.poll(None if left_s == inf else min(ceil(left_s * 1000), 0x7FFFFFFF))
            if ready:
                return ready

    # Ends.

    def _finish(self) -> None:
        """Give the connection back after a whole exchange, or close it where it can't carry another one."""
        self._streaming = False
        if not self._reader.reusable or self._closes or self._closed:
            self._abandon()
            return
        now_s = self._clock.monotonic_s()
        self.expires_s, self.sure_until_s = times_of(self._limits, now_s, self._reader.keep_alive_s)
        self._pool.give_back(self, now_s)

    def _abandon(self) -> None:
        """Close it and give its place back, once."""
        self._streaming = False
        self._shut()
        if self._has_place:
            self._has_place = False
            self._pool.give_up()

    def _shut(self) -> None:
        self._closed = True
        self._sock.close()
