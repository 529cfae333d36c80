"""The two instants between which a request leaves, on plain sockets, behind TLS and through a proxy."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from intertie.adapters.http1 import TransportLimits
from intertie.core.errors import CallError, DeadlineExceeded, RateLimited, Reach, WriteError
from intertie.runtime.http import Request
from intertie.runtime.plan import ProxyOptions
from support.bad_servers import HELLO, OK, Behaviour, Peer, always, serving
from support.pace import PATIENCE_S
from support.proxies import proxying
from support.ways import GET, Caller, Certified, Way

LARGE = b"x" * (12 * 1024 * 1024)
"""More than any socket buffers: a part of it always waits."""


@dataclass
class Watch:
    """A departure that notes what was known at each instant."""

    server: object = None
    refusal: BaseException | None = None
    seen: list[str] = field(default_factory=list)
    heads_before: int | None = None

    def departing(self) -> None:
        self.seen.append("departing")
        if self.server is not None:
            self.heads_before = len(self.server.heads)
        if self.refusal is not None:
            raise self.refusal

    def departed(self) -> None:
        self.seen.append("departed")


LINES = ("plain", "tls", "passed on", "tunnel")


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest, certified: Certified) -> str:
    return request.param


def run(way: Way, line: str, behave: Behaviour, certified: Certified, work: object) -> None:
    """Run `work(http, server)` over one kind of line."""
    secure = line in ("tls", "tunnel")
    proxied = line in ("passed on", "tunnel")
    with serving(behave, tls=certified.server if secure else None) as server, proxying() as proxy:

        async def whole(http: Caller) -> None:
            await work(http, server)

        way.run(
            server.port,
            whole,
            scheme="https" if secure else "http",
            tls=certified.client if secure else None,
            proxy=ProxyOptions("127.0.0.1", proxy.port) if proxied else None,
        )


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


@pytest.mark.parametrize("line", ["plain", "tls"])
def test_a_body_in_pieces_waits_for_a_head_of_any_size(way: Way, line: str, certified: Certified) -> None:
    """Nothing is asked of the caller's iterator before the whole head has left, in however many parts it does."""
    request_, seen = Request("POST", "/", (("X-Large", LARGE.decode()),)), []

    def behave(peer: Peer) -> None:
        received = bytearray()
        while not received.endswith(b"3\r\none\r\n0\r\n\r\n"):
            received += peer.sock.recv(1 << 20)
        peer.send(HELLO)
        peer.until_closed()

    async def work(http: Caller, server: object) -> None:
        watch = Watch()

        async def watched() -> AsyncIterator[bytes]:
            seen.append(list(watch.seen))
            yield b"one"

        assert (await http.call(replace(request_, body=watched()), departure=watch)).body == b"hello"

    run(way, line, behave, certified, work)
    assert seen == [["departing", "departed"]]


BODIES = {
    "none": Request("GET", "/"),
    "small": Request("POST", "/", body=b"small"),
    "large": Request("POST", "/", body=b"y" * 600_000),
    "expect": Request("POST", "/", body=b"expected", expect_continue=True),
}
# The small proxy does not pass provisional answers on.
EACH = [(line, body) for line in LINES for body in BODIES if (line, body) != ("passed on", "expect")]


@pytest.mark.parametrize(("line", "body"), EACH)
def test_both_instants_come_once_in_each_exchange(way: Way, line: str, body: str, certified: Certified) -> None:
    """Each exchange tells each instant once and in order, the first before the service has seen a byte."""
    request_ = BODIES[body]

    def behave(peer: Peer) -> None:
        while True:
            if request_.expect_continue:
                head = peer.read_head()
                peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                peer.take(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
                peer.send(HELLO)
            else:
                peer.answer()

    async def work(http: Caller, server: object) -> None:
        for turn in range(3):
            watch = Watch(server)
            assert (await http.call(request_, departure=watch)).body == b"hello"
            assert watch.seen == ["departing", "departed"]
            assert watch.heads_before == turn

    run(way, line, behave, certified, work)


def test_a_refusal_at_the_last_moment_sends_nothing_and_spares_the_connection(
    way: Way, line: str, certified: Certified
) -> None:
    """What `departing` raises ends the exchange: the caller gets that very error, and the connection is used again."""

    async def work(http: Caller, server: object) -> None:
        await http.call()
        for refusal in (RateLimited("too late"), KeyError("a bug")):
            with pytest.raises(type(refusal)) as caught:
                await http.call(departure=Watch(refusal=refusal))
            assert caught.value is refusal
            if isinstance(refusal, CallError):
                assert refusal.reached is Reach.NO
            assert http.transport.statistics()["idle"] == 1
        watch = Watch()
        assert (await http.call(departure=watch)).status == 200
        assert len(server.heads) == 2
        assert http.transport.statistics()["opened_total"] == 1

    run(way, line, always(HELLO), certified, work)


def test_a_fresh_connection_survives_a_refusal_too(way: Way) -> None:
    """A connection on which nothing was ever sent goes back as fresh as it was."""

    async def work(http: Caller) -> None:
        connection = await http.connect()
        with pytest.raises(RateLimited):
            await http.call(on=connection, departure=Watch(refusal=RateLimited("no")))
        again = http.transport.connect_nowait(fresh=True)
        assert again is not None
        assert again.fresh
        again.release()

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


def test_an_exchange_that_never_began_tells_nothing(way: Way) -> None:
    """Where the head can't be written, or no time is left, neither instant is told."""

    async def work(http: Caller) -> None:
        for request, total_s in ((Request("GET", "no path"), PATIENCE_S), (GET, -1.0)):
            watch = Watch()
            connection = await http.connect()
            with pytest.raises(CallError) as caught:
                await http.call(request, on=connection, total_s=total_s, departure=watch)
            assert caught.value.reached is Reach.NO
            assert watch.seen == []

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


def test_a_connection_that_went_stale_in_our_hands_tells_nothing(way: Way) -> None:
    """A connection that its server closed between connect and exchange is noticed before anybody is asked."""

    async def work(http: Caller) -> None:
        await http.call()
        connection = await http.connect()
        leave.set()
        await http.until(lambda: server.ended)
        await http.pause(0.005)
        watch = Watch()
        with pytest.raises(WriteError) as caught:
            await http.call(on=connection, departure=watch)
        assert caught.value.reached is Reach.NO
        assert watch.seen == []

    def behave(peer: Peer) -> None:
        peer.answer()
        assert leave.wait(PATIENCE_S)
        peer.close()

    leave = threading.Event()
    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("line", ["plain", "tls"])
def test_a_request_that_is_not_taken_whole_has_not_departed(way: Way, line: str, certified: Certified) -> None:
    """Where the service stops reading, time runs out with the last byte still here: the second instant never comes."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.hang()

    async def work(http: Caller, server: object) -> None:
        watch = Watch()
        error = await http.fail(Request("POST", "/", body=LARGE), write_s=0.2, departure=watch)
        assert isinstance(error, DeadlineExceeded)
        assert error.phase == "write"
        assert watch.seen == ["departing"]

    run(way, line, behave, certified, work)


@pytest.mark.parametrize("line", ["plain", "tls"])
def test_the_last_byte_departs_when_the_kernel_takes_it(way: Way, line: str, certified: Certified) -> None:
    """A body larger than the buffers departs once the service has read on, and not when it was handed to the loop."""
    go_on = threading.Event()
    order: list[str] = []

    class Ordered(Watch):
        def departing(self) -> None:
            order.append("departing")
            go_on.set()

        def departed(self) -> None:
            order.append("departed")

    def behave(peer: Peer) -> None:
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # or it grows until the rest fits
        peer.read_head()
        assert go_on.wait(PATIENCE_S)
        peer.take(len(LARGE) // 2)
        order.append("half")
        peer.take(len(LARGE) - len(LARGE) // 2)
        peer.send(HELLO)

    async def work(http: Caller, server: object) -> None:
        assert (await http.call(Request("POST", "/", body=LARGE), departure=Ordered())).status == 200
        assert order == ["departing", "half", "departed"]

    run(way, line, behave, certified, work)


@pytest.mark.parametrize("line", ["plain", "tls"])
def test_a_broken_write_has_not_departed(way: Way, line: str, certified: Certified) -> None:
    """Where the connection breaks in the middle of the request, only the first instant was told."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.take(1000)
        peer.reset()

    async def work(http: Caller, server: object) -> None:
        watch = Watch()
        error = await http.fail(Request("POST", "/", body=LARGE), departure=watch)
        assert isinstance(error, WriteError)
        assert watch.seen == ["departing"]

    run(way, line, behave, certified, work)


def test_an_early_answer_leaves_the_rest_here(way: Way) -> None:
    """A final answer in the middle of a large body: the rest never leaves, so the request has not departed."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.take(1000)
        peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        peer.hang()

    async def work(http: Caller) -> None:
        watch = Watch()
        assert (await http.call(Request("POST", "/", body=LARGE), departure=watch)).status == 413
        assert watch.seen == ["departing"]

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_body_that_is_not_wanted_departs_with_its_head(way: Way) -> None:
    """A final answer instead of `100 Continue`: the head is all that is sent, and it has departed."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        peer.hang()

    async def work(http: Caller) -> None:
        watch = Watch()
        request = Request("POST", "/", body=b"unwanted", expect_continue=True)
        assert (await http.call(request, departure=watch)).status == 403
        assert watch.seen == ["departing", "departed"]

    with serving(behave) as server:
        way.run(server.port, work, limits=TransportLimits(continue_wait_s=PATIENCE_S))


@pytest.mark.parametrize("line", ["plain", "tls", "tunnel"])
@pytest.mark.parametrize("expects", [False, True])
def test_a_streamed_body_departs_with_its_head(way: Way, line: str, certified: Certified, expects: bool) -> None:
    """Of a body in pieces the head alone counts: it has departed before the first piece is asked for."""
    watch = Watch()
    seen_first: list[list[str]] = []

    async def told() -> AsyncIterator[bytes]:
        seen_first.append(list(watch.seen))
        yield b"piece"

    def behave(peer: Peer) -> None:
        if expects:
            peer.read_head()
            assert peer.server.heads
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer.take(len(b"5\r\npiece\r\n0\r\n\r\n"))
            peer.send(HELLO)
        else:
            peer.answer()

    async def work(http: Caller, server: object) -> None:
        request = Request("POST", "/", body=told(), expect_continue=expects)
        assert (await http.call(request, departure=watch)).status == 200
        assert seen_first == [["departing", "departed"]]
        assert watch.seen == ["departing", "departed"]

    run(way, line, behave, certified, work)


def test_a_streamed_answer_departs_as_any_other(way: Way) -> None:
    """A call that streams its answer tells both instants too."""

    async def work(http: Caller) -> None:
        watch = Watch()
        response = await http.call(Request("POST", "/", body=b"small"), stream=True, departure=watch)
        assert watch.seen == ["departing", "departed"]
        assert response.stream is not None
        assert [piece async for piece in response.stream] == [b"hello"]

    with serving(always(OK + b"Content-Length: 5\r\n\r\nhello")) as server:
        way.run(server.port, work)


def test_what_departed_raises_is_the_callers_to_see(way: Way, line: str, certified: Certified) -> None:
    """A listener that breaks its promise does not hang the exchange: its error comes out, the connection is closed."""

    class Broken(Watch):
        def departed(self) -> None:
            raise ZeroDivisionError

    async def work(http: Caller, server: object) -> None:
        for body in (None, b"z" * 3_000_000):
            with pytest.raises(ZeroDivisionError):
                await http.call(Request("POST", "/", body=body), departure=Broken())
        assert http.transport.statistics()["open"] == 0

    run(way, line, always(HELLO), certified, work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_single_byte_left_behind_counts(loop: str, line: str, certified: Certified) -> None:
    """The loop tells of any byte that the kernel has not taken: with a mark of one, the last one would pass for gone."""

    async def work(http: Caller, server: object) -> None:
        connection = await http.connect()
        assert connection._transport.get_write_buffer_limits() == (0, 0)
        connection.release()

    run(Way(loop), line, always(HELLO), certified, work)


class Refusing:
    """A socket whose kernel takes nothing more."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)

    def send(self, data: bytes) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("line", ["plain", "tls"])
def test_a_first_byte_that_the_kernel_refuses_reached_nobody(way: Way, line: str, certified: Certified) -> None:
    """Where the very first write fails, nothing has left, behind TLS as well: it was departing and has not departed."""

    async def work(http: Caller, server: object) -> None:
        connection = await http.connect()
        connection._sock = Refusing(connection._sock)
        watch = Watch()
        with pytest.raises(WriteError) as caught:
            await http.call(on=connection, departure=watch)
        assert caught.value.reached is Reach.NO
        assert watch.seen == ["departing"]
        assert http.transport.statistics()["open"] == 0

    run(way, line, always(HELLO), certified, work)
