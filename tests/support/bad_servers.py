"""Servers that misbehave on purpose: raw sockets on loopback, one thread a connection, one function a misbehaviour."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

from support.pace import PATIENCE_S

OK = b"HTTP/1.1 200 OK\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


class Gone(Exception):  # noqa: N818
    """The client hung up, or the test is over."""


class Peer:
    """One accepted connection, for a behaviour to play with.

    Attributes:
        number: 1 for the server's first connection, then 2, 3, …
    """

    def __init__(self, sock: socket.socket, server: BadServer, number: int) -> None:
        self.sock = sock
        self.server = server
        self.number = number
        self._buffer = b""

    def read_head(self) -> bytes:
        """Return a request's head; raises Gone where the client closes first."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        self.server.heads.append(head + b"\r\n\r\n")
        return head

    def read_request(self) -> bytes:
        """Return the body of a whole request, its chunks joined."""
        head = self.read_head().lower()
        if b"transfer-encoding: chunked" in head:
            body = b""
            while (size := int(self._line(), 16)) > 0:
                body += self.take(size)
                self._line()
            self._line()
        elif b"content-length:" in head:
            body = self.take(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        else:
            body = b""
        self.server.bodies.append(body)
        return body

    def take(self, count: int) -> bytes:
        """Return exactly `count` bytes."""
        while len(self._buffer) < count:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self.sock.sendall(data)
        except OSError:
            raise Gone from None

    def answer(self, data: bytes = HELLO) -> None:
        """Read a request, send this."""
        self.read_request()
        self.send(data)

    def trickle(self, data: bytes, every_s: float) -> None:
        """Send byte by byte."""
        for position in range(len(data)):
            self.send(data[position : position + 1])
            self.pause(every_s)

    def pause(self, seconds: float) -> None:
        """Do nothing; raises Gone where the test ends meanwhile."""
        if self.server.over.wait(seconds):
            raise Gone

    def hang(self) -> None:
        """Do nothing until the test is over."""
        self.server.over.wait()
        raise Gone

    def until_closed(self) -> bool:
        """Read until the client closes; returns whether it did."""
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        return True

    def close(self) -> None:
        """Close in the ordinary way."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self.server.ended += 1

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        self.server.ended += 1

    def _more(self) -> None:
        try:
            data = self.sock.recv(65536)
        except OSError:
            raise Gone from None
        if not data:
            raise Gone
        self._buffer += data

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line


Behaviour = Callable[[Peer], object]


class BadServer:
    """A listening socket and its threads.

    Attributes:
        heads, bodies: Of the requests read, in order.
        connections, ended: Connections accepted, and those that a behaviour closed or reset.
        refused: Handshakes that failed.
        over: Set when the test ends; behaviours wait on it instead of sleeping.
        failures: What went wrong in a behaviour itself; checked at the end.
    """

    def __init__(self, behave: Behaviour, *, tls: ssl.SSLContext | None = None, backlog: int = 128) -> None:
        self._behave = behave
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._listener.getsockname()[1]
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.failures: list[BaseException] = []
        self.over = threading.Event()
        self.connections = 0
        self.ended = 0
        self.refused = 0
        self._socks: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "a behaviour does not end"
        for sock in self._socks:
            sock.close()
        if self.failures:
            raise self.failures[0]

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._socks.append(sock)
            thread = threading.Thread(target=self._run, args=(sock, self.connections))
            self._threads.append(thread)
            thread.start()

    def _shake_hands(self, sock: ssl.SSLSocket) -> None:
        """Handshake; where it fails let the alert arrive: closing with unread bytes would overtake it with a reset."""
        try:
            sock.do_handshake()
        except ssl.SSLError:
            self.refused += 1
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_WR)
                while os.read(sock.fileno(), 65536):
                    pass
            raise

    def _run(self, sock: socket.socket, number: int) -> None:
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                self._socks.append(sock)
                self._shake_hands(sock)
            self._behave(Peer(sock, self, number))
        except (Gone, ssl.SSLError, ConnectionError):
            pass
        except BaseException as failure:  # noqa: BLE001  # a broken behaviour fails its test at the end
            self.failures.append(failure)
        finally:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@contextlib.contextmanager
def serving(behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> Iterator[BadServer]:
    """Run a behaviour for every connection; stop when the block ends."""
    server = BadServer(behave, tls=tls)
    try:
        yield server
    finally:
        server.stop()


def always(data: bytes) -> Behaviour:
    """Answer every request of every connection with the same bytes."""

    def behave(peer: Peer) -> None:
        while True:
            peer.answer(data)

    return behave


def once(data: bytes) -> Behaviour:
    """Answer the first request, then close."""

    def behave(peer: Peer) -> None:
        peer.answer(data)
        peer.close()

    return behave


def then_hang(data: bytes) -> Behaviour:
    """Answer the first request with the start of an answer, then say no more."""

    def behave(peer: Peer) -> None:
        peer.answer(data)
        peer.hang()

    return behave


def then_reset(data: bytes) -> Behaviour:
    """Answer the first request with the start of an answer, then reset the connection."""

    def behave(peer: Peer) -> None:
        peer.answer(data)
        peer.pause(0.02)  # a reset overtakes what is still on its way
        peer.reset()

    return behave
