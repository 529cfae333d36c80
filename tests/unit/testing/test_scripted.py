"""The scripted transport keeps the same contract as a real one."""

from __future__ import annotations

import pytest

from intertie.core.errors import DeadlineExceeded, ProtocolError, RateLimited, Reach, ReadError, WriteError
from intertie.runtime.http import Request
from intertie.runtime.stepping import run_blocking
from intertie.testing import Answer, Failure, ScriptedConnection, ScriptedTransport, Stream, VirtualClock

ASK = Request("GET", "/chat", upgrade="echo")


class Watch:
    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.seen: list[str] = []

    def departing(self) -> None:
        self.seen.append("departing")
        if self.refusal is not None:
            raise self.refusal

    def departed(self) -> None:
        self.seen.append("departed")


class Script:
    """A transport that plays steps, and what tests ask of it."""

    def __init__(self, *steps: object) -> None:
        self.clock = VirtualClock()
        self.transport = ScriptedTransport(self.clock, steps)

    @property
    def connection(self) -> ScriptedConnection:
        found = self.transport.connect_nowait()
        assert found is not None
        return found

    def times(self) -> dict[str, float]:
        now_s = self.clock.monotonic_s()
        return {"write_deadline_s": now_s + 5, "read_timeout_s": 5, "deadline_s": now_s + 10}

    def exchange(self, request: Request = ASK, **options: object) -> object:
        return run_blocking(self.connection.exchange(request, **self.times(), **options))

    def open_stream(self, **options: object) -> object:
        return run_blocking(self.connection.open_stream(ASK, **self.times(), **options))

    def receive(self, stream: object, *, within_s: float = 60.0, idle_s: float = 60.0) -> bytes | None:
        deadline_s = self.clock.monotonic_s() + within_s
        return run_blocking(stream.receive(deadline_s=deadline_s, idle_s=idle_s))

    def send(self, stream: object, data: bytes) -> None:
        run_blocking(stream.send(data, deadline_s=self.clock.monotonic_s() + 1))


def test_a_stream_is_played_in_its_own_time() -> None:
    """Messages come as far apart as the script says; what we send, and our end, are noted with the request."""
    script = Script(Stream((b"one", b"two"), headers={"X-Theirs": "2"}, latency_s=1, every_s=10, trailers={"A": "b"}))
    stream = script.open_stream()
    began_s = script.clock.monotonic_s()
    assert (stream.head.status, stream.head.headers.get("x-theirs")) == (101, "2")
    with pytest.raises(DeadlineExceeded) as caught:
        script.receive(stream, idle_s=4)
    assert caught.value.phase == "read"
    with pytest.raises(DeadlineExceeded) as caught:
        script.receive(stream, within_s=4)
    assert caught.value.phase == "total"
    assert script.receive(stream) == b"one"
    assert script.receive(stream) == b"two"
    assert len(stream.trailers) == 0
    assert script.receive(stream) is None
    assert list(stream.trailers) == [("a", "b")]
    assert script.clock.monotonic_s() - began_s == pytest.approx(30)
    script.send(stream, b"mine")
    run_blocking(stream.end())
    with pytest.raises(RuntimeError):
        script.send(stream, b"more")
    received = script.transport.received[0]
    assert received.stream is stream
    assert (stream.sent, stream.ended, stream.closed) == ([b"mine"], True, False)


def test_a_stream_may_break_off_and_is_silent_once_closed() -> None:
    """A failure comes behind the messages; a stream that we closed neither sends nor receives."""
    script = Script(Stream((b"one",), failure=Failure("read", reached=Reach.YES)))
    stream = script.open_stream()
    assert script.receive(stream) == b"one"
    with pytest.raises(ReadError):
        script.receive(stream)
    run_blocking(stream.aclose())
    with pytest.raises(ReadError):
        script.receive(stream)
    with pytest.raises(WriteError):
        script.send(stream, b"late")


def test_an_answer_refuses_a_stream_and_a_stream_is_no_answer() -> None:
    """A script answers who asks for a stream as a service would, and never gives one to who did not ask."""
    script = Script(Answer(426, body=b"no"), Stream())
    assert script.open_stream().status == 426
    with pytest.raises(ProtocolError):
        script.exchange()


@pytest.mark.parametrize("opens", [False, True])
def test_departures_are_told_as_by_a_real_transport(opens: bool) -> None:
    """Both instants come once and in order; a refusal sends nothing, and a write that breaks has not departed."""
    for step, seen in (
        (Answer(json={}), ["departing", "departed"]),
        (Failure("read"), ["departing", "departed"]),
        (Failure("write"), ["departing"]),
    ):
        script, watch = Script(step), Watch()
        try:
            (script.open_stream if opens else script.exchange)(departure=watch)
        except (ReadError, WriteError):
            assert isinstance(step, Failure)
        assert watch.seen == seen
    script = Script()
    with pytest.raises(RateLimited):
        (script.open_stream if opens else script.exchange)(departure=Watch(RateLimited("late")))
    assert (script.transport.received, script.transport.released) == ([], 1)


def test_trailers_come_behind_the_body() -> None:
    """An answer's trailers stand on it; of a streamed one they come once its body was read."""
    script = Script(Answer(body=b"x" * 40, trailers={"X-Sum": "7"}))
    assert list(script.exchange().trailers) == [("x-sum", "7")]
    response = script.exchange(stream=True)
    assert len(response.trailers) == len(response.stream.trailers) == 0

    async def read() -> bytes:
        return b"".join([piece async for piece in response.stream])

    assert run_blocking(read()) == b"x" * 40
    assert list(response.stream.trailers) == [("x-sum", "7")]
