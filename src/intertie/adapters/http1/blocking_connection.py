"""One connection for synchronous callers, as the pipeline sees it.

Its coroutines never suspend; they are stepped by `runtime.stepping.run_blocking`.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from intertie.adapters.http1 import failures
from intertie.adapters.http1.blocking_wire import BlockingWire
from intertie.adapters.http1.body import StreamedBody
from intertie.adapters.http1.head import LAST_CHUNK, HeadEncoder, RequestHead, encode_chunk
from intertie.adapters.http1.limits import JOIN_BYTES, RECHECK_S, TransportLimits
from intertie.adapters.http1.pool import Place, Pool, times_of
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.core.clock import Clock
from intertie.core.errors import DeadlineExceeded, Reach
from intertie.runtime.http import Departure, Headers, Request, Response

if TYPE_CHECKING:
    from intertie.adapters.http1.upgraded import UpgradedStream


class BlockingConnection(BlockingWire):
    """One connection, a `runtime.http.Connection`: idle in the pool, or held by one thread for one attempt."""

    __slots__ = ("_encoder", "_held", "_opening", "_streaming", "_used")

    def __init__(
        self,
        pool: Pool[BlockingWire],
        place: Place,
        sock: socket.socket,
        *,
        clock: Clock,
        limits: TransportLimits,
        encoder: HeadEncoder,
        peer: str,
        tls: TlsChannel | None = None,
    ) -> None:
        super().__init__(pool, place, sock, clock=clock, limits=limits, peer=peer, tls=tls)
        self._encoder = encoder
        self._held = True
        self._opening = False
        self._streaming = False
        self._used = False

    def check_out(self) -> BlockingConnection:
        """Return it as held for one attempt."""
        self._held = True
        return self

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
        turn = self.turn
        try:
            self._held = False
            if self._closed:
                self._abandon()
                return
            now_s = self._clock.monotonic_s()
            if not self._used:
                self.expires_s, self.sure_until_s = times_of(self._limits, now_s, None)
            self._pool.give_back(self, now_s)
        except BaseException:
            self._abandon_in(turn)
            raise

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
        reader, turn = self._reader, self.turn
        self._held = False
        self._used = True
        self._closes = head.closes
        self._sent_bytes = 0
        self._handed_over = False
        self._write_deadline_s = write_deadline_s
        self._deadline_s = deadline_s
        try:
            reader.begin(
                head_only=request.method == "HEAD", stream=stream, raw=head.own_codings, switch_to=request.upgrade
            )
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
        except BaseException:
            self._abandon_in(turn)
            raise
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
        from intertie.adapters.http1.blocking_duplex import BlockingDuplex  # noqa: PLC0415  # few protocols switch
        from intertie.adapters.http1.upgraded import UpgradedStream  # noqa: PLC0415

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
        reader, turn = self._reader, self.turn
        try:
            while (piece := reader.next_piece()) is None and not reader.done:
                self._receive(self._deadline_s, "total", None)
            if piece is None:
                self._finish()
        except BaseException:
            self._abandon_in(turn)
            raise
        return piece

    def end_stream(self) -> None:
        """Stop reading: the connection goes back where the body was at its end, else it is closed."""
        turn = self.turn
        if self._streaming:
            try:
                if self._reader.done:
                    self._finish()
                else:
                    self._abandon()
            except BaseException:
                self._abandon_in(turn)
                raise

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
            from intertie.adapters.http1.upgraded import NO_SWITCH  # noqa: PLC0415  # only for a bug

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
        self._streaming = False
        super()._abandon()

    def _abandon_in(self, turn: int) -> None:
        """Close it after an exception, where it has not gone back since its turn began."""
        if self.turn == turn:
            self._abandon()
