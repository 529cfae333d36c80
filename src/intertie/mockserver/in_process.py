"""A mock without sockets: a `Transport` whose requests go straight into an engine, on whatever clock both share.

On virtual time an hour's quota or a breaker's timeout passes in a millisecond. What is written is what a socket would
carry, and the faults of a profile break an exchange where they would break a connection.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from msgspec.structs import replace

from intertie.adapters.http1.head import HeadEncoder
from intertie.core.clock import Clock
from intertie.core.errors import ConnectError, DeadlineExceeded, Reach, ReadError
from intertie.mockserver.engine import MockEngine
from intertie.mockserver.messages import Fault, FaultKind, MockReply, MockRequest
from intertie.runtime.http import NO_HEADERS, Departure, Headers, Request, Response
from intertie.runtime.plan import Origin

_CHUNK = 16_384


class MockTransport:
    """Connections to an engine in this process. Always one at hand, never a doubtful one.

    Args:
        engine: Answers; its clock must be `clock`.
        clock: Of the pipeline that sends.
        origin: That it stands for: the plan's own by default, or one of the others that the plan allows. The engine
            answers for all of them.
    """

    def __init__(self, engine: MockEngine, clock: Clock, *, origin: Origin | None = None) -> None:
        self.engine = engine
        self.clock = clock
        self.encoder = HeadEncoder((origin or engine.plan.origin).authority)
        self._connection = _MockConnection(self)
        self._closed = False
        self._used = 0

    def connect_nowait(self, *, fresh: bool = False) -> _MockConnection | None:
        """Return a connection; None once it was closed."""
        del fresh
        if self._closed:
            return None
        self._used += 1
        return self._connection

    async def connect(self, *, deadline_s: float, connect_timeout_s: float, fresh: bool = False) -> _MockConnection:
        """Return a connection; connecting takes no time.

        Raises:
            ConnectError: It was closed.
        """
        del deadline_s, connect_timeout_s
        found = self.connect_nowait(fresh=fresh)
        if found is None:
            raise ConnectError("the integration is closed, so nothing more is sent to its mock", reached=Reach.NO)
        return found

    def written_fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Return the fields of the head of `request`, in order; the credential's value is a mask."""
        return self.encoder.written_fields(request)

    async def aclose(self) -> None:
        """Let nothing more begin."""
        self._closed = True

    def statistics(self) -> dict[str, int]:
        """Return what a transport tells of itself."""
        return {"open": 1, "idle": 1, "waiting": 0, "opened_total": 1, "reused_total": self._used}


class _MockConnection:
    """The one connection of a `MockTransport`; it may be used by many calls at once."""

    def __init__(self, transport: MockTransport) -> None:
        self._transport = transport

    @property
    def fresh(self) -> bool:
        """Nothing goes stale in one process."""
        return True

    def release(self) -> None:
        """Nothing is held."""

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,  # noqa: ARG002  # writing takes no time
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
        departure: Departure | None = None,
    ) -> Response:
        """Hand the request to the engine and return its answer when it would come."""
        transport = self._transport
        engine, clock = transport.engine, transport.clock
        head = transport.encoder.encode(request).data
        if departure is not None:
            departure.departing()
        left_s = clock.monotonic_s()
        if departure is not None:
            departure.departed()  # writing takes no time
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = b"".join([piece async for piece in body])
        now_s = clock.monotonic_s()
        limit_s = min(now_s + read_timeout_s, deadline_s)
        reply = engine.handle(_as_received(head, body or b""), since_s=left_s)
        fault = reply.fault
        hangs = fault is not None and fault.kind is FaultKind.HANG
        answered = False
        try:
            head_s = now_s + reply.delay_s
            end_s = head_s + (_slow_s(reply, fault) if not stream else 0.0)
            if hangs or end_s > limit_s:
                began = not hangs and head_s <= limit_s
                await clock.sleep_until(limit_s)
                phase = "total" if deadline_s <= now_s + read_timeout_s else "read"
                reached = Reach.YES if began else Reach.MAYBE
                raise DeadlineExceeded("the mock did not answer in time", phase=phase, reached=reached)
            await clock.sleep_until(end_s)
            answered = True
        finally:
            if not answered:
                engine.flight_ended(reply.flight)
        if fault is not None and fault.kind is FaultKind.DISCONNECT_BEFORE_HEADERS:
            raise ReadError("the connection to the mock broke before an answer came", reached=Reach.MAYBE)
        answer = _response(request, reply, sent=len(head) + len(body or b""))
        if fault is not None and fault.kind in (FaultKind.DISCONNECT_AFTER_HEADERS, FaultKind.DISCONNECT_MID_BODY):
            broken = ReadError("the connection to the mock broke while its answer was read", reached=Reach.YES)
            if not stream:
                raise broken
            kept = answer.body[: len(answer.body) // 2] if fault.kind is FaultKind.DISCONNECT_MID_BODY else b""
            return replace(answer, body=b"", stream=_Body(kept, clock, 0.0, broken))
        if not stream:
            return answer
        rate = fault.bytes_per_second if fault is not None and fault.kind is FaultKind.SLOW_BODY else 0.0
        return replace(answer, body=b"", stream=_Body(answer.body, clock, rate, None))

    async def open_stream(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        departure: Departure | None = None,
    ) -> Response:
        """Return the engine's answer: it speaks HTTP alone, so it never switches."""
        return await self.exchange(
            request,
            write_deadline_s=write_deadline_s,
            read_timeout_s=read_timeout_s,
            deadline_s=deadline_s,
            departure=departure,
        )


class _Body:
    """The body of a streamed answer: in chunks, as slowly as the profile says, broken off where it says so."""

    def __init__(self, body: bytes, clock: Clock, bytes_per_second: float, broken: ReadError | None) -> None:
        self._body = body
        self._clock = clock
        self._rate = bytes_per_second
        self._broken = broken
        self._closed = False
        self.trailers = NO_HEADERS

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks."""
        for start in range(0, len(self._body), _CHUNK):
            if self._closed:
                return
            chunk = self._body[start : start + _CHUNK]
            if self._rate:
                await self._clock.sleep_until(self._clock.monotonic_s() + len(chunk) / self._rate)
            yield chunk
        if self._broken is not None:
            raise self._broken

    async def aclose(self) -> None:
        """Stop reading."""
        self._closed = True


def _as_received(head: bytes, body: bytes) -> MockRequest:
    """Return a request as the mock's server parses it from the wire."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    return MockRequest.of(method, target, ((name, value.strip()) for name, _, value in fields), body)


def _response(request: Request, reply: MockReply, *, sent: int) -> Response:
    body = b"" if request.method == "HEAD" or reply.status in (204, 304) else reply.body
    headers = Headers.of((*reply.headers, ("Content-Length", str(len(reply.body)))))
    received = sum(len(name) + len(value) + 4 for name, value in headers.raw) + len(body)
    return Response(reply.status, headers, body, bytes_sent=sent, bytes_received=received)


def _slow_s(reply: MockReply, fault: Fault | None) -> float:
    """Return how long the body takes where it trickles."""
    if fault is None or fault.kind is not FaultKind.SLOW_BODY:
        return 0.0
    return len(reply.body) / fault.bytes_per_second
