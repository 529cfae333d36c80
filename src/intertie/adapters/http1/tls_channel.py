"""TLS without a socket: plain bytes on one side, records on the other. The same for both transports.

An event loop's own TLS hides what it has not yet handed to the kernel, and can't close one direction alone. Here
nothing is held back, so that `departed` and `reached` are exact behind TLS too.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

from intertie.adapters.http1.limits import READ_BYTES


class TlsChannel:
    """One session. What comes from the socket is fed and then read; what `write` and `output` return is to be sent.

    Attributes:
        ended: The other side said that nothing more comes.
        fault: What broke the session, None while it holds. Bytes that came before the fault are returned first.
    """

    __slots__ = ("_backlog", "_incoming", "_outgoing", "_session", "ended", "fault")

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._backlog = bytearray()
        self.ended = False
        self.fault: ssl.SSLError | None = None

    def shake_hands(self) -> bool:
        """Go on with the handshake; return whether it is done. Either way there may be `output`.

        Raises:
            ssl.SSLError: It failed.
        """
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def feed(self, records: bytes) -> None:
        """Take in what came from the socket, nothing at its end."""
        if records:
            self._incoming.write(records)
        else:
            self._incoming.write_eof()

    def read(self) -> bytes:
        """Return all plain bytes that are there. Sets `ended` or `fault` where the session is over."""
        session, pieces = self._session, []
        try:
            while True:
                piece = session.read(READ_BYTES)
                if not piece:
                    self.ended = True
                    break
                pieces.append(piece)
                if not self._incoming.pending and not session.pending():
                    break
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as failure:
            self.fault = failure
        if self._backlog:
            self._write_backlog()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def write(self, data: bytes) -> bytes:
        """Return the records that carry `data`; a part waits in `waiting_bytes` while the service negotiates anew."""
        if self._backlog:
            self._backlog += data
        else:
            try:
                self._session.write(data)
            except ssl.SSLWantReadError:
                self._backlog += data
        return self._outgoing.read()

    @property
    def waiting_bytes(self) -> int:
        """Plain bytes that can't be sent before more was read (TLS 1.2 alone: it may negotiate in the middle)."""
        return len(self._backlog)

    def output(self) -> bytes:
        """Return the records that are to be sent, nothing where there are none."""
        return self._outgoing.read() if self._outgoing.pending else b""

    def goodbye(self) -> bytes:
        """Return the records that say that nothing more is sent; what comes can still be read."""
        try:
            self._session.unwrap()
        except ssl.SSLWantReadError:
            pass  # the other side has not said goodbye yet
        except ssl.SSLError as failure:
            self.fault = failure
        return self._outgoing.read()

    def version(self) -> str | None:
        """Return the version of TLS."""
        return self._session.version()

    def certificate_ends(self) -> str | None:
        """Return when the service's certificate ends, as it says it itself."""
        ends = (self._session.getpeercert() or {}).get("notAfter")
        return ends if isinstance(ends, str) else None

    def _write_backlog(self) -> None:
        try:
            self._session.write(self._backlog)
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as failure:
            self.fault = self.fault or failure
        self._backlog.clear()


def last_words(channel: TlsChannel, sock: socket.socket) -> None:
    """Send the alert that says why a handshake failed: for the service's log, so nobody waits for it to be taken."""
    with suppress(OSError):
        sock.send(channel.output())
