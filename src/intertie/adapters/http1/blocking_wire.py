"""A blocking connection as the pool sees it, and its bytes: a socket and `poll`, every wait clipped to its instant."""

from __future__ import annotations

import select
import socket
import ssl
from math import ceil, inf

from intertie.adapters.http1 import failures
from intertie.adapters.http1.codec import ResponseReader
from intertie.adapters.http1.limits import JOIN_BYTES, READ_BYTES, TransportLimits
from intertie.adapters.http1.pool import Place, Pool, times_of
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.core.clock import Clock
from intertie.core.errors import CallError, Reach, TransportError

_NOT_NOW = (BlockingIOError, InterruptedError)


class BlockingWire:
    """Writes while it reads, feeds the reader, tells how far an exchange came, and closes exactly once."""

    __slots__ = (
        "_checked_s",
        "_clock",
        "_closed",
        "_closes",
        "_deadline_s",
        "_either_poll",
        "_handed_over",
        "_limits",
        "_peer",
        "_pool",
        "_read_poll",
        "_reader",
        "_sent_bytes",
        "_sock",
        "_tls",
        "_write_deadline_s",
        "_writing",
        "expires_s",
        "place",
        "sure_until_s",
        "turn",
    )

    def __init__(
        self,
        pool: Pool[BlockingWire],
        place: Place,
        sock: socket.socket,
        *,
        clock: Clock,
        limits: TransportLimits,
        peer: str,
        tls: TlsChannel | None,
    ) -> None:
        self._pool = pool
        self.place = place
        self.turn = 0
        self._sock = sock
        self._tls = tls
        self._clock = clock
        self._limits = limits
        self._peer = peer
        self._reader = ResponseReader(peer, limits)
        self._read_poll = select.poll()
        self._read_poll.register(sock.fileno(), select.POLLIN)
        self._either_poll = select.poll()
        self._either_poll.register(sock.fileno(), select.POLLIN | select.POLLOUT)
        self._closed = False
        self._closes = False
        """The connection carries no further exchange, whatever the answer says."""
        self._sent_bytes = 0
        self._handed_over = False
        """The kernel has taken a byte of the request."""
        self._writing = False
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
        self._shut()

    def forsake(self) -> None:
        """In a forked child: close our copy of the descriptor; TLS says no goodbye in the parent's name."""
        self._shut()

    # Writing.

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
            piece = data if len(data) <= JOIN_BYTES else data[start : start + JOIN_BYTES]
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
        elif not self._writing and (output := tls.output()):
            # What TLS has to say for itself; while the request is written it leaves behind the next piece.
            self._writing = True
            try:
                self._write_records(output)
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

    def _abandon(self) -> None:
        """Close it and give its place back; a second time does nothing."""
        self._shut()
        self.place.give_up()

    def _shut(self) -> None:
        self._closed = True
        self._sock.close()

    def __del__(self) -> None:
        # Whoever was to close it was interrupted; its place goes back by itself.
        sock: socket.socket | None = getattr(self, "_sock", None)
        if sock is not None:
            sock.close()
