"""What comes of a server that misbehaves: the exact error, and exactly how far the request came."""

from __future__ import annotations

import gzip
import re
import threading
import time
import zlib

import brotli
import pytest

from intertie.adapters.http1 import TransportLimits
from intertie.core.errors import ConnectError, DeadlineExceeded, ProtocolError, Reach, ReadError, WriteError
from intertie.core.units import seconds_text
from intertie.runtime.http import Request
from intertie.runtime.plan import TlsOptions
from support.bad_servers import HELLO, OK, Peer, always, once, serving, then_hang, then_reset
from support.pace import PATIENCE_S, at_any_pace
from support.ways import GET, Caller, Way

SMALL = TransportLimits(max_head_bytes=4096, max_fields=20, max_body_bytes=20_000, continue_wait_s=0.1)
POST = Request("POST", "/", body=b"x=1")
HEAD = Request("HEAD", "/")


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


def coded(coding: bytes, data: bytes) -> bytes:
    return OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (coding, len(data), data)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

GOOD = {
    "content-length": (HELLO, b"hello"),
    "length-zero": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "chunked": (CHUNKED + chunked(b"hel", b"lo"), b"hello"),
    "chunk-extensions": (CHUNKED + b"5;a=b\r\nhello\r\n0;last\r\n\r\n", b"hello"),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", b"hello"),
    "no-reason": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "continue-first": (b"HTTP/1.1 100 Continue\r\n\r\n" + HELLO, b"hello"),
    "early-hints-first": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HELLO, b"hello"),
    "gzip": (coded(b"gzip", gzip.compress(b"hello")), b"hello"),
    "gzip-members": (coded(b"gzip", gzip.compress(b"hel") + gzip.compress(b"lo")), b"hello"),
    "gzip-padding": (coded(b"gzip", gzip.compress(b"hello") + b"\0" * 8), b"hello"),
    "x-gzip": (coded(b"x-gzip", gzip.compress(b"hello")), b"hello"),
    "deflate-zlib": (coded(b"deflate", zlib.compress(b"hello")), b"hello"),
    "deflate-raw": (coded(b"deflate", raw_deflate(b"hello")), b"hello"),
    "br": (coded(b"br", brotli.compress(b"hello")), b"hello"),
    "identity": (coded(b"identity", b"hello"), b"hello"),
    "two-codings": (coded(b"gzip, br", brotli.compress(gzip.compress(b"hello"))), b"hello"),
    "coded-empty": (coded(b"gzip", b""), b""),
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "not-modified-with-length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_well_framed_answer_is_read_and_its_connection_used_again(way: Way, name: str) -> None:
    """A well-framed answer is read whole, decoded, and leaves the connection good for the next exchange."""
    answer, body = GOOD[name]

    async def work(http: Caller) -> None:
        for _ in range(3):
            response = await http.call()
            assert response.body == body
            assert response.bytes_received == len(answer)
        assert http.transport.statistics() == {
            "open": 1, "idle": 1, "waiting": 0, "opened_total": 1, "reused_total": 2,
        }  # fmt: skip

    with serving(always(answer)) as server:
        way.run(server.port, work)


CLOSES = {
    "connection-close": (OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "http-1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    "until-close": (OK + b"\r\nhello", b"hello"),
    "until-close-gzip": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello"), b"hello"),
    "too-long": (OK + b"Content-Length: 5\r\n\r\nhello, world", b"hello"),
    "no-content-with-body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", b""),
    "not-modified-with-body": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", b""),
    "two-answers": (HELLO + HELLO, b"hello"),
    "keep-alive-over": (OK + b"Keep-Alive: timeout=1\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
}


@pytest.mark.parametrize("name", CLOSES)
def test_a_doubtful_connection_is_not_used_again(way: Way, name: str) -> None:
    """An answer that ends, or spoils, its connection is delivered; the next call opens another one."""
    answer, body = CLOSES[name]

    async def work(http: Caller) -> None:
        for _ in range(2):
            assert (await http.call()).body == body
        assert http.transport.statistics()["opened_total"] == 2

    with serving(once(answer)) as server:
        way.run(server.port, work)


@pytest.mark.parametrize(
    ("answer", "reuses"),
    [
        (OK + b"Content-Length: 500\r\n\r\n", True),
        (CHUNKED, True),
        (OK + b"\r\n", True),
        (OK + b"Content-Length: 5\r\n\r\nhello", False),
        (CHUNKED + chunked(b"hello"), False),
        (OK + b"Connection: close\r\n\r\n", False),
    ],
)
def test_the_answer_to_head_has_no_body(way: Way, answer: bytes, reuses: bool) -> None:
    """The answer to HEAD ends with its head, whatever its fields say; a body all the same costs the connection."""

    async def work(http: Caller) -> None:
        for _ in range(2):
            response = await http.call(HEAD)
            assert (response.status, response.body) == (200, b"")
            await http.pause(0.01)
        assert http.transport.statistics()["opened_total"] == (1 if reuses else 2)

    with serving(always(answer)) as server:
        way.run(server.port, work)


BROKEN = {
    "garbage": (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
    "http-0.9": (b"<html>hello</html>", "not HTTP"),
    "leading-blank-line": (b"\r\n" + HELLO, "not HTTP"),
    "http-2": (b"HTTP/2.0 200 OK\r\n\r\n", "HTTP"),
    "version-0.9": (b"HTTP/0.9 200 OK\r\n\r\n", "HTTP/0.9"),
    "status-text": (b"HTTP/1.1 OK\r\n\r\n", "HTTP/1.1"),
    "status-long": (b"HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1"),
    "length-and-chunked": (OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1"),
    "chunked-and-length": (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1"),
    "two-lengths": (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "HTTP/1.1"),
    "length-list": (OK + b"Content-Length: 5, 5\r\n\r\nhello", "HTTP/1.1"),
    "length-signed": (OK + b"Content-Length: +5\r\n\r\nhello", "HTTP/1.1"),
    "length-negative": (OK + b"Content-Length: -5\r\n\r\nhello", "HTTP/1.1"),
    "length-huge": (OK + b"Content-Length: 99999999999999999999\r\n\r\nhello", "HTTP/1.1"),
    "obs-fold": (OK + b"X-A: one\r\n two\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "bare-lf": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "HTTP/1.1"),
    "bare-lf-at-the-end": (OK + b"Content-Length: 5\r\n\nhello", "HTTP/1.1"),
    "bare-cr": (b"HTTP/1.1 200 OK\rX: y\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "nul-in-value": (OK + b"X-A: a\0b\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "space-in-name": (OK + b"X A: b\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "space-before-colon": (OK + b"X-A : b\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "no-colon": (OK + b"hello\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1"),
    "gzip-transfer-coding": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "transfer coding"),
    "unknown-transfer-coding": (OK + b"Transfer-Encoding: xchunked\r\n\r\nhello", "transfer coding"),
    "chunked-twice": (OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "transfer coding"),
    "chunked-in-1.0": (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.0"),
    "bad-chunk-size": (CHUNKED + b"five\r\nhello\r\n0\r\n\r\n", "HTTP/1.1"),
    "huge-chunk-size": (CHUNKED + b"fffffffffffffffff\r\nhello\r\n", "HTTP/1.1"),
    "chunk-too-long": (CHUNKED + b"2\r\nhello\r\n0\r\n\r\n", "HTTP/1.1"),
    "chunk-bare-lf": (CHUNKED + b"5\nhello\n0\n\n", "HTTP/1.1"),
    "switching-protocols": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "101"),
    "1xx-flood": (b"HTTP/1.1 102 Processing\r\n\r\n" * 50 + HELLO, "provisional"),
    "many-fields": (OK + b"X-A: b\r\n" * 21 + b"Content-Length: 5\r\n\r\nhello", "fields"),
    "giant-field": (OK + b"X-A: " + b"a" * 5000 + b"\r\nContent-Length: 5\r\n\r\nhello", "4096 bytes"),
    "giant-trailer": (CHUNKED + b"0\r\nX-A: " + b"a" * 5000 + b"\r\n\r\n", "4096 bytes"),
    "announced-too-large": (OK + b"Content-Length: 20001\r\n\r\nhello", "20001 bytes"),
    "chunked-too-large": (CHUNKED + chunked(b"x" * 10_000, b"x" * 10_001), "limit of 20000"),
    "unbounded-too-large": (OK + b"\r\n" + b"x" * 20_001, "limit of 20000"),
    "gzip-bomb": (coded(b"gzip", gzip.compress(b"\0" * 10_000_000)), "limit of 20000"),
    "br-bomb": (coded(b"br", brotli.compress(b"\0" * 10_000_000)), "limit of 20000"),
    "gzip-of-gzip-bomb": (coded(b"gzip, gzip", gzip.compress(gzip.compress(b"\0" * 10_000_000))), "limit of 20000"),
    "bad-gzip": (coded(b"gzip", b"this is no gzip"), "broken gzip"),
    "bad-gzip-sum": (coded(b"gzip", gzip.compress(b"hello")[:-8] + b"\0" * 8), "broken gzip"),
    "cut-gzip": (coded(b"gzip", gzip.compress(b"hello" * 50)[:-10]), "ends in the middle"),
    "bad-br": (coded(b"br", b"\xff" * 20), "broken br"),
    "cut-br": (coded(b"br", brotli.compress(b"hello" * 50)[:-3]), "ends in the middle"),
    "bad-deflate": (coded(b"deflate", b"\xff" * 20), "broken deflate"),
    "unknown-coding": (coded(b"zstd", b"hello"), "not offered"),
    "many-codings": (coded(b"gzip, gzip, gzip, gzip", b"hello"), "content codings"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_the_protocol_is_refused(way: Way, name: str) -> None:
    """An answer that breaks HTTP or a limit is a ProtocolError that reached the service, and costs its connection."""
    answer, words = BROKEN[name]

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ProtocolError, error
        assert error.reached is Reach.YES
        assert str(error).startswith(f"127.0.0.1:{server.port} ")
        assert words in str(error)
        assert http.transport.statistics()["open"] == 0

    with serving(then_hang(answer)) as server:
        way.run(server.port, work, limits=SMALL)


ENDLESS = {
    "head": (OK, b"X-Filler: " + b"a" * 200 + b"\r\n", "4096 bytes"),
    "one-field": (OK + b"X-A: ", b"a" * 200, "4096 bytes"),
    "status-line": (b"HTTP/1.1 200 ", b"a" * 200, "4096 bytes"),
    # One large read can pass both limits: which one is told depends on how the bytes arrive.
    "chunk-extension": (CHUNKED + b"5;", b"a" * 200, "4096 bytes|more than 28192 bytes"),
    "trailer": (CHUNKED + b"0\r\nX-A: ", b"a" * 200, "4096 bytes|more than 28192 bytes"),
    "body": (OK + b"\r\n", b"a" * 1000, "limit of 20000"),
    "tiny-chunks": (CHUNKED, b"1\r\nx\r\n" * 100, "an answer of more than"),
    "1xx": (b"", b"HTTP/1.1 102 Processing\r\n\r\n", "provisional"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_answer_is_cut_off(way: Way, name: str) -> None:
    """A server that never comes to an end is cut off at a limit: neither at a timeout nor at an end of memory."""
    start, again, words = ENDLESS[name]

    def behave(peer: Peer) -> None:
        peer.answer(start)
        while True:
            peer.send(again)

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ProtocolError, error
        assert error.reached is Reach.YES
        assert re.search(words, str(error)), error

    with serving(behave) as server:
        way.run(server.port, work, limits=SMALL)


TRUNCATED = {
    "after-the-status-line": (OK, "head"),
    "in-the-head": (OK + b"Content-Length: 5\r\n", "head"),
    "after-continue": (b"HTTP/1.1 100 Continue\r\n\r\n", "head"),
    "after-the-head": (OK + b"Content-Length: 5\r\n\r\n", "0 of the 5 bytes"),
    "in-the-body": (OK + b"Content-Length: 5\r\n\r\nhel", "3 of the 5 bytes"),
    "in-a-chunk": (CHUNKED + b"5\r\nhel", "chunked"),
    "before-the-last-chunk": (CHUNKED + b"5\r\nhello\r\n", "chunked"),
    "before-the-last-line": (CHUNKED + b"5\r\nhello\r\n0\r\n", "chunked"),
}


@pytest.mark.parametrize("name", TRUNCATED)
def test_an_answer_cut_short_is_an_error(way: Way, name: str) -> None:
    """A connection closed in the middle of an answer is a ReadError that reached the service, never a short body."""
    answer, words = TRUNCATED[name]

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ReadError, error
        assert error.reached is Reach.YES
        assert words in str(error)

    with serving(once(answer)) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("name", TRUNCATED)
def test_an_answer_reset_in_the_middle_is_an_error(way: Way, name: str) -> None:
    """A reset in the middle of an answer is a ReadError that reached the service."""
    answer, _ = TRUNCATED[name]

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ReadError, error
        assert error.reached is Reach.YES

    with serving(then_reset(answer)) as server:
        way.run(server.port, work)


def test_a_body_without_length_that_is_reset_is_not_whole(way: Way) -> None:
    """A reset never passes for the end of a body without a length."""

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ReadError
        assert error.reached is Reach.YES

    with serving(then_reset(OK + b"\r\nhello")) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_no_answer_on_a_fresh_connection_may_have_reached(way: Way, ending: str) -> None:
    """A connection that ends after the request and before any byte of an answer: it may have reached the service."""

    def behave(peer: Peer) -> None:
        peer.read_request()
        getattr(peer, ending)()

    async def work(http: Caller) -> None:
        error = await http.fail(POST)
        assert type(error) is ReadError, error
        assert error.reached is Reach.MAYBE
        assert server.bodies == [b"x=1"]

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_no_answer_on_a_reused_connection_may_have_reached_and_is_not_sent_again(way: Way, ending: str) -> None:
    """A reused connection that ends after the request was written is told as it is: nothing is sent a second time."""

    def behave(peer: Peer) -> None:
        peer.answer()
        peer.read_request()
        getattr(peer, ending)()

    async def work(http: Caller) -> None:
        await http.call()
        error = await http.fail(POST)
        assert type(error) is ReadError, error
        assert error.reached is Reach.MAYBE
        assert server.bodies == [b"", b"x=1"]
        assert server.connections == 1

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_an_idle_connection_that_died_is_replaced_unnoticed(way: Way, ending: str) -> None:
    """A server that closes an idle connection costs nothing but a new one: the next call doesn't fail."""

    def behave(peer: Peer) -> None:
        peer.answer()
        getattr(peer, ending)()

    async def work(http: Caller) -> None:
        for _ in range(3):
            assert (await http.call()).body == b"hello"
            called = server.connections
            await http.until(lambda called=called: server.ended == called)
        assert server.connections == 3

    with serving(behave) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_connection_that_dies_in_our_hands_sends_nothing(way: Way, ending: str) -> None:
    """A held connection that dies before the request is written: an error that certainly did not reach the service."""

    def behave(peer: Peer) -> None:
        peer.answer()
        assert held_now.wait(PATIENCE_S)
        getattr(peer, ending)()

    held_now = threading.Event()

    async def work(http: Caller) -> None:
        await http.call()
        held = await http.connect()
        assert not held.fresh
        held_now.set()
        await http.until(lambda: server.ended == 1)
        error = await http.fail(POST, on=held)
        assert type(error) is WriteError, error
        assert error.reached is Reach.NO
        assert len(server.heads) == 1

    with serving(behave) as server:
        way.run(server.port, work)


def test_bytes_nobody_asked_for_spoil_an_idle_connection(way: Way) -> None:
    """An answer that comes without a request is never taken for the next one's."""

    def behave(peer: Peer) -> None:
        peer.answer()
        peer.send(OK + b"Content-Length: 4\r\n\r\nevil")
        unasked.append(peer.number)
        peer.hang()

    unasked: list[int] = []

    async def work(http: Caller) -> None:
        for number in (1, 2):
            assert (await http.call()).body == b"hello"
            await http.until(lambda number=number: number in unasked)
        assert server.connections == 2

    with serving(behave) as server:
        way.run(server.port, work)


def test_the_keep_alive_race_is_told_exactly(way: Way) -> None:
    """Whatever the moment at which a server closes an idle connection: an answer, or an error that tells the truth."""

    def behave(peer: Peer) -> None:
        peer.answer()
        peer.pause(0.001 * (peer.number % 4))
        peer.reset() if peer.number % 2 else peer.close()

    async def work(http: Caller) -> None:
        answered = 0
        for turn in range(60):
            seen = len(server.heads)
            try:
                answered += (await http.call(POST)).status == 200
            except (ReadError, WriteError) as error:
                assert error.reached in (Reach.NO, Reach.MAYBE)  # noqa: PT017
                await http.pause(0.005)
                if error.reached is Reach.NO:
                    assert len(server.heads) == seen
            await http.pause(0.001 * (turn % 4))
        assert answered > 20

    with serving(behave) as server:
        way.run(server.port, work)


SLOW = {
    "no-answer": (b"", Reach.MAYBE),
    "in-the-head": (OK, Reach.YES),
    "in-the-body": (OK + b"Content-Length: 5\r\n\r\nhel", Reach.YES),
    "in-a-chunk": (CHUNKED + b"5\r\nhel", Reach.YES),
    "without-end": (OK + b"\r\nhello", Reach.YES),
}


@pytest.mark.parametrize("name", SLOW)
@at_any_pace(0.08, 0.8, 8.0)
def test_a_slow_answer_is_a_read_timeout(way: Way, name: str, pace_s: float) -> None:
    """An answer that isn't complete in time is a DeadlineExceeded of phase read, about when it was due."""
    answer, reached = SLOW[name]

    async def work(http: Caller) -> None:
        started = time.monotonic()
        error = await http.fail(read_s=pace_s)
        assert 0.95 * pace_s < time.monotonic() - started < 6 * pace_s
        assert type(error) is DeadlineExceeded, error
        assert (error.phase, error.reached) == ("read", reached)
        assert seconds_text(pace_s) in str(error)

    with serving(then_hang(answer)) as server:
        way.run(server.port, work)


@at_any_pace(0.1, 1.0, 8.0)
def test_a_trickle_does_not_outlast_the_timeout(way: Way, pace_s: float) -> None:
    """Bytes that keep coming don't extend the time an answer has: of an answer of a hundred timeouts few bytes come."""

    def behave(peer: Peer) -> None:
        peer.read_request()
        peer.trickle(HELLO * 50, pace_s / 20)

    async def work(http: Caller) -> None:
        started = time.monotonic()
        error = await http.fail(read_s=pace_s)
        assert time.monotonic() - started < 5 * pace_s
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", Reach.YES)

    with serving(behave) as server:
        way.run(server.port, work)


@at_any_pace(0.08, 0.8, 8.0)
def test_the_total_deadline_bounds_everything(way: Way, pace_s: float) -> None:
    """A deadline nearer than the read timeout ends the exchange as phase total."""

    async def work(http: Caller) -> None:
        started = time.monotonic()
        error = await http.fail(read_s=60 * pace_s, write_s=60 * pace_s, total_s=pace_s)
        assert time.monotonic() - started < 6 * pace_s
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "total", Reach.MAYBE)

    with serving(then_hang(b"")) as server:
        way.run(server.port, work)


def test_nothing_is_sent_after_the_deadline(way: Way) -> None:
    """An exchange begun after its deadline sends nothing and gives its connection back."""

    async def work(http: Caller) -> None:
        await http.call()
        error = await http.fail(total_s=-0.01)
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "total", Reach.NO)
        assert len(server.heads) == 1
        assert http.transport.statistics()["idle"] == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


@at_any_pace(0.1, 1.0, 8.0)
def test_a_short_timeout_after_a_long_one_holds(way: Way, pace_s: float) -> None:
    """The timeout of each exchange is its own, longer or shorter than the one before on the same connection."""

    def behave(peer: Peer) -> None:
        peer.answer()
        peer.answer()
        peer.read_request()
        peer.hang()

    async def work(http: Caller) -> None:
        await http.call(read_s=50 * pace_s, total_s=90 * pace_s)
        await http.call(read_s=0.5 * pace_s)
        await http.pause(0.8 * pace_s)
        started = time.monotonic()
        error = await http.fail(read_s=pace_s)
        assert 0.95 * pace_s < time.monotonic() - started < 5 * pace_s
        assert error.phase == "read"
        assert server.connections == 1

    with serving(behave) as server:
        way.run(server.port, work)


@at_any_pace(0.1, 1.0, 8.0)
def test_a_server_that_never_reads_is_a_write_timeout(way: Way, pace_s: float) -> None:
    """A large body that nobody takes is a DeadlineExceeded of phase write that may have reached the service."""

    async def work(http: Caller) -> None:
        started = time.monotonic()
        error = await http.fail(Request("POST", "/", body=b"x" * 20_000_000), write_s=pace_s)
        assert time.monotonic() - started < 10 * pace_s
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "write", Reach.MAYBE)

    with serving(lambda peer: peer.hang()) as server:
        way.run(server.port, work)


def test_a_large_body_arrives_whole(way: Way) -> None:
    """A body larger than any buffer arrives as it was, and the connection is used again."""
    body = bytes(range(256)) * 20_000

    async def work(http: Caller) -> None:
        for _ in range(2):
            response = await http.call(Request("PUT", "/", body=body))
            assert response.bytes_sent == len(server.heads[-1]) + len(body)
        assert server.bodies == [body, body]
        assert server.connections == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


@pytest.mark.parametrize("ending", ["close", "hang"])
@at_any_pace(0.05, 0.5, 5.0)
def test_an_early_answer_to_a_large_upload_is_delivered(way: Way, ending: str, pace_s: float) -> None:
    """A service that answers before it has read the body gets no more of it, and its answer is delivered."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge")
        peer.pause(pace_s)  # a reset, as closing with unread bytes is one, overtakes what is still on its way
        getattr(peer, ending)()

    async def work(http: Caller) -> None:
        response = await http.call(Request("POST", "/", body=b"x" * 20_000_000))
        assert (response.status, response.body) == (413, b"large")
        assert http.transport.statistics()["open"] == 0

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_reset_in_the_middle_of_an_upload_is_a_write_error(way: Way) -> None:
    """A connection that breaks while a large body is written is a WriteError that may have reached the service."""

    def behave(peer: Peer) -> None:
        peer.read_head()
        peer.pause(0.02)
        peer.reset()

    async def work(http: Caller) -> None:
        error = await http.fail(Request("POST", "/", body=b"x" * 20_000_000))
        assert type(error) is WriteError, error
        assert error.reached is Reach.MAYBE

    with serving(behave) as server:
        way.run(server.port, work)


def test_a_refused_connection_says_so(way: Way) -> None:
    """Where nobody listens the error names host and port, and nothing was sent."""
    with serving(always(HELLO)) as server:
        port = server.port

    async def work(http: Caller) -> None:
        error = await http.fail(GET)
        assert type(error) is ConnectError
        assert error.reached is Reach.NO
        assert str(error) == f"127.0.0.1:{port} refused the connection; is the service running there?"

    way.run(port, work)


def test_an_unknown_name_says_so(way: Way) -> None:
    """A name that resolves to nothing is a ConnectError that names it."""

    async def work(http: Caller) -> None:
        error = await http.fail(GET)
        assert type(error) is ConnectError
        assert error.reached is Reach.NO
        assert "no-such-host.invalid" in str(error)

    way.run(80, work, host="no-such-host.invalid")


def test_a_name_that_is_no_name_says_so(way: Way) -> None:
    """A host that can't be a name at all is a ConnectError too, not an encoding error."""

    async def work(http: Caller) -> None:
        error = await http.fail(GET)
        assert type(error) is ConnectError

    way.run(80, work, host="a" * 70 + ".invalid")


def test_localhost_finds_the_family_that_listens(way: Way) -> None:
    """A name with several addresses is tried in turn until one accepts."""

    async def work(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    with serving(always(HELLO)) as server:
        way.run(server.port, work, host="localhost")
        assert b"Host: localhost:%d\r\n" % server.port in server.heads[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "no-such-host.invalid"])
def test_without_a_deadline_nothing_overflows(way: Way, host: str) -> None:
    """Infinite timeouts are timeouts: they wait as long as it takes, on every path."""
    forever = float("inf")

    async def work(http: Caller) -> None:
        connection = await http.connect(total_s=forever, connect_s=forever)
        response = await http.call(on=connection, write_s=forever, read_s=forever, total_s=forever)
        assert response.body == b"hello"

    with serving(always(HELLO)) as server:
        if host.endswith("invalid"):
            with pytest.raises(ConnectError):
                way.run(server.port, work, host=host)
        else:
            way.run(server.port, work, host=host)


@pytest.mark.parametrize(
    ("connect_s", "total_s", "phase"), [(0.0, 9.0, "connect"), (9.0, 0.0, "total"), (9.0, -1.0, "total")]
)
def test_nothing_is_opened_once_its_time_is_over(way: Way, connect_s: float, total_s: float, phase: str) -> None:
    """Nobody listens here, nor is there the file of those to trust, and nobody finds out."""
    import socket

    async def work(http: Caller) -> None:
        with pytest.raises(DeadlineExceeded) as late:
            await http.connect(connect_s=connect_s, total_s=total_s)
        assert (late.value.phase, late.value.reached) == (phase, Reach.NO)

    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        way.run(unheard.getsockname()[1], work, scheme="https", tls=TlsOptions(ca_file="/nowhere/ca.pem"))


@at_any_pace(0.08, 0.8, 8.0)
def test_a_full_backlog_is_a_connect_timeout(way: Way, pace_s: float) -> None:
    """A connection that isn't accepted in time is a DeadlineExceeded of phase connect; nothing was sent."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
        time.sleep(pace_s / 4)

        async def work(http: Caller) -> None:
            for connect_s, total_s, phase in ((pace_s, 25 * pace_s, "connect"), (25 * pace_s, pace_s, "total")):
                started = time.monotonic()
                try:
                    await http.connect(connect_s=connect_s, total_s=total_s)
                    raise AssertionError("connected")
                except DeadlineExceeded as error:
                    assert (error.phase, error.reached) == (phase, Reach.NO)  # noqa: PT017
                assert time.monotonic() - started < 6 * pace_s

        try:
            way.run(listener.getsockname()[1], work)
        finally:
            for filler in fillers:
                filler.close()
