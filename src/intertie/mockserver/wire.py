"""Bytes of answers."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache

from intertie.mockserver.messages import MockReply
from intertie.mockserver.problems import phrase

_NO_LENGTH = frozenset({204, 304})
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class DateLine:
    """The `Date` header's line, made once a second."""

    def __init__(self, utc_s: Callable[[], float]) -> None:
        self._utc_s = utc_s
        self._second = -1
        self._line = b""

    def now(self) -> bytes:
        """Return the line of now."""
        second = int(self._utc_s())
        if second != self._second:
            self._second = second
            self._line = f"Date: {formatdate(second, usegmt=True)}\r\n".encode()
        return self._line


@lru_cache(maxsize=256)
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {phrase(status)}\r\n".encode()


def head_bytes(reply: MockReply, *, date_line: bytes, keep_alive: bool, length: int | None = None) -> bytes:
    """Return status line and headers.

    Args:
        reply: What is answered.
        date_line: From `DateLine`.
        keep_alive: Whether the connection stays open.
        length: Content-Length where it is not that of the body.

    Source: RFC 9112; no Content-Length with 204 and 304 (RFC 9110 section 8.6).
    """
    lines = "".join([f"{name}: {value}\r\n" for name, value in reply.headers])
    ending = "" if keep_alive else "Connection: close\r\n"
    if reply.status not in _NO_LENGTH:
        ending += f"Content-Length: {len(reply.body) if length is None else length}\r\n"
    return b"".join((_status_line(reply.status), date_line, f"{lines}{ending}\r\n".encode("latin-1", "replace")))
