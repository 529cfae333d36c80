"""A connection on an event loop after it has switched protocols: bytes both ways, each with its own bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

from intertie.adapters.http1 import failures
from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.tls_channel import TlsChannel
from intertie.adapters.http1.upgraded import ENDED
from intertie.core.clock import Clock
from intertie.core.errors import Reach

_Waiting = set["asyncio.Future[bool]"]


class AsyncioDuplex(asyncio.Protocol):
    """An `upgraded.Duplex`. It takes the transport over in the very turn of the loop in which the 101 came.

    Args:
        transport: The loop's, in plain bytes or TLS records.
        rest: Plain bytes that came behind the head of the 101.
        paused: Part of the request is still with the loop.
        let_go: Closes the connection and gives its place back.
    """

    __slots__ = (
        "_clock",
        "_closed",
        "_ended",
        "_failure",
        "_held",
        "_is_broken",
        "_let_go",
        "_limits",
        "_loop",
        "_paused",
        "_peer",
        "_reading_paused",
        "_receivers",
        "_said_end",
        "_senders",
        "_tls",
        "_transport",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        rest: bytes,
        *,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        limits: TransportLimits,
        peer: str,
        tls: TlsChannel | None,
        paused: bool,
        let_go: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._clock = clock
        self._limits = limits
        self._peer = peer
        self._tls = tls
        self._paused = paused
        self._let_go = let_go
        self._held = bytearray()
        """What came and nobody has received: one buffer, so that a service that sends byte by byte costs no more."""
        self._reading_paused = False
        self._is_broken = False
        self._failure: BaseException | None = None
        """What broke it, where that is known."""
        self._ended = self._said_end = self._closed = False
        self._receivers: _Waiting = set()
        self._senders: _Waiting = set()
        self._hold(rest)
        if tls is not None:
            self._settle_tls(tls)  # it may have ended behind those bytes already

    # What the loop tells.

    def data_received(self, data: bytes) -> None:
        """Keep what came; ask the loop for no more while too much of it waits."""
        tls = self._tls
        if tls is None:
            self._hold(data)
            return
        tls.feed(data)
        self._hold(tls.read())
        self._write(tls.output())
        self._settle_tls(tls)

    def eof_received(self) -> bool:
        """The service sends nothing more; we still may."""
        tls = self._tls
        if tls is not None and not tls.ended:
            tls.feed(b"")
            self._hold(tls.read())
            self._settle_tls(tls)
        if self._is_broken:
            return False
        self._ended = True
        _wake(self._receivers)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, in both directions."""
        self._break(exc)

    def pause_writing(self) -> None:
        """Part of what was written is still here."""
        self._paused = True

    def resume_writing(self) -> None:
        """The kernel has taken everything."""
        self._paused = False
        _wake(self._senders)

    # What the stream asks.

    async def send(self, data: bytes, *, deadline_s: float) -> None:
        """Send `data` whole, after what others have begun to send; return when the kernel has taken it."""
        while True:
            if self._said_end:
                raise RuntimeError(ENDED)
            self._check_open()
            if not self._is_behind():
                break
            if not await self._woken(self._senders, deadline_s):
                raise failures.stream_late(self._peer, phase="write")
        self._write(data if self._tls is None else self._tls.write(data))
        while self._is_behind():
            self._check_open()
            if not await self._woken(self._senders, deadline_s):
                self.close()
                raise failures.half_sent(self._peer)
        self._check_open()

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return the next bytes, None at the end."""
        held = self._held
        if not held:
            now_s = self._clock.monotonic_s()
            until_s = min(now_s + idle_s, deadline_s)
            while not held:
                if self._closed:
                    raise failures.stream_closed(self._peer, writing=False)
                if self._ended:
                    return None
                if self._is_broken:
                    raise failures.broken(
                        self._peer, self._failure, writing=False, reached=Reach.YES
                    ) from self._failure
                if not await self._woken(self._receivers, until_s):
                    raise (
                        failures.silent(self._peer, idle_s)
                        if until_s < deadline_s
                        else failures.stream_late(self._peer, phase="total")
                    )
        data = bytes(held)
        held.clear()
        if self._reading_paused:
            self._reading_paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return data

    def end(self) -> None:
        """Say that nothing more will be sent: TLS by its goodbye, then TCP. What was sent before leaves first."""
        if self._said_end or self._closed or self._transport.is_closing():
            return
        self._said_end = True
        if self._tls is not None:
            self._write(self._tls.goodbye())
        self._transport.write_eof()

    def close(self) -> None:
        """Close it and give its place back."""
        if self._closed:
            return
        self._closed = True
        self._held.clear()
        self._let_go()
        _wake(self._receivers)
        _wake(self._senders)

    def close_soon(self) -> None:
        """Do so from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close)

    # Parts of these.

    def _hold(self, data: bytes) -> None:
        if not data or self._closed:
            return
        self._held += data
        if len(self._held) > self._limits.stream_buffer_bytes and not self._reading_paused:
            self._reading_paused = True
            self._transport.pause_reading()
        _wake(self._receivers)

    def _settle_tls(self, tls: TlsChannel) -> None:
        if tls.fault is not None:
            self._break(tls.fault)
        elif tls.ended:
            self._ended = True
            _wake(self._receivers)
        if not self._is_behind():
            _wake(self._senders)

    def _is_behind(self) -> bool:
        """Whether something that was sent is not with the kernel yet."""
        return not self._is_broken and (self._paused or (self._tls is not None and self._tls.waiting_bytes > 0))

    def _check_open(self) -> None:
        if self._closed:
            raise failures.stream_closed(self._peer, writing=True)
        if self._is_broken:
            raise failures.broken(self._peer, self._failure, writing=True, reached=Reach.MAYBE) from self._failure

    def _break(self, failure: BaseException | None) -> None:
        if not self._is_broken:
            self._is_broken = True
            self._failure = failure
        _wake(self._receivers)
        _wake(self._senders)

    def _write(self, data: bytes) -> None:
        if data and not self._transport.is_closing():
            self._transport.write(data)

    async def _woken(self, waiting: _Waiting, until_s: float) -> bool:
        """Wait until something happens; False where it is `until_s` first."""
        left_s = until_s - self._clock.monotonic_s()
        if left_s <= 0:
            return False
        turn: asyncio.Future[bool] = self._loop.create_future()
        timer = None if left_s == inf else self._loop.call_later(left_s, _resolve, turn, False)
        waiting.add(turn)
        try:
            return await turn
        finally:
            waiting.discard(turn)
            if timer is not None:
                timer.cancel()


def _wake(waiting: _Waiting) -> None:
    for turn in waiting:
        _resolve(turn, True)


def _resolve(turn: asyncio.Future[bool], happened: bool) -> None:
    if not turn.done():
        turn.set_result(happened)
