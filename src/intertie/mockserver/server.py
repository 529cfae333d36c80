"""The mock on a socket: one engine, one address, HTTP/1.1.

Each spec has a port of its own: a service's paths, limits and faults are its own, and so is its control endpoint.
"""

from __future__ import annotations

import asyncio
import logging
from ipaddress import ip_address

from intertie.core.clock import Clock
from intertie.core.outside_text import shown
from intertie.mockserver.arrivals import Arrivals
from intertie.mockserver.connection import MockConnection, ServerBounds
from intertie.mockserver.control import ControlEndpoint
from intertie.mockserver.engine import MockEngine
from intertie.mockserver.messages import MockReply, MockRequest
from intertie.mockserver.problems import problem
from intertie.mockserver.wire import DateLine

_log = logging.getLogger("intertie.mock")
_SWEEP_S = 15.0
_BACKLOG = 1024


class MockHttpServer:
    """Serves one engine on the running event loop.

    Args:
        engine: Answers; its clock must be the real one.
        clock: Real time, for dates and waits.
        bounds: What a client may send.
    """

    def __init__(self, engine: MockEngine, *, clock: Clock, bounds: ServerBounds | None = None) -> None:
        self.engine = engine
        self.port = 0
        self.host = ""
        self._date_line = DateLine(clock.utc_s)
        self._bounds = bounds or ServerBounds()
        self._connections: set[MockConnection] = set()
        self._control = ControlEndpoint(engine)
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._arrivals = Arrivals(clock.monotonic_s)

    @property
    def url(self) -> str:
        """Base URL of the service, its base path included."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.engine.plan.origin.base_path}"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and return the URL. Port 0 takes a free one.

        Raises:
            OSError: The address can't be had.
        """
        loop = asyncio.get_running_loop()
        self._control = ControlEndpoint(self.engine, loopback_only=_is_loopback(host))
        self._server = await loop.create_server(self._connection, host, port, backlog=_BACKLOG)
        self._arrivals.start(loop)
        self.host = host
        self.port = self._server.sockets[0].getsockname()[1]
        self._sweeper = loop.call_later(_SWEEP_S, self._sweep)
        return self.url

    def _connection(self) -> MockConnection:
        return MockConnection(
            self._answer, self.engine.flight_ended, self._date_line, self._bounds, self._connections, self._arrivals
        )

    def _answer(self, request: MockRequest, since_s: float) -> MockReply:
        try:
            if self._control.handles(request.target):
                return self._control.handle(request)
            return self.engine.handle(request, since_s=since_s)
        except Exception:  # noqa: BLE001  # the last line of defence of a server
            # A bug of ours must not look like a broken network: the client gets a 500, the log the trace.
            _log.exception("the mock of %s failed at %s", self.engine.plan.service, shown(request.method))
            made = problem(500, "no-answer", "the mock has a bug; its log has the trace, please report it")
            return MockReply(made.status, made.headers, made.body)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in tuple(self._connections):
            connection.close_if_silent(loop.time())
        self._sweeper = loop.call_later(_SWEEP_S, self._sweep)

    async def stop(self, *, grace_s: float = 2.0) -> None:
        """Stop listening, let answers under way end for at most `grace_s`, then close what is left."""
        self._arrivals.stop()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._server is None:
            return
        self._server.close()
        for connection in tuple(self._connections):
            connection.drain()
        loop = asyncio.get_running_loop()
        end_s = loop.time() + grace_s
        while self._connections and loop.time() < end_s:
            # A connection that closes takes itself out; looking a hundred times a second is soon enough.
            waker = loop.create_future()
            loop.call_later(0.01, waker.set_result, None)
            await waker
        for connection in tuple(self._connections):
            connection.abort()
        await self._server.wait_closed()
        self._server = None


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
