"""Bodies that guards watch until they end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from intertie.runtime.http import BodyStream


class WatchedStream:
    """A body that tells once, with the bytes that came, when it is at its end, breaks off or is closed."""

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

    async def aclose(self) -> None:
        """Close the body; the connection is closed unless it was at its end."""
        try:
            await self._body.aclose()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._on_end(self._bytes)
