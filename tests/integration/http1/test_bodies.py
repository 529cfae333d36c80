"""Bodies in pieces, both ways: streamed answers, chunked requests, `100 Continue`."""

from __future__ import annotations

import gc
import gzip
import threading
import time
from collections.abc import AsyncIterator

import pytest

from intertie.adapters.http1 import TransportLimits
from intertie.core.errors import DeadlineExceeded, ProtocolError, Reach, ReadError, WriteError
from intertie.runtime.http import Request
from support.bad_servers import HELLO, OK, Peer, always, once, serving, then_hang, then_reset
from support.pace import PATIENCE_S, at_any_pace
from support.ways import GET, Caller, Way

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
IMPATIENT = TransportLimits(continue_wait_s=0.1)
PATIENT = TransportLimits(continue_wait_s=PATIENCE_S)


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


def test_a_streamed_answer_comes_with_its_head_and_in_pieces(way: Way) -> None:
    """A streamed call returns at the end of the head; its pieces come as they are sent, and the connection goes back."""

    def behave(peer: Peer) -> None:
        while True:
            peer.answer(CHUNKED)
            for piece in (b"one", b"two", b"three"):
                assert wanted.acquire(timeout=PATIENCE_S)
                peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            peer.send(b"0\r\n\r\n")

    wanted = threading.Semaphore(0)

    async def work(http: Caller) -> None:
        for _ in range(2):
            response = await http.call(stream=True)
            assert (response.status, response.body) == (200, b"")
            assert response.stream is not None
            assert http.transport.statistics()["idle"] == 0
            received = []
            wanted.release()
            async for piece in response.stream:
                received.append(piece)
                if len(received) < 3:
                    wanted.release()
            assert received == [b"one", b"two", b"three"]
            assert [piece async for piece in response.stream] == []
            await response.stream.aclose()
        assert server.connections == 1

    with serving(behave) as server:
        way.run(server.port, work)


def test_trailers_come_with_a_whole_answer_and_at_the_end_of_a_streamed_one(way: Way) -> None:
    """Fields behind the body stand on the answer, or on its stream once that was read to the end."""
    answer = CHUNKED + b"3\r\nsum\r\n0\r\nX-Checksum: 7\r\nX-Checksum: 8\r\n\r\n"

    async def work(http: Caller) -> None:
        response = await http.call()
        assert response.trailers.all("x-checksum") == ["7", "8"]
        assert response.headers.get("x-checksum") is None
        response = await http.call(stream=True)
        assert response.stream is not None
        assert len(response.trailers) == len(response.stream.trailers) == 0
        assert [piece async for piece in response.stream] == [b"sum"]
        assert response.stream.trailers.all("x-checksum") == ["7", "8"]
        assert len((await http.call()).trailers) == 2
        assert http.transport.statistics()["opened_total"] == 1

    with serving(always(answer)) as server:
        way.run(server.port, work)


def test_a_stream_that_is_closed_early_has_no_trailers(way: Way) -> None:
    """Trailers are there at the end of the body alone: who stops reading has none."""

    async def work(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None
        await response.stream.aclose()
        assert len(response.stream.trailers) == 0

    with serving(always(CHUNKED + b"3\r\nsum\r\n0\r\nX-Checksum: 7\r\n\r\n")) as server:
        way.run(server.port, work)


def test_trailers_without_number_are_refused(way: Way) -> None:
    """A service that never stops to send trailer fields is cut off at the bound of a head."""

    def behave(peer: Peer) -> None:
        peer.answer(CHUNKED + b"0\r\n")
        while True:
            peer.send(b"X-More: and more\r\n" * 1000)

    async def work(http: Caller) -> None:
        for stream in (False, True):
            error = await http.fail(stream=stream)
            assert isinstance(error, ProtocolError)
            assert "trailer fields" in str(error)
        assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_streamed_answer_may_be_larger_than_the_limit_of_whole_ones(way: Way) -> None:
    """A streamed body isn't bounded by the size of whole ones, and is never held in memory as a whole."""
    body = b"0123456789" * 300_000
    limits = TransportLimits(max_body_bytes=10_000, stream_buffer_bytes=20_000)

    async def work(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None
        received = bytearray()
        async for piece in response.stream:
            received += piece
            if len(received) < 50_000:
                await http.pause(0.001)
        assert bytes(received) == body
        assert (await http.call(Request("HEAD", "/"))).status == 200

    def behave(peer: Peer) -> None:
        peer.answer(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        peer.answer(OK + b"\r\n")

    with serving(behave) as server:
        way.run(server.port, work, limits=limits)


def test_a_streamed_gzip_bomb_comes_in_pieces(way: Way) -> None:
    """A streamed body is decoded a piece at a time: a decompression bomb never unfolds at once."""
    bomb = gzip.compress(b"\0" * 20_000_000)

    async def work(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None
        sizes = [len(piece) async for piece in response.stream]
        assert sum(sizes) == 20_000_000
        assert max(sizes) <= 64 * 1024

    with serving(always(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)) as server:
        way.run(server.port, work)


def test_a_stream_closed_early_costs_its_connection(way: Way) -> None:
    """Closing a stream before its end closes the connection; closing it again does nothing."""

    async def work(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None
        async for piece in response.stream:
            assert piece == b"hel"
            break
        await response.stream.aclose()
        await response.stream.aclose()
        assert [piece async for piece in response.stream] == []
        assert http.transport.statistics()["open"] == 0

    def behave(peer: Peer) -> None:
        peer.answer(OK + b"Content-Length: 5\r\n\r\nhel")
        assert peer.until_closed()

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_stream_at_its_end_gives_its_connection_back_when_closed(way: Way) -> None:
    """A stream closed unread costs nothing where its body had already come."""

    async def work(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None
        await response.stream.aclose()
        assert http.transport.statistics()["idle"] == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


def test_a_forgotten_stream_warns_and_gives_its_place_back(way: Way) -> None:
    """A stream that is neither read nor closed warns when it is collected, and its place comes back."""

    async def work(http: Caller) -> None:
        with pytest.warns(ResourceWarning, match="neither read"):  # noqa: PT031
            await http.call(stream=True)
            gc.collect()
        await http.call()

    with serving(then_hang(OK + b"Content-Length: 5\r\n\r\nhel")) as server:

        def second(peer: Peer) -> None:
            peer.answer(OK + b"Content-Length: 5\r\n\r\nhel" if peer.number == 1 else HELLO)
            peer.hang()

        server._behave = second
        way.run(server.port, work, limits=TransportLimits(max_connections=1))


def _bad_chunk_later(peer: Peer) -> None:
    peer.answer(CHUNKED + b"3\r\nhel\r\n")
    peer.pause(0.02)
    peer.send(b"zz\r\n")
    peer.hang()


BROKEN_OFF = {
    "closed": (once(OK + b"Content-Length: 9\r\n\r\nhel"), ReadError),
    "reset": (then_reset(OK + b"Content-Length: 9\r\n\r\nhel"), ReadError),
    "bad-chunk": (_bad_chunk_later, ProtocolError),
    "bad-gzip": (then_hang(OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"), ProtocolError),
    "silent": (then_hang(OK + b"Content-Length: 9\r\n\r\nhel"), DeadlineExceeded),
}


@pytest.mark.parametrize("name", BROKEN_OFF)
@at_any_pace(0.2, 2.0, 10.0)
def test_a_stream_that_breaks_off_raises(way: Way, name: str, pace_s: float) -> None:
    """A streamed body that breaks off raises where it breaks; what came before has been delivered."""
    behave, kind = BROKEN_OFF[name]

    async def work(http: Caller) -> None:
        response = await http.call(stream=True, total_s=pace_s)
        assert response.stream is not None
        received = b""
        with pytest.raises(kind) as caught:  # noqa: PT012
            async for piece in response.stream:
                received += piece
        assert caught.value.reached is Reach.YES
        assert received in (b"hel", b"")
        if kind is DeadlineExceeded:
            assert caught.value.phase == "total"

    with serving(behave) as server:
        way.run(server.port, work)


@at_any_pace(0.1, 1.0, 8.0)
def test_a_streamed_call_waits_no_longer_than_the_read_timeout_for_the_head(way: Way, pace_s: float) -> None:
    """The read timeout of a streamed call bounds its head alone; the body has until the deadline."""

    def behave(peer: Peer) -> None:
        peer.answer(CHUNKED)
        peer.pause(1.5 * pace_s)
        peer.send(b"5\r\nhello\r\n0\r\n\r\n")
        peer.read_request()
        peer.hang()

    async def work(http: Caller) -> None:
        response = await http.call(stream=True, read_s=pace_s)
        assert response.stream is not None
        assert b"".join([piece async for piece in response.stream]) == b"hello"
        error = await http.fail(stream=True, read_s=pace_s)
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", Reach.MAYBE)

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_body_without_length_is_sent_in_chunks(way: Way) -> None:
    """An iterator of bytes arrives as the chunks it gave; an empty one doesn't end the body."""

    async def work(http: Caller) -> None:
        for _ in range(2):
            response = await http.call(Request("POST", "/", body=pieces(b"one", b"", b"two", b"x" * 300_000)))
            assert response.body == b"hello"
        assert server.bodies == [b"onetwo" + b"x" * 300_000] * 2
        assert b"Transfer-Encoding: chunked" in server.heads[0]
        assert b"Content-Length" not in server.heads[0]
        assert server.connections == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


def test_an_error_in_the_callers_own_iterator_is_the_callers(way: Way) -> None:
    """What the body's iterator raises comes out as it is, and the half-sent request costs its connection."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError("mine")

    async def work(http: Caller) -> None:
        with pytest.raises(LookupError, match="mine"):
            await http.call(Request("POST", "/", body=broken()))
        assert http.transport.statistics()["open"] == 0

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("status", [300, 403])
def test_a_refusal_ends_an_endless_upload(way: Way, status: int) -> None:
    """An answer that is no success stops a streamed upload; the iterator is closed, the answer delivered."""
    closed = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 50_000
        finally:
            closed.append(True)

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 %d No\r\nContent-Length: 2\r\n\r\nno" % status)
        peer.until_closed()

    async def work(http: Caller) -> None:
        response = await http.call(Request("POST", "/", body=endless()))
        assert (response.status, response.body) == (status, b"no")
        assert closed == [True]
        assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        way.run(server.port, work)


@at_any_pace(0.1, 1.0, 8.0)
def test_an_endless_upload_nobody_reads_is_a_write_timeout(way: Way, pace_s: float) -> None:
    """A streamed upload is bounded by the write deadline as a whole."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 50_000

    async def work(http: Caller) -> None:
        started = time.monotonic()
        error = await http.fail(Request("POST", "/", body=endless()), write_s=pace_s)
        assert time.monotonic() - started < 10 * pace_s
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "write", Reach.MAYBE)

    with serving(lambda peer: peer.hang()) as server:
        way.run(server.port, work)


def test_a_reset_in_the_middle_of_a_streamed_upload_is_a_write_error(way: Way) -> None:
    """A connection that breaks while pieces are sent is a WriteError that may have reached the service."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 50_000

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.reset()

    async def work(http: Caller) -> None:
        error = await http.fail(Request("POST", "/", body=endless()))
        assert type(error) is WriteError, error
        assert error.reached is Reach.MAYBE

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("status", [b"200 OK", b"299 Fine"])
def test_an_echo_may_begin_before_the_upload_ends(way: Way, status: bytes) -> None:
    """A good answer that begins early doesn't cut the upload short."""

    def echo(peer: Peer) -> None:
        peer.read_head()
        peer.send(CHUNKED.replace(b"200 OK", status))
        size = 1
        while size:
            size = int(peer._line(), 16)
            data = peer.take(size)
            peer._line()
            peer.send(b"%x\r\n%b\r\n" % (size, data))

    def behave(peer: Peer) -> None:
        while True:
            echo(peer)

    async def work(http: Caller) -> None:
        body = [b"one", b"two", b"three"]
        response = await http.call(Request("POST", "/", body=pieces(*body)))
        assert response.body == b"onetwothree"
        response = await http.call(Request("POST", "/", body=pieces(*body)), stream=True)
        assert response.stream is not None
        assert b"".join([piece async for piece in response.stream]) == b"onetwothree"

    with serving(behave) as server:
        way.run(server.port, work)


def test_what_never_left_is_not_counted_as_sent(way: Way) -> None:
    """An answer that comes before the service has read the body says how much of it had left by then."""
    answered, whole = threading.Event(), 64 * 1024 * 1024

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(HELLO)
        assert answered.wait(PATIENCE_S)

    async def work(http: Caller) -> None:
        response = await http.call(Request("POST", "/", body=b"x" * whole))
        answered.set()
        assert response.body == b"hello"
        assert 0 < response.bytes_sent < whole

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_answer_that_breaks_ends_an_endless_upload(loop: str) -> None:
    """Nothing more is asked of the iterator, although nobody reads on and the service still listens; the reader is told."""
    head_read, closed = threading.Event(), []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 1000
        finally:
            closed.append(True)

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(CHUNKED)
        assert head_read.wait(PATIENCE_S)
        peer.send(b"no chunk\r\n")
        peer.until_closed()

    async def work(http: Caller) -> None:
        response = await http.call(Request("POST", "/", body=endless()), stream=True)
        head_read.set()
        await http.until(lambda: closed)
        assert response.stream is not None
        with pytest.raises(ProtocolError):
            async for _ in response.stream:
                pass
        await response.stream.aclose()

    with serving(behave) as server:
        Way(loop).run(server.port, work)


ASKING = [
    Request("POST", "/", body=b"x=1", expect_continue=True),
    Request("POST", "/", body=pieces(b"x=1"), expect_continue=True),
]


@pytest.mark.parametrize("kind", ["whole", "pieces"])
def test_the_body_waits_for_100_continue(way: Way, kind: str) -> None:
    """With `expect_continue` the body leaves when the service says so."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        assert b"Expect: 100-continue" in server.heads[-1]
        peer.pause(0.03)
        peer.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.sock.recv(1)
        peer.sock.setblocking(True)
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        seen.append(peer.take(3 if kind == "whole" else 13))
        peer.send(HELLO)
        peer.hang()

    seen: list[bytes] = []

    async def work(http: Caller) -> None:
        body = b"x=1" if kind == "whole" else pieces(b"x=1")
        response = await http.call(Request("POST", "/", body=body, expect_continue=True))
        assert response.body == b"hello"
        assert seen == [b"x=1" if kind == "whole" else b"3\r\nx=1\r\n0\r\n\r\n"]
        assert http.transport.statistics()["idle"] == 1

    with serving(behave) as server:
        way.run(server.port, work, limits=PATIENT)


def test_the_body_leaves_when_patience_for_100_continue_ends(way: Way) -> None:
    """A service that never says `100 Continue` gets the body after a moment all the same."""

    async def work(http: Caller) -> None:
        started = time.monotonic()
        response = await http.call(ASKING[0])
        assert time.monotonic() - started >= 0.09
        assert response.body == b"hello"
        assert server.bodies == [b"x=1"]

    with serving(always(HELLO)) as server:
        way.run(server.port, work, limits=IMPATIENT)


def test_a_final_answer_before_the_body_keeps_it_here(way: Way) -> None:
    """A final status in place of `100 Continue` is delivered; the body is never sent, the connection closed."""
    rest: list[bytes] = []

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
        rest.append(peer.sock.recv(100))

    async def work(http: Caller) -> None:
        response = await http.call(ASKING[0])
        assert (response.status, response.body) == (417, b"no")
        assert http.transport.statistics()["open"] == 0
        await http.until(lambda: rest)
        assert rest == [b""]

    with serving(behave) as server:
        way.run(server.port, work, limits=PATIENT)


def test_a_final_answer_that_comes_in_parts_keeps_the_body_here(way: Way) -> None:
    """The first bytes of an answer are not yet `100 Continue`."""
    rest: list[bytes] = []

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 4")
        peer.pause(0.03)
        peer.send(b"17 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
        rest.append(peer.sock.recv(100))

    async def work(http: Caller) -> None:
        response = await http.call(ASKING[0])
        assert (response.status, response.body) == (417, b"no")
        await http.until(lambda: rest)
        assert rest == [b""]

    with serving(behave) as server:
        way.run(server.port, work, limits=PATIENT)


@pytest.mark.parametrize(("paces", "phase"), [({"write_s": 1}, "write"), ({"total_s": 1, "write_s": 80}, "total")])
@at_any_pace(0.06, 0.6, 6.0)
def test_waiting_for_100_continue_ends_at_the_deadline(
    way: Way, paces: dict[str, int], phase: str, pace_s: float
) -> None:
    """The wait for `100 Continue` never outlasts the write deadline or the total one."""

    async def work(http: Caller) -> None:
        error = await http.fail(ASKING[0], **{name: count * pace_s for name, count in paces.items()})
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, phase, Reach.MAYBE)

    with serving(lambda peer: peer.hang()) as server:
        way.run(server.port, work, limits=PATIENT)


def test_a_service_that_closes_instead_of_continuing_is_an_error(way: Way) -> None:
    """A connection closed while the body waits is a ReadError that may have reached the service."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.close()

    async def work(http: Caller) -> None:
        error = await http.fail(ASKING[0])
        assert type(error) is ReadError
        assert error.reached is Reach.MAYBE

    with serving(behave) as server:
        way.run(server.port, work, limits=PATIENT)


def test_a_request_that_closes_is_not_kept_alive(way: Way) -> None:
    """`Connection: close` of our own closes, whatever the service says."""

    async def work(http: Caller) -> None:
        await http.call(Request("GET", "/", (("Connection", "close"),)))
        assert http.transport.statistics()["open"] == 0
        await http.call(GET)
        assert http.transport.statistics()["open"] == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work)
