"""Connections to one origin for callers on an event loop."""

from __future__ import annotations

import asyncio
import socket
import ssl
from asyncio import get_running_loop
from collections.abc import Coroutine
from os import getpid
from typing import Any, TypeVar

from intertie.adapters.http1 import failures
from intertie.adapters.http1.addresses import Address, in_turn, literal, open_socket, share_s
from intertie.adapters.http1.asyncio_connection import AsyncioConnection
from intertie.adapters.http1.limits import READ_BYTES, TransportLimits
from intertie.adapters.http1.origin_access import OriginAccess
from intertie.adapters.http1.pool import Place, Pool, PoolClosed, Waiter
from intertie.adapters.http1.proxying import ProxyAccess
from intertie.adapters.http1.tls import client_context
from intertie.adapters.http1.tls_channel import TlsChannel, last_words
from intertie.core.clock import Clock
from intertie.runtime.plan import Origin, ProxyOptions, TlsOptions
from intertie.runtime.surroundings import SecretStore

T = TypeVar("T")


class AsyncioTransport(OriginAccess):
    """HTTP/1.1 on asyncio or uvloop: a `runtime.http.Transport`.

    It belongs to the loop (and process) it is used on; used on another one it starts anew and lets the old connections
    go. Close it on the loop it was used on: a closed loop can't close anything any more.
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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: Pool[AsyncioConnection] = Pool(self._limits)
        self._forsaken: list[Pool[AsyncioConnection]] = []

    def connect_nowait(self, *, fresh: bool = False) -> AsyncioConnection | None:
        """Return a pooled connection that looks alive, None where one must be opened or waited for.

        `fresh` accepts only one beyond doubt: within the server's own keep-alive time, or idle for a moment only.
        """
        # In a forked child no loop of the parent's runs any more.
        pool = self._pool if self._loop is get_running_loop() else self._pool_here()
        found = pool.take(self._clock.monotonic_s(), fresh=fresh)
        return None if found is None else found.check_out()

    async def connect(self, *, deadline_s: float, connect_timeout_s: float, fresh: bool = False) -> AsyncioConnection:
        """Return a connection, opening one or waiting for a place in the pool.

        Waiting for a place is bounded by `deadline_s`, opening by `connect_timeout_s` too.

        Raises:
            ConnectError: Name, route, refusal or TLS, or the transport was closed; `reached` is `no`.
            DeadlineExceeded: `phase` is `connect` or `total`; `reached` is `no`.
            UsageError: A file of TLS can't be used.
        """
        pool = self._pool_here()
        loop = get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        waiter: Waiter[AsyncioConnection] = Waiter(lambda: None if turn.done() else turn.set_result(None))
        try:
            found = pool.take_or_queue(self._clock.monotonic_s(), waiter, fresh=fresh)
        except PoolClosed:
            raise failures.closed(self._peer) from None
        if found is None:
            found = await self._wait_in_line(pool, waiter, turn, deadline_s)
        if isinstance(found, AsyncioConnection):
            if not found.is_stale(self._clock.monotonic_s()):
                return found.check_out()
            found.discard()
            found = found.place.moved()
        assert isinstance(found, Place)  # noqa: S101  # this pool's connections are of one kind
        try:
            connection = await self._open(pool, found, loop, deadline_s, connect_timeout_s)
        except BaseException:
            found.give_up()
            raise
        pool.opened()
        return connection

    async def aclose(self) -> None:
        """Close idle connections now and the others when they come back; nothing more can be sent."""
        loop = get_running_loop()
        pool = self._pool_here()
        pool.close()
        # The loop closes a socket a turn or two after it is told to.
        for _ in range(3):
            turn: asyncio.Future[None] = loop.create_future()
            loop.call_soon(turn.set_result, None)
            await turn

    def statistics(self) -> dict[str, int]:
        """Return a snapshot: `open`, `idle`, `waiting`, `opened_total`, `reused_total`."""
        return self._pool.statistics()

    def _pool_here(self) -> Pool[AsyncioConnection]:
        """Return the pool of this loop and process."""
        loop = get_running_loop()
        pool = self._pool
        if pool.pid != getpid():
            pool.forsake()
            # Kept: what a loop made before the fork must not be finalized here, where the loop is the parent's still.
            self._forsaken.append(pool)
            pool = self._pool = Pool(self._limits)
        elif self._loop is not loop and self._loop is not None:
            if self._loop.is_closed():
                pool.close()
            else:
                self._loop.call_soon_threadsafe(pool.close)
            pool = self._pool = Pool(self._limits)
        self._loop = loop
        return pool

    async def _wait_in_line(
        self,
        pool: Pool[AsyncioConnection],
        waiter: Waiter[AsyncioConnection],
        turn: asyncio.Future[None],
        deadline_s: float,
    ) -> AsyncioConnection | Place:
        loop = get_running_loop()
        timer = loop.call_later(max(deadline_s - self._clock.monotonic_s(), 0.0), waiter.wake)
        try:
            await turn
        except BaseException:
            granted = pool.leave(waiter)
            if isinstance(granted, AsyncioConnection):
                granted.check_out().release()
            elif isinstance(granted, Place):
                granted.give_up()
            raise
        finally:
            timer.cancel()
        granted = pool.leave(waiter)
        if waiter.closed:
            raise failures.closed(self._peer)
        if isinstance(granted, AsyncioConnection | Place):
            return granted
        raise failures.no_place(self._peer, self._limits.max_connections)

    async def _open(
        self,
        pool: Pool[AsyncioConnection],
        place: Place,
        loop: asyncio.AbstractEventLoop,
        deadline_s: float,
        connect_timeout_s: float,
    ) -> AsyncioConnection:
        until_s, phase = self._opening_window(deadline_s, connect_timeout_s)
        try:
            context = await self._tls_context(loop)
            sock = await self._connected_socket(loop, until_s)
            try:
                if self._tunnelling is not None:
                    await self._open_tunnel(self._tunnelling, loop, sock, until_s)
                channel = None
                if context is not None:
                    channel = TlsChannel(context, self._origin.host)
                    await self._bounded(loop, self._shake_hands(loop, channel, sock), until_s)
            except BaseException:
                sock.close()
                raise
            connection = AsyncioConnection(
                pool,
                place,
                sock,
                loop=loop,
                clock=self._clock,
                limits=self._limits,
                encoder=self._encoder,
                peer=self._peer,
                tls=channel,
            )
            try:
                await self._bounded(loop, loop.create_connection(lambda: connection, sock=sock), until_s)
            except BaseException:
                # Not the socket alone: cancelled in the moment it was made, the loop has the connection already.
                connection.discard()
                raise
        except TimeoutError:
            raise self._not_opened(phase, connect_timeout_s) from None
        return connection

    async def _connected_socket(self, loop: asyncio.AbstractEventLoop, until_s: float) -> socket.socket:
        addresses = literal(self._dialled.host, self._dialled.port)
        if addresses is None:
            addresses = await self._resolve(loop, until_s)
        failure: OSError | None = None
        for turn, address in enumerate(addresses):
            left_s = until_s - self._clock.monotonic_s()
            instant_s = self._clock.monotonic_s() + share_s(left_s, len(addresses) - turn)
            try:
                sock = open_socket(address)
            except OSError as unable:
                failure = unable
                continue
            try:
                await self._bounded(loop, _sock_connect(loop, sock, address), instant_s)
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

    async def _resolve(self, loop: asyncio.AbstractEventLoop, until_s: float) -> list[Address]:
        dialled = self._dialled
        try:
            resolved = await self._bounded(loop, _resolved(loop, dialled.host, dialled.port), until_s)
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as failure:
            raise failures.name_failed(self._dialled, failure) from failure
        return resolved

    async def _open_tunnel(
        self, proxy: ProxyAccess, loop: asyncio.AbstractEventLoop, sock: socket.socket, until_s: float
    ) -> None:
        """Have the proxy connect a socket to the service."""
        try:
            tunnel = proxy.tunnel()
            await self._bounded(loop, loop.sock_sendall(sock, tunnel.request), until_s)
            while not tunnel.feed(await self._bounded(loop, loop.sock_recv(sock, READ_BYTES), until_s)):
                pass
        except TimeoutError:
            raise
        except OSError as failure:
            raise failures.tunnel_failed(self._dialled, failure) from failure

    async def _shake_hands(self, loop: asyncio.AbstractEventLoop, channel: TlsChannel, sock: socket.socket) -> None:
        try:
            while not channel.shake_hands():
                await loop.sock_sendall(sock, channel.output())
                channel.feed(await loop.sock_recv(sock, READ_BYTES))
            await loop.sock_sendall(sock, channel.output())
        except TimeoutError:
            raise
        except OSError as failure:
            last_words(channel, sock)
            raise failures.tls_failed(self._peer, failure) from failure

    async def _tls_context(self, loop: asyncio.AbstractEventLoop) -> ssl.SSLContext | None:
        if self._origin.scheme != "https":
            return None
        if self._context is None:
            # Beside the loop: reading the machine's authorities takes a tenth of a second.
            self._context = await loop.run_in_executor(None, client_context, self._tls_options, self._secrets)
        return self._context

    async def _bounded(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T], until_s: float) -> T:
        """Return what `work` returns, cancelling it at `until_s`. For opening alone: exchanges have their own timer.

        Raises:
            TimeoutError: It was cancelled.
        """
        task = loop.create_task(work)
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            task.cancel()

        timer = loop.call_later(max(until_s - self._clock.monotonic_s(), 0.0), expire)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if not expired or (current is not None and current.cancelling()):
                raise
            raise TimeoutError from None
        finally:
            timer.cancel()


async def _sock_connect(loop: asyncio.AbstractEventLoop, sock: socket.socket, address: Address) -> None:
    await loop.sock_connect(sock, address.sockaddr)


async def _resolved(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[Address]:
    return in_turn(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
