"""Connections to one origin for synchronous callers, from as many threads as they like."""

from __future__ import annotations

import errno
import os
import queue
import select
import socket
import ssl
import threading
from contextlib import suppress
from math import ceil, inf

from intertie.adapters.http1 import failures
from intertie.adapters.http1.addresses import Address, in_turn, is_local_name, literal, open_socket, share_s
from intertie.adapters.http1.blocking_connection import BlockingConnection
from intertie.adapters.http1.blocking_wire import BlockingWire
from intertie.adapters.http1.limits import READ_BYTES, TransportLimits
from intertie.adapters.http1.origin_access import OriginAccess
from intertie.adapters.http1.pool import Place, Pool, PoolClosed, Waiter
from intertie.adapters.http1.proxying import ProxyAccess
from intertie.adapters.http1.tls import client_context
from intertie.adapters.http1.tls_channel import TlsChannel, last_words
from intertie.core.clock import Clock
from intertie.runtime.plan import Origin, ProxyOptions, TlsOptions
from intertie.runtime.surroundings import SecretStore


class BlockingTransport(OriginAccess):
    """HTTP/1.1 on blocking calls: a `runtime.http.Transport` whose coroutines never suspend.

    Safe to use from many threads, and after fork.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        clock: Clock,
        tls: TlsOptions | None = None,
        proxy: ProxyOptions | None = None,
        secrets: SecretStore | None = None,
        limits: TransportLimits | None = None,
    ) -> None:
        super().__init__(origin, clock=clock, tls=tls, proxy=proxy, secrets=secrets, limits=limits)
        self._pool: Pool[BlockingWire] = Pool(self._limits)
        self._heirs: dict[int, Pool[BlockingWire]] = {}

    def connect_nowait(self, *, fresh: bool = False) -> BlockingConnection | None:
        """Return a pooled connection that looks alive, None where one must be opened or waited for.

        `fresh` accepts only one beyond doubt: within the server's own keep-alive time, or idle for a moment only.
        """
        found = self._pool_here().take(self._clock.monotonic_s(), fresh=fresh)
        try:
            return found.check_out() if isinstance(found, BlockingConnection) else None
        except BaseException:
            _let_go(found)
            raise

    async def connect(self, *, deadline_s: float, connect_timeout_s: float, fresh: bool = False) -> BlockingConnection:
        """Return a connection, opening one or waiting for a place in the pool.

        Waiting for a place is bounded by `deadline_s`, opening by `connect_timeout_s` too.

        Raises:
            ConnectError: Name, route, refusal or TLS, or the transport was closed; `reached` is `no`.
            DeadlineExceeded: `phase` is `connect` or `total`; `reached` is `no`.
            UsageError: A file of TLS can't be used.
        """
        pool = self._pool_here()
        turn = threading.Lock()
        turn.acquire()  # until it is woken; a lock, since an interrupt leaves it as it was
        waiter: Waiter[BlockingWire] = Waiter(turn.release)
        found: BlockingWire | Place | None = None
        try:
            found = pool.take_or_queue(self._clock.monotonic_s(), waiter, fresh=fresh)
            if found is None:
                found = self._wait_in_line(pool, waiter, turn, deadline_s)
            if isinstance(found, BlockingConnection):
                if not found.is_stale(self._clock.monotonic_s()):
                    return found.check_out()
                found.discard()
                found = found.place.moved()
            assert isinstance(found, Place)  # noqa: S101  # this pool's connections are of one kind
            connection = self._open(pool, found, deadline_s, connect_timeout_s)
            pool.opened()
        except PoolClosed:
            raise failures.closed(self._peer) from None
        except BaseException:
            _let_go(pool.leave(waiter) if found is None else found)
            raise
        return connection

    async def aclose(self) -> None:
        """Close idle connections now and the others when they come back; nothing more can be sent."""
        self._pool_here().close()

    def statistics(self) -> dict[str, int]:
        """Return a snapshot: `open`, `idle`, `waiting`, `opened_total`, `reused_total`."""
        return self._pool.statistics()

    def _pool_here(self) -> Pool[BlockingWire]:
        """Return the pool of this process: a forked child never touches its parent's connections."""
        pool = self._pool
        if pool.pid != (pid := os.getpid()):
            # Several threads of the child may be here at once, and no lock survives a fork: setdefault is one step.
            heir = self._heirs.setdefault(pid, Pool(self._limits))
            pool.forsake()
            self._pool = pool = heir
        return pool

    def _wait_in_line(
        self,
        pool: Pool[BlockingWire],
        waiter: Waiter[BlockingWire],
        turn: threading.Lock,
        deadline_s: float,
    ) -> BlockingWire | Place:
        left_s = deadline_s - self._clock.monotonic_s()
        turn.acquire(timeout=min(max(left_s, 0.0), threading.TIMEOUT_MAX))
        granted = pool.leave(waiter)
        if granted is not None:
            return granted
        if waiter.closed:
            raise failures.closed(self._peer)
        raise failures.no_place(self._peer, self._limits.max_connections)

    def _open(
        self, pool: Pool[BlockingWire], place: Place, deadline_s: float, connect_timeout_s: float
    ) -> BlockingConnection:
        until_s, phase = self._opening_window(deadline_s, connect_timeout_s)
        try:
            context = self._tls_context()
            sock = self._connected_socket(until_s)
            try:
                if self._tunnelling is not None:
                    self._open_tunnel(self._tunnelling, sock, until_s)
                return BlockingConnection(
                    pool,
                    place,
                    sock,
                    clock=self._clock,
                    limits=self._limits,
                    encoder=self._encoder,
                    peer=self._peer,
                    tls=None if context is None else self._shaken_hands(context, sock, until_s),
                )
            except BaseException:
                sock.close()
                raise
        except TimeoutError:
            raise self._not_opened(phase, connect_timeout_s) from None

    def _connected_socket(self, until_s: float) -> socket.socket:
        addresses = literal(self._dialled.host, self._dialled.port) or self._resolve(until_s)
        failure: OSError | None = None
        for turn, address in enumerate(addresses):
            now_s = self._clock.monotonic_s()
            instant_s = now_s + share_s(until_s - now_s, len(addresses) - turn)
            try:
                sock = open_socket(address)
            except OSError as unable:
                failure = unable
                continue
            try:
                self._connect_socket(sock, address, instant_s)
            except OSError as refused:  # a TimeoutError is one: the next address gets its turn
                sock.close()
                failure = refused
            except BaseException:
                sock.close()
                raise
            else:
                return sock
        if failure is None or isinstance(failure, TimeoutError):
            raise TimeoutError
        raise failures.connect_failed(self._dialled, addresses, failure) from failure

    def _connect_socket(self, sock: socket.socket, address: Address, until_s: float) -> None:
        code = sock.connect_ex(address.sockaddr)
        if code == errno.EINPROGRESS:
            self._wait(sock, select.POLLOUT, until_s)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))

    def _resolve(self, until_s: float) -> list[Address]:
        host, port = self._dialled.host, self._dialled.port
        try:
            if is_local_name(host):
                return in_turn(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            return _resolve_beside(host, port, until_s - self._clock.monotonic_s())
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as failure:
            raise failures.name_failed(self._dialled, failure) from failure

    def _open_tunnel(self, proxy: ProxyAccess, sock: socket.socket, until_s: float) -> None:
        """Have the proxy connect a socket to the service."""
        tunnel = proxy.tunnel()
        try:
            self._send(sock, tunnel.request, until_s)
            while not tunnel.feed(self._received(sock, until_s)):
                pass
        except TimeoutError:
            raise
        except OSError as failure:
            raise failures.tunnel_failed(self._dialled, failure) from failure

    def _shaken_hands(self, context: ssl.SSLContext, sock: socket.socket, until_s: float) -> TlsChannel:
        channel = TlsChannel(context, self._origin.host)
        try:
            while not channel.shake_hands():
                self._send(sock, channel.output(), until_s)
                channel.feed(self._received(sock, until_s))
            self._send(sock, channel.output(), until_s)
        except TimeoutError:
            raise
        except OSError as failure:
            last_words(channel, sock)
            raise failures.tls_failed(self._peer, failure) from failure
        return channel

    def _send(self, sock: socket.socket, data: bytes, until_s: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(sock, select.POLLOUT, until_s)
            with suppress(BlockingIOError):  # ready no more
                view = view[sock.send(view) :]

    def _received(self, sock: socket.socket, until_s: float) -> bytes:
        while True:
            self._wait(sock, select.POLLIN, until_s)
            with suppress(BlockingIOError):
                return sock.recv(READ_BYTES)

    def _wait(self, sock: socket.socket, events: int, until_s: float) -> None:
        poll = select.poll()
        poll.register(sock.fileno(), events)
        left_s = until_s - self._clock.monotonic_s()
        if left_s <= 0 or not poll.poll(None if left_s == inf else min(ceil(left_s * 1000), 0x7FFFFFFF)):
            raise TimeoutError

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._origin.scheme != "https":
            return None
        if self._context is None:
            self._context = client_context(self._tls_options, self._secrets)
        return self._context


def _let_go(found: BlockingWire | Place | None) -> None:
    """Give back what a caller was given and could not use, since it failed or was interrupted."""
    if isinstance(found, BlockingConnection):
        found.check_out().release()
    elif isinstance(found, Place):
        found.give_up()


def _resolve_beside(host: str, port: int, timeout_s: float) -> list[Address]:
    """Return the addresses of a name. The resolver can't be interrupted, so a thread of its own waits for it.

    Raises:
        TimeoutError: It took longer than `timeout_s`; the thread ends when the resolver does.
        OSError, UnicodeError: The name resolves to nothing, or is none.
    """
    answers: queue.SimpleQueue[list[Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(in_turn(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as failure:
            answers.put(failure)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=min(max(timeout_s, 0.0), threading.TIMEOUT_MAX))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, list):
        return answer
    raise answer
