"""What follows a `101 Switching Protocols`: bytes in both directions, plain and behind TLS."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import threading
from typing import Any, Self

import pytest

from intertie.adapters.http1 import TransportLimits, blocking_duplex
from intertie.core.errors import (
    CallError,
    DeadlineExceeded,
    MappingError,
    ProtocolError,
    RateLimited,
    Reach,
    ReadError,
    WriteError,
)
from intertie.runtime.http import Request
from intertie.runtime.plan import ProxyOptions
from intertie.runtime.stepping import run_blocking
from support.bad_servers import Behaviour, Peer, serving
from support.pace import PATIENCE_S
from support.proxies import proxying
from support.ways import GET, Caller, Certified, Way

SWITCH = Request("GET", "/chat", (("X-Mine", "1"),), upgrade="echo")
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX-Theirs: 2\r\n\r\n"
MEGABYTE = 1024 * 1024
ONE = TransportLimits(max_connections=1)


@pytest.fixture(params=["plain", "tls"])
def line(request: pytest.FixtureRequest) -> str:
    return request.param


def run(way: Way, line: str, certified: Certified, behave: Behaviour, work: Any, **options: Any) -> None:
    secure = line == "tls"
    with serving(behave, tls=certified.server if secure else None) as server:
        way.run(
            server.port,
            work,
            scheme="https" if secure else "http",
            tls=certified.client if secure else None,
            **options,
        )


def switch(peer: Peer, behind: bytes = b"") -> None:
    """Read the request, switch, and send the first bytes with the head."""
    head = peer.read_head()
    assert b"\r\nConnection: Upgrade\r\nUpgrade: echo" in head
    peer.send(SWITCHED + behind)


def echo(peer: Peer) -> None:
    """Switch, then send back what comes until the client ends."""
    switch(peer)
    while data := peer.sock.recv(65536):
        peer.send(data)


class Talk:
    """A stream with patience for every deadline."""

    def __init__(self, http: Caller, stream: Any) -> None:
        self.http = http
        self.stream = stream

    async def send(self, data: bytes, *, within_s: float = PATIENCE_S) -> None:
        await self.stream.send(data, deadline_s=self.http.clock.monotonic_s() + within_s)

    async def receive(self, *, within_s: float = PATIENCE_S, idle_s: float = PATIENCE_S) -> bytes | None:
        return await self.stream.receive(deadline_s=self.http.clock.monotonic_s() + within_s, idle_s=idle_s)

    async def take(self, count: int) -> bytes:
        """Receive until exactly `count` bytes have come."""
        taken = bytearray()
        while len(taken) < count:
            piece = await self.receive()
            assert piece, "it ended early"
            taken += piece
        assert len(taken) == count
        return bytes(taken)


async def talking(http: Caller) -> Talk:
    return Talk(http, await http.open_stream(SWITCH))


def test_bytes_go_both_ways_and_none_behind_the_head_is_lost(way: Way, line: str, certified: Certified) -> None:
    """A stream carries bytes in both directions; those that came with the head of the 101 come first."""

    def behave(peer: Peer) -> None:
        switch(peer, b"hello ")
        peer.send(b"there")
        while data := peer.sock.recv(65536):
            peer.send(data.upper())

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert (talk.stream.head.status, talk.stream.head.headers.get("x-theirs")) == (101, "2")
        assert await talk.take(11) == b"hello there"
        for message in (b"one", b"", b"two" * 50_000):
            await talk.send(message)
            if message:
                assert await talk.take(len(message)) == message.upper()
        assert len(talk.stream.trailers) == 0
        assert http.transport.statistics()["open"] == 1
        assert http.transport.statistics()["idle"] == 0
        await talk.stream.aclose()
        await talk.stream.aclose()
        assert http.transport.statistics()["open"] == 0

    run(way, line, certified, behave, work)


def test_what_came_before_the_other_side_closed_is_read_to_its_end(
    way: Way, line: str, certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have ended and the service is gone when we read, a few bytes at a time: all of it is there, then None."""
    monkeypatch.setattr(blocking_duplex, "READ_BYTES", 16)
    gone = threading.Event()

    def behave(peer: Peer) -> None:
        switch(peer)
        while peer.sock.recv(65536):
            pass
        for _ in range(3):
            peer.send(b"late ")
        if isinstance(peer.sock, ssl.SSLSocket):
            peer.sock.unwrap()
        peer.close()
        gone.set()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        await talk.stream.end()
        while not gone.is_set():
            await http.pause(0.001)
        assert await talk.take(15) == b"late late late "
        assert await talk.receive() is None
        await talk.stream.aclose()

    run(way, line, certified, behave, work)


def test_one_side_may_end_before_the_other(way: Way, line: str, certified: Certified) -> None:
    """After `end` the service sees the end of what we send, and what it still sends arrives; then comes None."""
    seen: list[bytes] = []

    def behave(peer: Peer) -> None:
        switch(peer)
        received = b""
        while data := peer.sock.recv(65536):
            received += data
        seen.append(received)
        for _ in range(3):
            peer.send(b"late ")
        if isinstance(peer.sock, ssl.SSLSocket):
            peer.sock.unwrap()
        peer.close()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        await talk.send(b"last words")
        await talk.stream.end()
        await talk.stream.end()
        assert await talk.take(15) == b"late late late "
        assert await talk.receive() is None
        assert await talk.receive() is None
        with pytest.raises(RuntimeError, match="after its end"):
            await talk.send(b"more")
        assert seen == [b"last words"]
        await talk.stream.aclose()

    run(way, line, certified, behave, work)


def test_the_service_may_end_first(way: Way, line: str, certified: Certified) -> None:
    """Where the service ends its side, `receive` says so, and what we send still arrives."""
    got = threading.Event()

    def behave(peer: Peer) -> None:
        switch(peer)
        if isinstance(peer.sock, ssl.SSLSocket):
            peer.sock.setblocking(False)
            with contextlib.suppress(ssl.SSLWantReadError):
                peer.sock._sslobj.shutdown()
            peer.sock.setblocking(True)
        else:
            peer.sock.shutdown(socket.SHUT_WR)
        assert peer.sock.recv(100) == b"still here"
        got.set()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert await talk.receive() is None
        await talk.send(b"still here")
        await http.until(got.is_set)
        await talk.stream.aclose()

    run(way, line, certified, behave, work)


def test_what_nobody_receives_waits_at_the_service(way: Way, line: str, certified: Certified) -> None:
    """Memory holds a bounded part of what comes; the rest waits, and arrives whole when it is asked for."""
    whole = bytes(range(256)) * (32 * 1024)
    limits = TransportLimits(stream_buffer_bytes=100_000)

    def behave(peer: Peer) -> None:
        switch(peer)
        peer.send(whole)
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        held = talk.stream._duplex
        if way.name != "blocking":  # there, nothing is read before somebody receives
            await http.until(lambda: len(held._held) > 100_000)
            for _ in range(20):
                await http.pause(0.001)
            assert len(held._held) <= 100_000 + 300_000
        received = bytearray()
        while len(received) < len(whole):
            piece = await talk.receive()
            assert piece
            assert len(piece) <= 100_000 + 300_000
            received += piece
            assert len(held._held) <= 100_000 + 300_000  # one read more than the bound
        assert bytes(received) == whole
        await talk.stream.aclose()

    run(way, line, certified, behave, work, limits=limits)


def test_who_only_sends_still_reads(way: Way, line: str, certified: Certified) -> None:
    """Two sides that both send don't wait for each other, as far as the buffer reaches; nor do they after a talk."""
    whole = b"x" * (8 * MEGABYTE)

    def behave(peer: Peer) -> None:
        switch(peer)
        peer.send(b"first")
        assert peer.take(5) == b"first"
        peer.send(whole)
        assert peer.take(len(whole)) == whole
        peer.send(b"done")
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert await talk.take(5) == b"first"
        await talk.send(b"first")
        await talk.send(whole)
        assert (await talk.take(len(whole) + 4))[-4:] == b"done"
        await talk.stream.aclose()

    run(way, line, certified, behave, work, limits=TransportLimits(stream_buffer_bytes=16 * MEGABYTE))


class Watched(bytearray):
    """A buffer that remembers how much it held at most."""

    most = 0

    def __iadd__(self, data: bytes) -> Self:
        self.extend(data)
        self.most = max(self.most, len(self))
        return self


def test_who_only_sends_reads_within_bounds(way: Way, line: str, certified: Certified) -> None:
    """What a sender reads meanwhile is bounded as well: beyond that both sides wait, until its deadline."""

    def behave(peer: Peer) -> None:
        switch(peer)
        peer.send(b"x" * (64 * MEGABYTE))
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        talk.stream._duplex._held = held = Watched()
        with pytest.raises(DeadlineExceeded):
            await talk.send(b"x" * (16 * MEGABYTE), within_s=0.3)
        assert held.most <= 100_000 + 300_000
        await talk.stream.aclose()

    run(way, line, certified, behave, work, limits=TransportLimits(stream_buffer_bytes=100_000))


def test_silence_is_told_and_changes_nothing(way: Way, line: str, certified: Certified) -> None:
    """A receive that gets nothing in time says which time it was; the next one gets what comes."""
    speak = threading.Event()

    def behave(peer: Peer) -> None:
        switch(peer)
        assert speak.wait(PATIENCE_S)
        peer.send(b"at last")
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        for times, phase in (({"idle_s": 0.02}, "read"), ({"within_s": 0.02}, "total"), ({"within_s": -1.0}, "total")):
            with pytest.raises(DeadlineExceeded) as caught:
                await talk.receive(**times)
            assert caught.value.phase == phase
        speak.set()
        assert await talk.take(7) == b"at last"
        await talk.stream.aclose()

    run(way, line, certified, behave, work)


def test_a_message_half_out_ends_the_stream(way: Way, line: str, certified: Certified) -> None:
    """A send that runs out of time in the middle can't be taken back: the stream is closed, its place comes back."""

    def behave(peer: Peer) -> None:
        switch(peer)
        peer.hang()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        with pytest.raises(DeadlineExceeded) as caught:
            await talk.send(b"x" * (16 * MEGABYTE), within_s=0.1)
        assert (caught.value.phase, caught.value.reached) == ("write", Reach.MAYBE)
        assert http.transport.statistics()["open"] == 0
        with pytest.raises(WriteError):
            await talk.send(b"more")
        with pytest.raises(ReadError):
            await talk.receive()
        await talk.stream.aclose()

    run(way, line, certified, behave, work)


def test_a_stream_that_breaks_off_is_an_error_and_not_an_end(way: Way, line: str, certified: Certified) -> None:
    """After a reset what had come is received first, then a ReadError; sending is a WriteError."""
    break_off = threading.Event()

    def behave(peer: Peer) -> None:
        switch(peer, b"begun")
        assert break_off.wait(PATIENCE_S)
        peer.reset()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert await talk.take(5) == b"begun"
        break_off.set()
        await http.until(lambda: server_ended[0].ended)
        with pytest.raises(ReadError) as caught:
            await talk.receive()
        assert caught.value.reached is Reach.YES
        with pytest.raises(WriteError):
            await talk.send(b"x")
        await talk.stream.aclose()

    server_ended: list[Any] = []
    secure = line == "tls"
    with serving(behave, tls=certified.server if secure else None) as server:
        server_ended.append(server)
        tls = certified.client if secure else None
        way.run(server.port, work, scheme="https" if secure else "http", tls=tls)


def test_tls_that_ends_without_its_goodbye_is_no_end(way: Way, certified: Certified) -> None:
    """Behind TLS a connection that merely closes was cut off: bytes may be missing, so it is an error."""

    def behave(peer: Peer) -> None:
        switch(peer, b"begun")
        peer.close()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert await talk.take(5) == b"begun"
        with pytest.raises(ReadError):
            await talk.receive()
        await talk.stream.aclose()

    run(way, "tls", certified, behave, work)


def test_another_answer_is_handed_over_to_be_judged(way: Way, line: str, certified: Certified) -> None:
    """A service that does not switch gives an ordinary answer, whole, and its connection is used again."""

    def behave(peer: Peer) -> None:
        peer.answer(b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nContent-Length: 4\r\n\r\nnope")
        peer.answer()

    async def work(http: Caller) -> None:
        answer = await http.open_stream(SWITCH)
        assert (answer.status, answer.body) == (426, b"nope")
        assert (await http.call()).body == b"hello"
        assert http.transport.statistics()["opened_total"] == 1

    run(way, line, certified, behave, work)


def test_provisional_answers_may_come_before_the_switch(way: Way) -> None:
    """A 103 before the 101 is passed over."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + SWITCHED + b"now")
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert talk.stream.head.headers.get("link") is None
        assert await talk.take(3) == b"now"
        await talk.stream.aclose()

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize(
    "head",
    [
        SWITCHED.replace(b"echo", b"other"),
        SWITCHED.replace(b"Upgrade: echo\r\n", b""),
        SWITCHED.replace(b"Connection: Upgrade\r\n", b""),
        SWITCHED.replace(b"HTTP/1.1 101", b"HTTP/1.0 101"),
        SWITCHED.replace(b"X-Theirs: 2", b"X-Theirs: " + b"2" * 70_000),
        SWITCHED.replace(b"X-Theirs: 2\r\n", b"X: 2\r\n" * 101),
    ],
    ids=["other", "no-upgrade", "no-connection", "old", "long", "many"],
)
def test_a_switch_to_something_else_is_refused(way: Way, head: bytes) -> None:
    """A 101 must name the protocol that was asked for, within the bounds of any head; the connection is closed."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(head)
        peer.until_closed()

    async def work(http: Caller) -> None:
        with pytest.raises(ProtocolError):
            await http.open_stream(SWITCH)
        assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        way.run(server.port, work)


def test_nothing_comes_of_a_head_that_never_comes(way: Way) -> None:
    """Opening is bounded as an exchange is, and the connection is closed."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.hang()

    async def work(http: Caller) -> None:
        with pytest.raises(DeadlineExceeded) as caught:
            await http.open_stream(SWITCH, read_s=0.05)
        assert (caught.value.phase, caught.value.reached) == ("read", Reach.MAYBE)
        assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_stream_keeps_its_place_until_it_is_closed(way: Way) -> None:
    """The connection of a stream counts among the pool's and is never handed to anybody else."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        assert http.transport.connect_nowait() is None
        with pytest.raises(DeadlineExceeded, match="in use"):
            await http.connect(total_s=0.02)
        await talk.send(b"mine")
        assert await talk.take(4) == b"mine"
        await talk.stream.aclose()
        assert (await http.call()).status == 200

    def behave(peer: Peer) -> None:
        if peer.number == 1:
            echo(peer)
        else:
            peer.answer()

    with serving(behave) as server:
        way.run(server.port, work, limits=ONE)


def test_a_forgotten_stream_warns_and_gives_its_place_back(way: Way) -> None:
    """A stream that is collected unclosed warns, and its place comes back."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        with pytest.warns(ResourceWarning, match="not closed"):  # noqa: PT031  # collecting twice is no harm
            del talk
            gc.collect()
        await http.pause(0.01)
        http.transport.connect_nowait()
        assert http.transport.statistics()["open"] == 0

    with serving(echo) as server:
        way.run(server.port, work)


def test_the_closing_transport_leaves_a_stream_alone(way: Way) -> None:
    """A transport that closes lets a stream that is open end in its own time."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        await http.transport.aclose()
        await talk.send(b"yet")
        assert await talk.take(3) == b"yet"
        await talk.stream.aclose()

    with serving(echo) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("refuses", [False, True])
def test_opening_tells_its_departure(way: Way, line: str, certified: Certified, refuses: bool) -> None:
    """Opening a stream tells both instants once; a refusal at the first one spares the connection."""
    seen: list[str] = []

    class Watch:
        def departing(self) -> None:
            seen.append("departing")
            if refuses:
                raise RateLimited("too late")

        def departed(self) -> None:
            seen.append("departed")

    async def work(http: Caller) -> None:
        if refuses:
            with pytest.raises(RateLimited):
                await http.open_stream(SWITCH, departure=Watch())
            assert seen == ["departing"]
            assert http.transport.statistics()["idle"] == 1
        else:
            stream = await http.open_stream(SWITCH, departure=Watch())
            assert seen == ["departing", "departed"]
            await stream.aclose()

    run(way, line, certified, echo, work)


def test_a_switch_belongs_to_a_stream(way: Way) -> None:
    """An exchange can't switch and a stream must: either mistake is a bug that says so and costs no connection."""

    async def work(http: Caller) -> None:
        for work_on in (http.call(SWITCH), http.open_stream(GET)):
            with pytest.raises(RuntimeError, match="switch"):
                await work_on
            assert http.transport.statistics()["idle"] == 1

    with serving(echo) as server:
        way.run(server.port, work)


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/", upgrade="two words"),
        Request("GET", "/", upgrade=""),
        Request("GET", "/", upgrade="a\r\nX: y"),
        Request("GET", "/", (("Connection", "close"),), upgrade="echo"),
        Request("GET", "/", (("Upgrade", "echo"),), upgrade="echo"),
    ],
)
def test_a_switch_that_cannot_be_asked_for_is_not(way: Way, request_: Request) -> None:
    """A protocol's name is a token, and the fields of the switch are the transport's to write."""

    async def work(http: Caller) -> None:
        with pytest.raises(MappingError):
            await http.open_stream(request_)
        assert http.transport.statistics()["idle"] == 1

    with serving(echo) as server:
        way.run(server.port, work)
        assert server.heads == []


def test_a_stream_goes_through_a_tunnel(way: Way, certified: Certified) -> None:
    """A proxy that opens a tunnel carries a stream as it carries exchanges."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        await talk.send(b"x" * 300_000)
        assert await talk.take(300_000) == b"x" * 300_000
        await talk.stream.end()
        assert await talk.receive() is None
        await talk.stream.aclose()

    def behave(peer: Peer) -> None:
        echo(peer)
        peer.sock.unwrap()
        peer.close()

    with proxying() as proxy:
        run(way, "tls", certified, behave, work, proxy=ProxyOptions("127.0.0.1", proxy.port))


# Several at once: tasks on a loop, threads on blocking sockets.


def frames(peer: Peer) -> None:
    """Switch; check that each message of 200,000 bytes is one letter throughout, and say how many came."""
    switch(peer)
    for _ in range(6):
        message = peer.take(200_000)
        assert len(set(message)) == 1
    peer.send(b"whole")
    peer.until_closed()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_messages_of_several_tasks_do_not_mix(loop: str, line: str, certified: Certified) -> None:
    """Each message leaves as one piece, whoever else sends, while another task receives."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        receiving = asyncio.create_task(talk.take(5))
        await asyncio.gather(*(talk.send(bytes([65 + number]) * 200_000) for number in range(6)))
        assert await receiving == b"whole"
        await talk.stream.aclose()

    run(Way(loop), line, certified, frames, work)


def test_messages_of_several_threads_do_not_mix(line: str, certified: Certified) -> None:
    """The same from threads; one receives meanwhile."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        received: list[bytes] = []
        threads = [
            threading.Thread(target=lambda letter=number: run_blocking(talk.send(bytes([65 + letter]) * 200_000)))
            for number in range(6)
        ]
        threads.append(threading.Thread(target=lambda: received.append(run_blocking(talk.take(5)))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert received == [b"whole"]
        await talk.stream.aclose()

    run(Way("blocking"), line, certified, frames, work)


def test_closing_wakes_a_thread_that_receives(line: str, certified: Certified) -> None:
    """Who waits on a stream that another thread closes is told so, and the place comes back after it has left."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        told: list[CallError] = []

        def receive() -> None:
            try:
                run_blocking(talk.receive())
            except CallError as error:
                told.append(error)

        thread = threading.Thread(target=receive)
        thread.start()
        await http.until(lambda: talk.stream._duplex._inside)
        await talk.stream.aclose()
        thread.join(PATIENCE_S)
        assert [type(error) for error in told] == [ReadError]
        assert http.transport.statistics()["open"] == 0

    run(Way("blocking"), line, certified, echo, work)


def last_message(read_on: threading.Event, whole: int) -> Behaviour:
    """Switch; read one message once it is stuck, see that the end comes behind it, and say so."""

    def behave(peer: Peer) -> None:
        switch(peer)
        assert read_on.wait(PATIENCE_S)
        assert peer.take(whole) == b"x" * whole
        assert peer.sock.recv(1) == b""
        peer.send(b"ok")
        peer.until_closed()

    return behave


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_end_waits_for_what_a_task_is_sending(loop: str, line: str, certified: Certified) -> None:
    """Saying the end while a message is under way cuts nothing off."""
    read_on = threading.Event()
    whole = 8 * MEGABYTE

    async def work(http: Caller) -> None:
        talk = await talking(http)
        sending = asyncio.create_task(talk.send(b"x" * whole))
        await asyncio.sleep(0.01)
        assert not sending.done()
        await talk.stream.end()
        read_on.set()
        await sending
        assert await talk.take(2) == b"ok"
        await talk.stream.aclose()

    run(Way(loop), line, certified, last_message(read_on, whole), work)


def test_an_end_waits_for_what_a_thread_is_sending(line: str, certified: Certified) -> None:
    """The same from threads."""
    read_on = threading.Event()
    whole = 8 * MEGABYTE

    async def work(http: Caller) -> None:
        talk = await talking(http)
        sending = threading.Thread(target=lambda: run_blocking(talk.send(b"x" * whole)))
        sending.start()
        await http.until(lambda: talk.stream._duplex._sent_bytes)
        await talk.stream.end()
        read_on.set()
        assert await talk.take(2) == b"ok"
        sending.join(PATIENCE_S)
        await talk.stream.aclose()

    run(Way("blocking"), line, certified, last_message(read_on, whole), work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_cancelled_receive_loses_nothing(loop: str, line: str, certified: Certified) -> None:
    """Cancelling who receives leaves what comes later to the next one."""

    async def work(http: Caller) -> None:
        talk = await talking(http)
        for number in range(3):
            waiting = asyncio.create_task(talk.receive())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            message = b"message %d" % number
            await talk.send(message)
            assert await talk.take(9) == message
        await talk.stream.aclose()

    run(Way(loop), line, certified, echo, work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_cancelled_send_leaves_whole(loop: str, line: str, certified: Certified) -> None:
    """Cancelling a send that has begun tears no message: it goes out, and the next one behind it."""
    read_on = threading.Event()
    whole = 8 * MEGABYTE

    def behave(peer: Peer) -> None:
        switch(peer)
        assert read_on.wait(PATIENCE_S)
        assert peer.take(whole) == b"x" * whole
        assert peer.take(4) == b"next"
        peer.send(b"ok")
        peer.until_closed()

    async def work(http: Caller) -> None:
        talk = await talking(http)
        sending = asyncio.create_task(talk.send(b"x" * whole))
        await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        # Behind what is stuck, one that has no time: nothing of it has left, and the stream stands.
        with pytest.raises(DeadlineExceeded) as caught:
            await talk.send(b"never", within_s=0.01)
        assert (caught.value.phase, caught.value.reached) == ("write", Reach.NO)
        read_on.set()
        await talk.send(b"next")
        assert await talk.take(2) == b"ok"
        await talk.stream.aclose()

    run(Way(loop), line, certified, behave, work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_cancelled_opening_leaves_nothing(loop: str) -> None:
    """Cancelling an opening, even in the turn in which the 101 comes, gives the place back."""
    switch_now = threading.Event()

    def behave(peer: Peer) -> None:
        peer.read_head()
        if peer.number > 1:
            switch_now.set()
            peer.send(SWITCHED)
        peer.until_closed()

    async def work(http: Caller) -> None:
        for turns in range(6):
            opening = asyncio.create_task(http.open_stream(SWITCH))
            await http.until(lambda: len(server.heads) == turns + 1)  # noqa: B023
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            try:
                stream = await opening
            except asyncio.CancelledError:
                pass
            else:
                await stream.aclose()
            assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        Way(loop).run(server.port, work)


def test_a_plain_answer_to_an_exchange_may_not_switch(way: Way) -> None:
    """A 101 that nobody asked for is a broken answer, whatever it names."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(SWITCHED)
        peer.until_closed()

    async def work(http: Caller) -> None:
        assert isinstance(await http.fail(), ProtocolError)

    with serving(behave) as server:
        way.run(server.port, work)
