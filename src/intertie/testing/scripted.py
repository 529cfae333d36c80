"""A transport that answers from a script, on any clock, and remembers what it received."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterable
from threading import Lock
from typing import TypeAlias

import msgspec

from intertie.core.clock import Clock
from intertie.core.errors import CallError, ConnectError, DeadlineExceeded, ProtocolError, Reach, ReadError, WriteError
from intertie.core.secret import MASK
from intertie.runtime.http import Headers, Request, Response


class Answer(msgspec.Struct, frozen=True):
    """The service answers.

    Attributes:
        status: HTTP status.
        json: Body as data; `body` is sent as it is where this is None.
        headers: Name -> value.
        latency_s: Seconds from the request to the whole answer.
        connect_s: Seconds that the connection takes first, where one is opened.
    """

    status: int = 200
    json: object = None
    body: bytes = b""
    headers: dict[str, str] = {}
    latency_s: float = 0.0
    connect_s: float = 0.0

    def response(self, request: Request) -> Response:
        """Return the answer as the pipeline sees it."""
        fields = [(name, value) for name, value in self.headers.items()]
        body = self.body
        if self.json is not None:
            body = msgspec.json.encode(self.json)
            if not any(name.lower() == "content-type" for name in self.headers):
                fields.append(("content-type", "application/json"))
        sent = len(request.body) if isinstance(request.body, bytes) else 0
        return Response(self.status, Headers.of(fields), body, bytes_sent=sent + 100, bytes_received=len(body) + 100)


class Failure(msgspec.Struct, frozen=True):
    """The service can't be reached, or the connection breaks.

    Attributes:
        kind: `connect` (refused), `connect_timeout`, `write` (broke while written), `read` (broke while the answer was
            awaited or read), `hang` (never answers), `protocol` (not HTTP).
        reached: How far it came; by default what the kind implies.
        after_s: Seconds until it shows.
    """

    kind: str
    reached: Reach | None = None
    after_s: float = 0.0

    @property
    def at_connect(self) -> bool:
        """Whether no connection comes about at all."""
        return self.kind in {"connect", "connect_timeout"}

    def error(self) -> CallError:
        """Return the error as a transport makes it."""
        match self.kind:
            case "connect_timeout":
                return DeadlineExceeded("the connection was not made in time", phase="connect", reached=Reach.NO)
            case "connect":
                return ConnectError("connection refused", reached=Reach.NO)
            case "write":
                return WriteError("the connection broke", reached=self._reach(Reach.MAYBE))
            case "protocol":
                return ProtocolError("the answer is not HTTP", reached=self._reach(Reach.YES))
            case "read":
                return ReadError("the connection broke", reached=self._reach(Reach.MAYBE))
            case _:
                raise ValueError(f"a script knows no failure {self.kind!r}")

    def _reach(self, implied: Reach) -> Reach:
        return implied if self.reached is None else self.reached


Step: TypeAlias = Answer | Failure
Script: TypeAlias = Iterable[Step] | Callable[[Request, int], Step]


class Received(msgspec.Struct, frozen=True):
    """One request as it arrived: the monotonic instant, what was sent, and the step that it met.

    `streamed` is what a body that came piece by piece held.
    """

    at_s: float
    request: Request
    step: Step
    streamed: bytes = b""


class ScriptedTransport:
    """A `Transport` that plays a script; its last step repeats for ever. Safe from any thread.

    Args:
        clock: Of the pipeline under test.
        script: Steps in the order requests come, or a function of the request and its number (from 0).
        pooled: Whether an idle connection is at hand; otherwise every call opens one.
        sure: Whether that idle connection is beyond doubt, so that a call that can't be replayed may use it.

    Attributes:
        received: Requests whose bytes left, in order.
    """

    def __init__(self, clock: Clock, script: Script = (), *, pooled: bool = True, sure: bool = True) -> None:
        self.clock = clock
        self.pooled = pooled
        self.sure = sure
        self.received: list[Received] = []
        self.opened = self.reused = self.released = self.in_flight = self.most_in_flight = 0
        self.closed = False
        self._play = script if callable(script) else _in_order(tuple(script))
        self._connect_failures = not callable(script)
        self._next = 0
        self._lock = Lock()

    def connect_nowait(self, *, fresh: bool = False) -> ScriptedConnection | None:
        """Return an idle connection, None where one must be opened or the script refuses it."""
        if not self.pooled or (fresh and not self.sure) or self._peek_failure() is not None:
            return None
        self.reused += 1
        return ScriptedConnection(self, fresh=False)

    async def connect(
        self,
        *,
        deadline_s: float,
        connect_timeout_s: float,
        fresh: bool = False,  # noqa: ARG002  # every connection that is opened here is fresh
    ) -> ScriptedConnection:
        """Return an opened connection, or fail as the script says."""
        now_s = self.clock.monotonic_s()
        failure = self._peek_failure()
        wait_s = self._connect_s(failure)
        limit_s = min(now_s + connect_timeout_s, deadline_s)
        if failure is not None:
            self._take(None)
        if now_s + wait_s > limit_s:
            await self.clock.sleep_until(limit_s)
            phase = "total" if deadline_s <= now_s + connect_timeout_s else "connect"
            raise DeadlineExceeded("the connection was not made in time", phase=phase, reached=Reach.NO)
        await self.clock.sleep_until(now_s + wait_s)
        if failure is not None:
            raise failure.error()
        self.opened += 1
        return ScriptedConnection(self, fresh=True)

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def written_fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Return the header fields of a request, its credential masked, with the host that a real transport adds."""
        lines = request.static_head.decode("latin-1").splitlines()
        fixed = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        credential = request.credential
        if credential is None or credential.location != "header":
            return (("Host", "scripted"), *fixed, *request.headers)
        scheme = f"{credential.scheme} " if credential.scheme else ""
        return (("Host", "scripted"), *fixed, *request.headers, (credential.name, f"{scheme}{MASK}"))

    def statistics(self) -> dict[str, int]:
        """Return what a real transport tells of itself."""
        return {
            "open": self.in_flight,
            "idle": 0,
            "waiting": 0,
            "opened_total": self.opened,
            "reused_total": self.reused,
        }

    @property
    def stamps(self) -> list[float]:
        """The instants at which requests arrived."""
        return [received.at_s for received in self.received]

    def _peek_failure(self) -> Failure | None:
        if not self._connect_failures:
            return None
        step = self._play(_NO_REQUEST, self._next)
        return step if isinstance(step, Failure) and step.at_connect else None

    def _connect_s(self, failure: Failure | None) -> float:
        if failure is not None:
            return math.inf if failure.kind == "connect_timeout" else failure.after_s
        step = self._play(_NO_REQUEST, self._next) if self._connect_failures else None
        return step.connect_s if isinstance(step, Answer) else 0.0

    def _take(self, request: Request | None, streamed: bytes = b"") -> Step:
        with self._lock:
            number = self._next
            self._next += 1
            step = self._play(request or _NO_REQUEST, number)
            if request is not None and not (isinstance(step, Failure) and step.at_connect):
                self.received.append(Received(self.clock.monotonic_s(), request, step, streamed))
        return step


class ScriptedConnection:
    """One connection of a `ScriptedTransport`."""

    __slots__ = ("_fresh", "_transport")

    def __init__(self, transport: ScriptedTransport, *, fresh: bool) -> None:
        self._transport = transport
        self._fresh = fresh

    @property
    def fresh(self) -> bool:
        """Whether it was opened for this attempt."""
        return self._fresh

    def release(self) -> None:
        """Count that it came back unused."""
        self._transport.released += 1

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,  # noqa: ARG002  # a script takes no time to write
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
    ) -> Response:
        """Play the next step within the deadlines given."""
        transport = self._transport
        now_s = transport.clock.monotonic_s()
        body = request.body
        streamed = b"" if body is None or isinstance(body, bytes) else b"".join([piece async for piece in body])
        step = transport._take(request, streamed)  # noqa: SLF001  # the other half of one thing
        transport.in_flight += 1
        transport.most_in_flight = max(transport.most_in_flight, transport.in_flight)
        try:
            limit_s = min(now_s + read_timeout_s, deadline_s)
            end_s = now_s + (step.latency_s if isinstance(step, Answer) else _failure_s(step))
            if end_s > limit_s:
                await transport.clock.sleep_until(limit_s)
                phase = "total" if deadline_s <= now_s + read_timeout_s else "read"
                raise DeadlineExceeded("no answer came in time", phase=phase, reached=Reach.MAYBE)
            await transport.clock.sleep_until(end_s)
            if isinstance(step, Failure):
                raise step.error()
            response = step.response(request)
        finally:
            transport.in_flight -= 1
        if not stream:
            return response
        return msgspec.structs.replace(response, body=b"", stream=ScriptedBody(response.body))


class ScriptedBody:
    """A body in chunks of up to 16 bytes."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks."""
        for start in range(0, len(self._body), 16):
            yield self._body[start : start + 16]

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


_NO_REQUEST = Request("", "")


def _failure_s(failure: Failure) -> float:
    return math.inf if failure.kind == "hang" else failure.after_s


def _in_order(steps: tuple[Step, ...]) -> Callable[[Request, int], Step]:
    played = steps or (Answer(json={}),)
    return lambda _request, number: played[min(number, len(played) - 1)]
