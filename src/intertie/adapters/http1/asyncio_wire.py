"""A connection as the event loop and the pool see it: an `asyncio.Protocol`, no streams."""

from __future__ import annotations

import asyncio
import select
import socket
from abc import ABC, abstractmethod
from math import inf
from typing import Final, Self, cast

from intertie.adapters.http1 import failures
from intertie.adapters.http1.codec import ResponseReader
from intertie.adapters.http1.lazy_timer import LazyTimer
from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.pool import Place, Pool, times_of
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.core.clock import Clock
from intertie.core.errors import CallError, Reach

# Where a connection stands, in this order. Plain numbers: they compare in half the time of an enumeration's members.
IDLE: Final = 0
HELD: Final = 1
CONTINUE: Final = 2
"""The head is written, the body waits for `100 Continue`."""
WRITING: Final = 3
READING: Final = 4
STREAMING: Final = 5
CLOSED: Final = 6


class AsyncioWire(asyncio.Protocol, ABC):
    """Receives what the loop tells, wakes the one exchange that waits, and closes exactly once."""

    __slots__ = (
        "_checked_s",
        "_clock",
        "_drained",
        "_error",
        "_limits",
        "_loop",
        "_lost",
        "_paused",
        "_peer",
        "_phase",
        "_poll",
        "_pool",
        "_pump",
        "_reader",
        "_reading_paused",
        "_sock",
        "_timer",
        "_tls",
        "_transport",
        "_used",
        "_waiter",
        "expires_s",
        "place",
        "sure_until_s",
        "turn",
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
        peer: str,
        tls: TlsChannel | None,
    ) -> None:
        self._pool: Pool[Self] = pool
        self.place = place
        self.turn = 0
        self._sock = sock
        self._loop = loop
        self._clock = clock
        self._limits = limits
        self._peer = peer
        self._tls = tls
        self._reader = ResponseReader(peer, limits)
        self._timer = LazyTimer(loop, clock, self._on_due)
        self._poll = select.poll()
        self._poll.register(sock.fileno(), select.POLLIN)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)  # set before anybody uses it
        self._phase: int = HELD
        self._lost = False
        self._used = False
        self._paused = False
        self._reading_paused = False
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._checked_s = now_s = clock.monotonic_s()
        self.expires_s, self.sure_until_s = times_of(limits, now_s, None)

    # What the pool asks.

    def is_stale(self, now_s: float) -> bool:
        """Return whether the server closed it, or sent what nobody asked for."""
        if self._lost:
            return True
        self._checked_s = now_s
        # Before its first exchange TLS may have session tickets waiting, which say nothing against it.
        return (self._used or self._tls is None) and bool(self._poll.poll(0))

    def discard(self) -> None:
        """Close it; the pool counts its place itself."""
        self._shut()

    def forsake(self) -> None:
        """In a forked child: close our copy of the descriptor and leave the loop, which is the parent's, alone."""
        self._phase = CLOSED
        self._sock.close()

    # What the loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the loop's transport; with this mark `pause_writing` means exactly: the kernel has not taken all."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Feed the reader and wake whoever waits for what it found."""
        if self._tls is not None and not (data := self._decrypted(self._tls, data)):
            return
        phase = self._phase
        reader = self._reader
        complete = reader.done
        if phase < CONTINUE or complete:
            self._unasked()
            return
        if phase == CLOSED or self._error is not None:
            return
        try:
            reader.feed(data)
        except CallError as error:
            self._fail(error)
            return
        if reader.done:
            if reader.switched:
                self._switch()
            waiter = self._waiter
            if waiter is not None and not waiter.done():
                waiter.set_result(None)
            return
        if reader.streams:
            if reader.head_done:
                self._wake()
            if reader.buffered_bytes > self._limits.stream_buffer_bytes and not self._reading_paused and not self._lost:
                self._reading_paused = True
                self._transport.pause_reading()
        if phase == CONTINUE and (reader.continued or reader.head_done):
            self._wake()

    def eof_received(self) -> bool:
        """The server closed its side: the end of an answer without a length, a break-off elsewhere."""
        tls = self._tls
        if tls is not None and not tls.ended and not self._reader.done:
            # TLS did not end by its own goodbye: this may be an attack.
            tls.feed(b"")
            tls.read()
        self._take_end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; whoever waits is told how far it came."""
        self._lost = True
        if self._phase < CONTINUE:
            self._unasked()
        elif self._phase != CLOSED and not self._reader.done and self._error is None:
            self._fail(failures.broken(self._peer, exc, writing=self._phase == WRITING, reached=self._reached()))
        self._wake_drained()

    def pause_writing(self) -> None:
        """Part of what was written is still here."""
        self._paused = True

    def resume_writing(self) -> None:
        """The kernel has taken everything."""
        self._paused = False
        if not self._is_behind():
            self._go_on_writing()

    # What an exchange makes of it.

    def _go_on_writing(self) -> None:
        if self._drained is not None:
            self._wake_drained()
        else:
            self._on_written()

    @abstractmethod
    def _on_written(self) -> None:
        """What was written earlier has left."""

    @abstractmethod
    def _switch(self) -> None:
        """The service speaks another protocol from here on: hand the loop's transport over."""

    @abstractmethod
    def _expire(self) -> None:
        """The instant that was set for the exchange has come."""

    def _on_due(self) -> None:
        if self._phase == IDLE:
            if self._clock.monotonic_s() < self.expires_s:
                self._timer.set(self.expires_s)
            else:
                self._unasked()
        elif HELD < self._phase < CLOSED:
            self._expire()

    def _decrypted(self, tls: TlsChannel, records: bytes) -> bytes:
        """Return the plain bytes in what came; send what TLS has to say for itself."""
        tls.feed(records)
        data = tls.read()
        if output := tls.output():
            self._transport.write(output)
        if tls.ended or tls.fault is not None:
            # Nobody may be given it any more, and whoever reads is told behind the bytes that still came.
            self._lost = True
            self._loop.call_soon(self._take_end)
        elif self._phase == WRITING and not self._is_behind():
            self._go_on_writing()
        return data

    def _take_end(self) -> None:
        """Nothing more comes."""
        self._lost = True
        if self._phase < CONTINUE:
            self._unasked()
        elif self._phase != CLOSED and self._error is None and not self._reader.done:
            fault = None if self._tls is None else self._tls.fault
            try:
                if fault is not None:
                    raise failures.broken(self._peer, fault, writing=self._phase == WRITING, reached=self._reached())
                self._reader.feed_eof()
            except CallError as error:
                self._fail(error)
            else:
                self._wake()

    def _is_behind(self) -> bool:
        """Whether something that was sent is not with the kernel yet."""
        return self._paused or (self._tls is not None and self._tls.waiting_bytes > 0)

    def _reached(self) -> Reach:
        return Reach.YES if self._reader.received_bytes else Reach.MAYBE

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

    # Ends.

    def _put_aside(self: Self, now_s: float) -> None:
        """Go back to the pool."""
        self._phase = IDLE
        # Rather than nothing: when the loop's timer fires, it moves on to the end of the idle time.
        self._timer.due_s = -inf
        self._pool.give_back(self, now_s)

    def _unasked(self: Self) -> None:
        """Bytes, or an end, outside an exchange: the connection is good for nothing more."""
        self._lost = True
        if self._phase == IDLE and self._pool.forget(self):
            self._shut()

    def _abandon(self) -> None:
        """Close it and give its place back; a second time does nothing."""
        self._shut()
        self.place.give_up()

    def _shut(self) -> None:
        self._phase = CLOSED
        self._lost = True
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
        self._timer.cancel()
        self._wake_drained()
        if self._transport is None or self._loop.is_closed():
            self._sock.close()
        else:
            # No goodbye: at this point neither side has anything left to lose, and a TLS one may wait for an answer.
            self._transport.abort()
