"""A mock in a thread of its own, for tests, demos and synchronous programs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType

from intertie.core.clock import AsyncioClock
from intertie.core.secret import Secret
from intertie.mockserver.engine import MockEngine
from intertie.mockserver.profiles import HEALTHY, Profile
from intertie.mockserver.server import MockHttpServer
from intertie.runtime.plan import Plan


class MockServer:
    """A context manager that serves a mock and gives its URL.

    ```python
    with MockServer("specs/payments.md") as url:
        ...
    ```

    Args:
        source: A spec's file, a plan, or an engine made on the real clock.
        host, port: Where; port 0 takes a free one.
        seed, profile, latency, credential: Of the engine, where it is made here.
        environment: Of the spec, where `source` is a file.

    Attributes:
        engine: May be asked and steered from any thread.
        url: Base URL while it runs, else empty.
    """

    def __init__(
        self,
        source: MockEngine | Plan | str | Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int | str = 0,
        profile: Profile | str = HEALTHY,
        latency: bool = False,
        credential: Secret | None = None,
        environment: str | None = None,
    ) -> None:
        if isinstance(source, MockEngine):
            self.engine = source
        else:
            self.engine = MockEngine(
                source if isinstance(source, Plan) else _plan_of_file(source, environment),
                clock=AsyncioClock(),
                seed=seed,
                profile=profile,
                latency=latency,
                credential=credential,
            )
        self.url = ""
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Serve, and return the URL once it answers.

        Raises:
            OSError: The address can't be had.
        """
        started: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="intertie-mock", daemon=True)
        self._thread.start()
        try:
            self.url = started.result()
        except OSError:
            self._thread.join()
            raise
        return self.url

    def stop(self) -> None:
        """Stop serving and wait for the thread to end. Safe to call twice."""
        loop, stopping, thread = self._loop, self._stopping, self._thread
        if loop is not None and stopping is not None and thread is not None and thread.is_alive():
            loop.call_soon_threadsafe(stopping.set)
            thread.join()
        self.url = ""

    def _run(self, started: Future[str]) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: Future[str]) -> None:
        server = MockHttpServer(self.engine, clock=AsyncioClock())
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            url = await server.start(*self._address)
        except OSError as taken:
            started.set_exception(taken)
            return
        started.set_result(url)
        await self._stopping.wait()
        await server.stop(grace_s=0.2)


def _plan_of_file(path: str | Path, environment: str | None) -> Plan:
    from intertie.mockserver.spec_files import plan_of_file  # noqa: PLC0415  # parser and compiler, for files alone

    return plan_of_file(path, environment=environment)
