"""The body of a streamed answer, the same for both transports."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from typing import Protocol

from intertie.runtime.http import NO_HEADERS, Headers


class Streaming(Protocol):
    """A connection in the middle of an answer."""

    @property
    def received_bytes(self) -> int:
        """Bytes of the answer so far."""

    @property
    def trailers(self) -> Headers:
        """Fields that came behind the body, once all of it has come."""

    async def next_piece(self) -> bytes | None:
        """Return the next decoded piece, None at the end, where the connection goes back."""

    def end_stream(self) -> None:
        """Stop reading; the connection goes back where the body was at its end, else it is closed."""

    def end_stream_soon(self) -> None:
        """Do so from any thread, as the garbage collector needs it."""


class StreamedBody:
    """A `runtime.http.BodyStream`: read it to its end or close it, else its place in the pool stays taken."""

    __slots__ = ("_connection", "_received_bytes", "_trailers")

    def __init__(self, connection: Streaming) -> None:
        self._connection: Streaming | None = connection
        self._received_bytes = 0
        self._trailers = NO_HEADERS

    @property
    def trailers(self) -> Headers:
        """Fields that came behind the body; empty until it has been read to its end."""
        return self._trailers

    @property
    def received_bytes(self) -> int:
        """Bytes of the answer that have come so far on the wire, its head included."""
        return self._connection.received_bytes if self._connection is not None else self._received_bytes

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        connection = self._connection
        if connection is None:
            raise StopAsyncIteration
        piece: bytes | None = None
        try:
            piece = await connection.next_piece()
            if piece is None:
                self._trailers = connection.trailers
        finally:
            if piece is None:
                self._let_go()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Stop reading; the connection is closed unless the body was at its end."""
        connection = self._connection
        if connection is not None:
            self._let_go()
            connection.end_stream()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._received_bytes = self._connection.received_bytes
            self._connection = None

    def __del__(self) -> None:
        connection: Streaming | None = getattr(self, "_connection", None)  # none where its making was interrupted
        if connection is not None:
            warnings.warn("a streamed answer was neither read to its end nor closed", ResourceWarning, stacklevel=2)
            connection.end_stream_soon()
