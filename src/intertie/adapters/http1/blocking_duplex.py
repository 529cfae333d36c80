"""A blocking connection after it has switched protocols: bytes both ways, from two threads or from one."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from errno import ENOTCONN
from math import ceil, inf

from intertie.adapters.http1 import failures
from intertie.adapters.http1.limits import READ_BYTES, TransportLimits
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.adapters.http1.upgraded import ENDED
from intertie.core.clock import Clock
from intertie.core.errors import Reach

_SOON_S = 0.02
_NOT_NOW = (BlockingIOError, InterruptedError)


class BlockingDuplex:
    """An `upgraded.Duplex`. Its lock is held to look and to move bytes, never while anybody waits.

    What is sent first goes into one buffer, so that sends of several threads do not mix. Whoever waits for room to send
    reads meanwhile, unless somebody receives: two sides that only send would wait for each other.

    Args:
        sock: Without blocking.
        rest: Plain bytes that came behind the head of the 101.
        let_go: Closes the connection and gives its place back.
        later: Does something when the pool is next used.
    """

    __slots__ = (
        "_clock",
        "_closed",
        "_ended",
        "_failure",
        "_held",
        "_inside",
        "_later",
        "_let_go",
        "_limits",
        "_lock",
        "_peer",
        "_receiving",
        "_said_end",
        "_sent_bytes",
        "_sock",
        "_tls",
        "_unsent",
    )

    def __init__(
        self,
        sock: socket.socket,
        rest: bytes,
        *,
        clock: Clock,
        limits: TransportLimits,
        peer: str,
        tls: TlsChannel | None,
        let_go: Callable[[], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._sock = sock
        self._clock = clock
        self._limits = limits
        self._peer = peer
        self._tls = tls
        self._let_go = let_go
        self._later = later
        self._lock = threading.Lock()
        self._held = bytearray(rest)
        """What came and nobody has received."""
        self._unsent = bytearray()
        self._sent_bytes = 0
        """Taken by the kernel since the switch."""
        self._failure: OSError | None = None
        """What broke it."""
        self._ended = tls is not None and tls.ended
        self._said_end = self._closed = False
        self._receiving = 0
        self._inside = 0
        """Threads that may wait on the socket: the last one out closes it."""

    async def send(self, data: bytes, *, deadline_s: float) -> None:
        """Send `data` whole, after what others have begun to send; return when the kernel has taken it."""
        end_bytes: int | None = None
        self._enter()
        try:
            while True:
                with self._lock:
                    self._check_open(writing=True, begun=end_bytes is not None)
                    self._push_locked()
                    if end_bytes is None and not self._is_behind_locked():
                        end_bytes = self._put_locked(data)
                    if end_bytes is not None and self._sent_bytes >= end_bytes and not self._waiting_bytes():
                        return
                    self._check_broken(writing=True)
                self._wait_for_room(deadline_s, begun=end_bytes is not None)
        except BaseException:
            if end_bytes is not None:
                self.close()  # a part has left, and can't be taken back
            raise
        finally:
            self._leave()

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return the next bytes, None at the end."""
        until_s = min(self._clock.monotonic_s() + idle_s, deadline_s)
        self._enter(receiving=1)
        try:
            while True:
                with self._lock:
                    if not self._held:
                        self._take_locked()
                    if self._held:
                        data = bytes(self._held)
                        self._held.clear()
                        return data
                    self._check_open(writing=False)
                    if self._ended:
                        return None
                    self._check_broken(writing=False)
                if not self._wait(until_s, writing=False):
                    raise (
                        failures.silent(self._peer, idle_s)
                        if until_s < deadline_s
                        else failures.stream_late(self._peer, phase="total")
                    )
        finally:
            self._leave(receiving=1)

    def end(self) -> None:
        """Say that nothing more will be sent: TLS by its goodbye, then TCP. What was sent before leaves first."""
        with self._lock:
            if self._said_end or self._closed or self._failure is not None:
                return
            self._said_end = True
            if self._tls is not None:
                self._unsent += self._tls.goodbye()
            self._push_locked()

    def close(self) -> None:
        """Close it and give its place back; wakes whoever waits."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._held.clear()
            if self._inside:
                self._shut_down_locked(socket.SHUT_RDWR)
                return
        self._let_go()

    def close_soon(self) -> None:
        """Do so when the pool is next used: a finalizer must not wait for a lock."""
        self._later(self.close)

    # Parts of these. A descriptor may be somebody else's once it is closed, so nobody closes it while another waits.

    def _enter(self, *, receiving: int = 0) -> None:
        with self._lock:
            self._inside += 1
            self._receiving += receiving

    def _leave(self, *, receiving: int = 0) -> None:
        with self._lock:
            self._inside -= 1
            self._receiving -= receiving
            last = self._closed and not self._inside
        if last:
            self._let_go()

    def _wait_for_room(self, deadline_s: float, *, begun: bool) -> None:
        if not self._wait(deadline_s, writing=True):
            raise failures.half_sent(self._peer) if begun else failures.stream_late(self._peer, phase="write")

    def _wait(self, until_s: float, *, writing: bool) -> bool:
        """Wait until the socket is ready; read what comes where nobody else does. False where it is `until_s` first."""
        with self._lock:
            if self._closed:
                return True
            reads = not writing or self._is_readable_locked()
            writes = writing and bool(self._unsent)
            poll = select.poll()
            poll.register(self._sock.fileno(), (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0))
        left_s = until_s - self._clock.monotonic_s()
        if left_s <= 0:
            return False
        # Neither: TLS negotiates anew in the middle of a send, and it is the receiver who reads that. Look again soon.
        is_blind = not (reads or writes)
        wait_s = min(left_s, _SOON_S) if is_blind else left_s
        if not poll.poll(None if wait_s == inf else min(ceil(wait_s * 1000), 0x7FFFFFFF)):
            return is_blind
        if writing and reads:
            with self._lock:
                if self._is_readable_locked():
                    self._take_locked()
        return True

    def _is_readable_locked(self) -> bool:
        """Whether a sender may read: nobody receives, and there is room."""
        return (
            not self._receiving
            and not self._ended
            and self._failure is None
            and len(self._held) <= self._limits.stream_buffer_bytes
        )

    def _is_behind_locked(self) -> bool:
        return bool(self._unsent) or self._waiting_bytes() > 0

    def _waiting_bytes(self) -> int:
        return 0 if self._tls is None else self._tls.waiting_bytes

    def _put_locked(self, data: bytes) -> int:
        """Put a message into the buffer; return how many bytes the kernel will then have taken."""
        self._unsent += data if self._tls is None else self._tls.write(data)
        end_bytes = self._sent_bytes + len(self._unsent)
        self._push_locked()
        return end_bytes

    def _push_locked(self) -> None:
        """Hand to the kernel what it takes now."""
        if self._failure is not None or self._closed:
            return
        if self._tls is not None and not self._said_end:
            self._unsent += self._tls.output()
        while self._unsent:
            try:
                taken_bytes = self._sock.send(self._unsent)
            except _NOT_NOW:
                return
            except OSError as failure:
                self._break_locked(failure)
                return
            del self._unsent[:taken_bytes]
            self._sent_bytes += taken_bytes
        if self._said_end:
            self._shut_down_locked(socket.SHUT_WR)

    def _take_locked(self) -> None:
        """Keep what the socket has now."""
        if self._ended or self._failure is not None or self._closed:
            return
        try:
            data = self._sock.recv(READ_BYTES)
        except _NOT_NOW:
            return
        except OSError as failure:
            self._break_locked(failure)
            return
        tls = self._tls
        if tls is None:
            self._ended = not data
        else:
            tls.feed(data)
            data = tls.read()
            self._ended = tls.ended
        self._held += data
        if tls is not None:
            if tls.fault is not None and not tls.ended:
                self._break_locked(tls.fault)
            self._push_locked()

    def _shut_down_locked(self, how: int) -> None:
        """Say the end to TCP. What the other side sent before it closed can be read all the same."""
        try:
            self._sock.shutdown(how)
        except OSError as failure:
            if failure.errno != ENOTCONN:
                self._break_locked(failure)

    def _break_locked(self, failure: OSError) -> None:
        self._failure = self._failure or failure

    def _check_open(self, *, writing: bool, begun: bool = False) -> None:
        if writing and self._said_end and not begun:
            raise RuntimeError(ENDED)
        if self._closed:
            raise failures.stream_closed(self._peer, writing=writing)

    def _check_broken(self, *, writing: bool) -> None:
        if self._failure is not None:
            reached = Reach.MAYBE if writing else Reach.YES
            raise failures.broken(self._peer, self._failure, writing=writing, reached=reached) from self._failure
