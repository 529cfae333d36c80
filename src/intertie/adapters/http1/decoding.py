"""Content codings taken off an answer's body piece by piece, never more than asked for at a time.

Source: RFC 9110 section 8.4 (content codings), RFC 1950, 1951, 1952 (zlib, deflate, gzip), RFC 7932 (Brotli).
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable
from typing import Protocol

import brotli

OFFERED = "gzip, deflate, br"
"""What `Accept-Encoding` says: the codings below."""

_MOST_CODINGS = 3
_SLICE_BYTES = 256 * 1024
_SPARE_BYTES = 1024 * 1024
_SPARE_MEMBERS = 1000
_BYTES_PER_MEMBER = 64
"""Members of gzip, and bytes between two codings, that give nothing cost time that no limit of the body sees: beyond
the spare ones a member must give so many bytes on average, and of a coding within another one half of what it takes."""


class DecodingError(Exception):
    """The body is not what its content coding promises; the message is the reason, without data."""


class Decoder(Protocol):
    """One content coding, incremental: feed, then read until nothing comes."""

    def feed(self, data: bytes) -> None:
        """Take coded bytes in."""

    def read(self, max_bytes: int) -> bytes:
        """Return at most about `max_bytes` decoded bytes, empty where more must be fed first.

        Raises:
            DecodingError: The bytes are not of this coding.
        """

    def finish(self) -> None:
        """Accept the end of the body.

        Raises:
            DecodingError: It ended in the middle.
        """


def decoder_for(content_encoding: str) -> Decoder | None:
    """Return a decoder for the value of `Content-Encoding`, None where there is nothing to take off.

    Raises:
        DecodingError: A coding is unknown, or there are more than three.

    >>> decoder_for("identity") is None
    True
    """
    codings = [coding for word in content_encoding.split(",") if (coding := word.strip().lower())]
    codings = [coding for coding in codings if coding != "identity"]
    if len(codings) > _MOST_CODINGS:
        raise DecodingError(f"{len(codings)} content codings on top of each other")
    chain: Decoder | None = None
    # The last coding named was applied last, so it comes off first.
    for coding in reversed(codings):
        made = _MADE.get(coding)
        if made is None:
            raise DecodingError("a content coding that was not offered")
        chain = made() if chain is None else _Chained(chain, made())
    return chain


class _Inflating:
    """gzip (with further members, RFC 1952 section 2.2) or deflate (zlib, or the raw form some servers send)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._inflater: zlib._Decompress | None = None
        self._pending = b""
        self._begun = False
        self._ended = False
        """A member (of deflate: the one stream) is complete; what follows is another member, or padding."""
        self._padding = False
        self._members = 0
        self._given = 0

    def feed(self, data: bytes) -> None:
        self._pending = self._pending + data if self._pending else data
        self._begun = True

    def read(self, max_bytes: int) -> bytes:
        while not self._padding:
            inflater = self._inflater
            if inflater is None:
                inflater = self._inflater = self._open()
                if inflater is None:
                    return b""
            try:
                # Also with nothing pending: the window may hold output that the last max_bytes cut off.
                out = inflater.decompress(self._pending, max_bytes)
            except zlib.error:
                raise DecodingError(f"a broken {self._name} body") from None
            self._pending = inflater.unconsumed_tail
            if inflater.eof:
                self._ended = True
                self._inflater = None
                self._pending = inflater.unused_data
                self._members += 1
            self._given += len(out)
            if self._members > _SPARE_MEMBERS + self._given // _BYTES_PER_MEMBER:
                raise DecodingError(f"a {self._name} body of more than {_SPARE_MEMBERS} almost empty members")
            if out or self._inflater is not None:
                return out
        return b""

    def finish(self) -> None:
        if self._begun and (self._inflater is not None or not self._ended):
            raise DecodingError(f"a {self._name} body that ends in the middle")

    @property
    def _name(self) -> str:
        return "gzip" if self._gzip else "deflate"

    def _open(self) -> zlib._Decompress | None:
        """Begin a member by what its first two bytes say; None where they are not here yet, or are padding."""
        if len(self._pending) < 2:
            return None
        first, second = self._pending[0], self._pending[1]
        if self._ended and not (self._gzip and (first, second) == (0x1F, 0x8B)):
            # Every reader of gzip passes over what follows the last member.
            self._padding = True
            self._pending = b""
            return None
        if self._gzip:
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        # RFC 1950 section 2.2: method 8, and the two bytes are a multiple of 31; else it is raw.
        is_zlib = first & 0x0F == 8 and (first << 8 | second) % 31 == 0
        return zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


class _Brotli:
    """br."""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._pending: deque[bytes] = deque()
        self._begun = False

    def feed(self, data: bytes) -> None:
        self._pending.append(data)
        self._begun = True

    def read(self, max_bytes: int) -> bytes:
        decompressor = self._decompressor
        try:
            while not decompressor.is_finished():
                # It may hold back input (then it accepts no more), output, or neither: asking with nothing tells.
                takes = decompressor.can_accept_more_data()
                data = self._pending.popleft() if takes and self._pending else b""
                out: bytes = decompressor.process(data, output_buffer_limit=max_bytes)
                if out:
                    return out
                if takes and not data:
                    return b""
        except brotli.error:
            raise DecodingError("a broken br body") from None
        return b""

    def finish(self) -> None:
        if self._begun and not self._decompressor.is_finished():
            raise DecodingError("a br body that ends in the middle")


class _Chained:
    """Two codings, the outer taken off first."""

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer = outer
        self._inner = inner
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes) -> None:
        self._outer.feed(data)

    def read(self, max_bytes: int) -> bytes:
        while True:
            if out := self._inner.read(max_bytes):
                self._given += len(out)
                return out
            between = self._outer.read(_SLICE_BYTES)
            if not between:
                return b""
            self._taken += len(between)
            if self._taken > _SPARE_BYTES + 2 * self._given:
                raise DecodingError("content codings on top of each other that hold almost nothing")
            self._inner.feed(between)

    def finish(self) -> None:
        self._outer.finish()
        self._inner.finish()


_MADE: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Inflating(gzip=True),
    "x-gzip": lambda: _Inflating(gzip=True),
    "deflate": lambda: _Inflating(gzip=False),
    "br": _Brotli,
}
