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
from intertie.runtime.http import NO_HEADERS, Departure, Headers, MessageStream, Request, Response


class Answer(msgspec.Struct, frozen=True):
    """The service answers.

    Attributes:
        status: HTTP status.
        json: Body as data; `body` is sent as it is where this is None.
        headers: Name -> value.
        latency_s: Seconds from the request to the whole answer.
        connect_s: Seconds that the connection takes first, where one is opened.
        trailers: Name -> value, behind the body.
    """

    status: int = 200
    json: object = None
    body: bytes = b""
    headers: dict[str, str] = {}
    latency_s: float = 0.0
    connect_s: float = 0.0
    trailers: dict[str, str] = {}

    def response(self, request: Request) -> Response:
        """Return the answer as the pipeline sees it."""
        fields = [(name, value) for name, value in self.headers.items()]
        body = self.body
        if self.json is not None:
            body = msgspec.json.encode(self.json)
            if not any(name.lower() == "content-type" for name in self.headers):
                fields.append(("content-type", "application/json"))
        sent = len(request.body) if isinstance(request.body, bytes) else 0
        return Response(
            self.status,
            Headers.of(fields),
            body,
            bytes_sent=sent + 100,
            bytes_received=len(body) + 100,
            trailers=Headers.of(self.trailers.items()),
        )


class Stream(msgspec.Struct, frozen=True):
    """The service opens a stream in both directions, where one is asked for.

    Attributes:
        messages: What it sends, in order.
        status: Of its head.
        headers: Name -> value, of its head.
        latency_s: Seconds to its head.
        every_s: Seconds before each message, and before the end.
        failure: How it breaks off behind the messages, None where it ends.
        trailers: Name -> value, at its end.
    """

    messages: tuple[bytes, ...] = ()
    status: int = 101
    headers: dict[str, str] = {}
    latency_s: float = 0.0
    every_s: float = 0.0
    failure: Failure | None = None
    trailers: dict[str, str] = {}


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


Step: TypeAlias = Answer | Failure | Stream
Script: TypeAlias = Iterable[Step] | Callable[[Request, int], Step]


class Received(msgspec.Struct, frozen=True):
    """One request as it arrived: the monotonic instant, what was sent, and the step that it met.

    `streamed` is what a body that came piece by piece held; `stream` is the service's side of a stream that was opened.
    """

    at_s: float
    request: Request
    step: Step
    streamed: bytes = b""
    stream: ScriptedStream | None = None


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

    def _take(self, request: Request | None, streamed: bytes = b"", stream: ScriptedStream | None = None) -> Step:
        with self._lock:
            number = self._next
            self._next += 1
            step = self._play(request or _NO_REQUEST, number)
            if request is not None and not (isinstance(step, Failure) and step.at_connect):
                opened = stream if isinstance(step, Stream) else None
                self.received.append(Received(self.clock.monotonic_s(), request, step, streamed, opened))
        return step


class ScriptedConnection:
    """One connection of a `ScriptedTransport`."""

    __slots__ = ("_fresh", "_held", "_transport")

    def __init__(self, transport: ScriptedTransport, *, fresh: bool) -> None:
        self._transport = transport
        self._fresh = fresh
        self._held = True

    @property
    def fresh(self) -> bool:
        """Whether it was opened for this attempt."""
        return self._fresh

    def release(self) -> None:
        """Count that it came back unused; without effect once an exchange has begun."""
        if self._held:
            self._held = False
            self._transport.released += 1

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,  # noqa: ARG002  # a script takes no time to write
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
        departure: Departure | None = None,
    ) -> Response:
        """Play the next step within the deadlines given."""
        step = await self._play(request, read_timeout_s, deadline_s, departure, None)
        if isinstance(step, Stream):
            raise ProtocolError("a stream was opened that nobody asked for", reached=Reach.YES)
        response = step.response(request)
        if not stream:
            return response
        body = ScriptedBody(response.body, response.trailers)
        return msgspec.structs.replace(response, body=b"", stream=body, trailers=NO_HEADERS)

    async def open_stream(
        self,
        request: Request,
        *,
        write_deadline_s: float,  # noqa: ARG002  # a script takes no time to write
        read_timeout_s: float,
        deadline_s: float,
        departure: Departure | None = None,
    ) -> MessageStream | Response:
        """Play the next step within the deadlines given: a `Stream`, or an `Answer` that refuses one."""
        stream = ScriptedStream(self._transport.clock)
        step = await self._play(request, read_timeout_s, deadline_s, departure, stream)
        if not isinstance(step, Stream):
            return step.response(request)
        stream.begin(step)
        return stream

    async def _play(
        self,
        request: Request,
        read_timeout_s: float,
        deadline_s: float,
        departure: Departure | None,
        stream: ScriptedStream | None,
    ) -> Answer | Stream:
        """Return the next step when it would come, or fail as it says."""
        transport = self._transport
        now_s = transport.clock.monotonic_s()
        if departure is not None:
            try:
                departure.departing()
            except BaseException:
                self.release()
                raise
        self._held = False
        body = request.body
        is_whole = body is None or isinstance(body, bytes)
        if departure is not None and not is_whole:
            departure.departed()
        streamed = b"" if body is None or isinstance(body, bytes) else b"".join([piece async for piece in body])
        step = transport._take(request, streamed, stream)  # noqa: SLF001  # the other half of one thing
        if departure is not None and is_whole and not (isinstance(step, Failure) and step.kind == "write"):
            departure.departed()
        transport.in_flight += 1
        transport.most_in_flight = max(transport.most_in_flight, transport.in_flight)
        try:
            limit_s = min(now_s + read_timeout_s, deadline_s)
            end_s = now_s + (_failure_s(step) if isinstance(step, Failure) else step.latency_s)
            if end_s > limit_s:
                await transport.clock.sleep_until(limit_s)
                phase = "total" if deadline_s <= now_s + read_timeout_s else "read"
                raise DeadlineExceeded("no answer came in time", phase=phase, reached=Reach.MAYBE)
            await transport.clock.sleep_until(end_s)
            if isinstance(step, Failure):
                raise step.error()
        finally:
            transport.in_flight -= 1
        return step


class ScriptedStream:
    """Both sides of a stream that a `Stream` of the script opened.

    Attributes:
        sent: What our side sent, in order.
        ended: Our side said that nothing more comes.
        closed: Our side closed it.
    """

    def __init__(self, clock: Clock) -> None:
        self.sent: list[bytes] = []
        self.ended = self.closed = False
        self._clock = clock
        self._step = Stream()
        self._next = 0
        self._due_s = math.inf
        self._trailers = NO_HEADERS

    def begin(self, step: Stream) -> None:
        """Have the service send what `step` says, from now on."""
        self._step = step
        self._due_s = self._clock.monotonic_s() + step.every_s

    @property
    def head(self) -> Response:
        """Head of the answer."""
        return Response(self._step.status, Headers.of(self._step.headers.items()))

    @property
    def trailers(self) -> Headers:
        """The script's trailers, once the end was received."""
        return self._trailers

    async def send(self, data: bytes, *, deadline_s: float) -> None:  # noqa: ARG002  # it is taken at once
        """Note what is sent."""
        if self.ended:
            msg = "nothing can be sent on a stream after its end was said"
            raise RuntimeError(msg)
        if self.closed:
            raise WriteError("the stream was closed", reached=Reach.NO)
        self.sent.append(data)

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return the next message when it is due, None behind the last one."""
        if self.closed:
            raise ReadError("the stream was closed", reached=Reach.YES)
        now_s = self._clock.monotonic_s()
        until_s = min(now_s + idle_s, deadline_s)
        if self._due_s > until_s:
            await self._clock.sleep_until(until_s)
            phase = "total" if deadline_s <= now_s + idle_s else "read"
            raise DeadlineExceeded("nothing came on the stream in time", phase=phase, reached=Reach.YES)
        await self._clock.sleep_until(self._due_s)
        step, number = self._step, self._next
        if number < len(step.messages):
            self._next += 1
            self._due_s += step.every_s
            return step.messages[number]
        if step.failure is not None:
            raise step.failure.error()
        self._trailers = Headers.of(step.trailers.items())
        return None

    async def end(self) -> None:
        """Note that nothing more is sent."""
        self.ended = True

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


class ScriptedBody:
    """A body in chunks of up to 16 bytes."""

    def __init__(self, body: bytes, trailers: Headers = NO_HEADERS) -> None:
        self._body = body
        self._told = trailers
        self.closed = False
        self.trailers = NO_HEADERS

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks."""
        for start in range(0, len(self._body), 16):
            yield self._body[start : start + 16]
        self.trailers = self._told

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


_NO_REQUEST = Request("", "")


def _failure_s(failure: Failure) -> float:
    return math.inf if failure.kind == "hang" else failure.after_s


def _in_order(steps: tuple[Step, ...]) -> Callable[[Request, int], Step]:
    played = steps or (Answer(json={}),)
    return lambda _request, number: played[min(number, len(played) - 1)]
