"""The three ways to run one transport test: asyncio, uvloop and blocking sockets, behind one small surface."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from intertie.adapters.http1 import AsyncioTransport, BlockingTransport, TransportLimits
from intertie.core.clock import AsyncioClock, BlockingClock, Clock
from intertie.core.errors import CallError
from intertie.runtime.http import Request, Response, Transport
from intertie.runtime.plan import Origin, TlsOptions
from intertie.runtime.stepping import run_blocking
from support.pace import PATIENCE_S

GET = Request("GET", "/")


@dataclass
class Caller:
    """A transport with the call that tests make all the time."""

    transport: Transport
    clock: Clock

    async def connect(self, *, total_s: float = PATIENCE_S, connect_s: float = PATIENCE_S, fresh: bool = False) -> Any:
        """Take a pooled connection, else open one, as the pipeline does."""
        found = self.transport.connect_nowait(fresh=fresh)
        if found is not None:
            return found
        deadline_s = self.clock.monotonic_s() + total_s
        return await self.transport.connect(deadline_s=deadline_s, connect_timeout_s=connect_s, fresh=fresh)

    async def call(
        self,
        request: Request = GET,
        *,
        write_s: float = PATIENCE_S,
        read_s: float = PATIENCE_S,
        total_s: float = PATIENCE_S,
        stream: bool = False,
        fresh: bool = False,
        on: Any = None,
        departure: Any = None,
    ) -> Response:
        """Connect and exchange."""
        connection = on or await self.connect(total_s=total_s, fresh=fresh)
        now_s = self.clock.monotonic_s()
        return await connection.exchange(
            request,
            write_deadline_s=now_s + write_s,
            read_timeout_s=read_s,
            deadline_s=now_s + total_s,
            stream=stream,
            departure=departure,
        )

    async def open_stream(
        self, request: Request, *, write_s: float = PATIENCE_S, read_s: float = PATIENCE_S, departure: Any = None
    ) -> Any:
        """Connect and ask for a stream in both directions."""
        connection = await self.connect()
        now_s = self.clock.monotonic_s()
        return await connection.open_stream(
            request,
            write_deadline_s=now_s + write_s,
            read_timeout_s=read_s,
            deadline_s=now_s + PATIENCE_S,
            departure=departure,
        )

    async def fail(self, request: Request = GET, **options: Any) -> CallError:
        """Return the error of a call that must fail."""
        try:
            response = await self.call(request, **options)
            if response.stream is not None:
                try:
                    async for _ in response.stream:
                        pass
                finally:
                    await response.stream.aclose()
        except CallError as error:
            return error
        raise AssertionError(f"answered {response.status} {response.body[:60]!r}")

    async def pause(self, seconds: float) -> None:
        """Let real time pass."""
        await self.clock.sleep_until(self.clock.monotonic_s() + seconds)

    async def until(self, reached: Callable[[], object]) -> None:
        """Return when it is so, and the loop has had a turn since to see what it did; fail where it never is."""
        end_s = self.clock.monotonic_s() + PATIENCE_S
        while not reached():
            assert self.clock.monotonic_s() < end_s, "it never came to that"
            await self.pause(0.001)
        await self.pause(0.001)


class Certified(NamedTuple):
    """What a server and its clients need for TLS."""

    server: ssl.SSLContext
    client: TlsOptions


Work = Callable[[Caller], Awaitable[Any]]


@dataclass(frozen=True)
class Way:
    """One way to run."""

    name: str

    def run(
        self,
        port: int,
        work: Work,
        *,
        scheme: str = "http",
        host: str = "127.0.0.1",
        limits: TransportLimits | None = None,
        tls: Any = None,
        proxy: Any = None,
        secrets: Any = None,
        leftovers: bool = False,
    ) -> Any:
        """Run `work` with a fresh transport; afterwards every place must be accounted for."""
        blocking = self.name == "blocking"
        clock: Clock = BlockingClock() if blocking else AsyncioClock()

        async def whole() -> Any:
            made = BlockingTransport if blocking else AsyncioTransport
            origin = Origin(scheme, host, port, "")
            transport = made(origin, clock=clock, tls=tls, proxy=proxy, secrets=secrets, limits=limits)
            try:
                result = await work(Caller(transport, clock))
                if not leftovers:
                    counted = transport.statistics()
                    assert counted["open"] == counted["idle"], counted
                    assert counted["waiting"] == 0, counted
            finally:
                await transport.aclose()
            if not leftovers:
                assert transport.statistics()["open"] == 0
            return result

        if blocking:
            return run_blocking(whole())
        if self.name == "uvloop":
            import uvloop

            with warnings.catch_warnings():
                # A test that fails leaves its connection open. uvloop warns of that while it closes its handles, and
                # waits for ever for the one whose warning is an error; `whole` counts what a test leaves open.
                warnings.simplefilter("ignore", ResourceWarning)
                return uvloop.run(whole())
        return asyncio.run(whole())


WAYS = [Way("asyncio"), Way("uvloop"), Way("blocking")]
