"""What follows a `101 Switching Protocols`: a stream of bytes in both directions, the same for both transports."""

from __future__ import annotations

import warnings
from typing import Protocol

from intertie.runtime.http import NO_HEADERS, Headers, Response

NO_SWITCH = "a stream over HTTP/1.1 needs a protocol to switch to, and an exchange can't switch to one"

ENDED = "nothing can be sent on a stream after its end was said"


class Duplex(Protocol):
    """A connection after the switch, on an event loop or on blocking calls."""

    async def send(self, data: bytes, *, deadline_s: float) -> None:
        """Send `data` whole; return when the kernel has taken it."""

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return the next bytes, None at the end."""

    def end(self) -> None:
        """Say that nothing more will be sent."""

    def close(self) -> None:
        """Close it and give its place back; again without effect."""

    def close_soon(self) -> None:
        """Do so from any thread, as the garbage collector needs it."""


class UpgradedStream:
    """A `runtime.http.MessageStream`: close it, else its place in the pool stays taken."""

    __slots__ = ("_closed", "_duplex", "_head")

    def __init__(self, head: Response, duplex: Duplex) -> None:
        self._head = head
        self._duplex = duplex
        self._closed = False

    @property
    def head(self) -> Response:
        """Head of the answer that switched."""
        return self._head

    @property
    def trailers(self) -> Headers:
        """Bytes after a switch have no trailers."""
        return NO_HEADERS

    async def send(self, data: bytes, *, deadline_s: float) -> None:
        """Send `data` whole; see `runtime.http.MessageStream`."""
        if data:
            await self._duplex.send(data, deadline_s=deadline_s)

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return the next bytes; see `runtime.http.MessageStream`."""
        return await self._duplex.receive(deadline_s=deadline_s, idle_s=idle_s)

    async def end(self) -> None:
        """Say that nothing more will be sent; receiving goes on."""
        self._duplex.end()

    async def aclose(self) -> None:
        """Close it at once, in both directions."""
        self._closed = True
        self._duplex.close()

    def __del__(self) -> None:
        if not self._closed:
            warnings.warn("a stream was not closed", ResourceWarning, stacklevel=2)
            self._duplex.close_soon()
