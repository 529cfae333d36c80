"""Bodies that pass piece by piece: answers that guards watch until they end, uploads that can be read once."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterator
from typing import IO

from intertie.core.errors import UsageError
from intertie.runtime.http import BodyStream, Headers, MessageStream
from intertie.runtime.left_behind import leave_behind

_PIECE_BYTES = 64 * 1024


class WatchedStream:
    """A body that tells, with the bytes that came, when it is at its end, breaks off or is closed.

    It tells once, but for an exception that comes while it does: then once more. One that is let go of without being
    closed tells later.
    """

    __slots__ = ("_body", "_bytes", "_ended", "_on_end")

    def __init__(self, body: BodyStream, on_end: Callable[[int], None]) -> None:
        self._body = body
        self._on_end = on_end
        self._bytes = 0
        self._ended = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body's chunks."""
        try:
            async for chunk in self._body:
                self._bytes += len(chunk)
                yield chunk
        finally:
            self._end()

    @property
    def trailers(self) -> Headers:
        """Fields that came behind the body; empty until it has been read to its end."""
        return self._body.trailers

    async def aclose(self) -> None:
        """Close the body; the connection is closed unless it was at its end."""
        try:
            await self._body.aclose()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._on_end(self._bytes)
            self._ended = True

    def __del__(self) -> None:
        if not getattr(self, "_ended", True):
            leave_behind(self._end)


class ReceivedStream:
    """What comes on a stream in both directions, as the body of an answer.

    Attributes:
        messages: The stream itself, for whoever sends on it too.
    """

    __slots__ = ("_idle_s", "messages")

    def __init__(self, messages: MessageStream, *, idle_s: float) -> None:
        self.messages = messages
        self._idle_s = idle_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what comes until the service ends; a stream lives longer than the call that opened it."""
        while (piece := await self.messages.receive(deadline_s=math.inf, idle_s=self._idle_s)) is not None:
            yield piece

    @property
    def trailers(self) -> Headers:
        """Fields that came at the end."""
        return self.messages.trailers

    async def aclose(self) -> None:
        """Close both directions."""
        await self.messages.aclose()


class Upload:
    """A body to send, from a source that can be read once; `begun` tells whether anybody has taken from it.

    An attempt that began to read it can't be made again: what is left of the source is not the body.
    """

    __slots__ = ("_source", "begun")

    def __init__(self, source: AsyncIterator[bytes] | Iterator[bytes] | IO[bytes]) -> None:
        self._source = source
        self.begun = False

    def __aiter__(self) -> Upload:
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece.

        Raises:
            UsageError: The source gives something other than bytes.
        """
        self.begun = True
        source = self._source
        if isinstance(source, AsyncIterator):
            piece: object = await anext(source)
        elif isinstance(source, Iterator) and not hasattr(source, "read"):
            piece = next(source, None)
        else:
            piece = source.read(_PIECE_BYTES) or None  # a file, read in even pieces
        if piece is None:
            raise StopAsyncIteration
        if not isinstance(piece, bytes | bytearray | memoryview):
            raise UsageError(f"a body is made of bytes, and its source gave a {type(piece).__name__}")
        return bytes(piece)

    async def aclose(self) -> None:
        """Let the source go where it can be told; a file belongs to whoever opened it."""
        source = self._source
        if hasattr(source, "aclose"):
            await source.aclose()
        elif hasattr(source, "close") and not hasattr(source, "read"):
            source.close()


def is_source(value: object) -> bool:
    """Return whether a value can be sent piece by piece: an iterator, asynchronous or not, or an open file."""
    return isinstance(value, AsyncIterator | Iterator) or callable(getattr(value, "read", None))
