from __future__ import annotations

import gzip
import random

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.adapters.http1.codec import ResponseReader
from intertie.adapters.http1.limits import TransportLimits
from intertie.core.errors import ProtocolError, Reach, ReadError

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n"


def reader(**limits: int) -> ResponseReader:
    return ResponseReader("peer:80", TransportLimits(**limits))


def feed_each(made: ResponseReader, data: bytes) -> None:
    for position in range(len(data)):
        made.feed(data[position : position + 1])


def test_fields_come_in_order_lower_case_and_trimmed() -> None:
    """Header fields keep their order and repetition; names are in lower case, values without blanks around."""
    made = reader()
    made.feed(b"HTTP/1.1 200 OK\r\nX-B:  two \t\r\nx-a: 1\r\nX-B: caf\xe9\r\nContent-Length: 0\r\n\r\n")
    assert list(made.headers) == [("x-b", "two"), ("x-a", "1"), ("x-b", "caf\xe9"), ("content-length", "0")]
    assert made.headers.all("X-B") == ["two", "caf\xe9"]


@pytest.mark.parametrize("status", [200, 302, 404, 503])
def test_the_status_is_the_final_answers(status: int) -> None:
    """What came before on the way, or on the same connection, is not it."""
    made = reader()
    for _ in range(2):
        made.begin()
        made.feed(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %d Word\r\nContent-Length: 0\r\n\r\n" % status)
        assert made.status == status


def test_a_coding_is_undone_wherever_its_field_stands() -> None:
    """Before the length or after it."""
    body = gzip.compress(b"hello")
    fields = [b"Content-Length: %d\r\n" % len(body), b"Content-Encoding: gzip\r\n"]
    for ordered in (fields, fields[::-1]):
        made = reader()
        made.feed(b"HTTP/1.1 200 OK\r\n" + b"".join(ordered) + b"\r\n" + body)
        assert made.body() == b"hello"


@pytest.mark.parametrize("answer", [HELLO, CHUNKED, b"HTTP/1.1 100 Continue\r\n\r\n" + HELLO])
def test_every_way_to_cut_the_bytes_gives_the_same_answer(answer: bytes) -> None:
    """However the bytes are cut into reads, the answer is the same."""
    for first in range(1, len(answer)):
        for second in range(first, len(answer), 7):
            made = reader()
            for part in (answer[:first], answer[first:second], answer[second:]):
                if part:
                    made.feed(part)
            assert made.done
            assert made.reusable
            assert made.body() in (b"hello", b"hello!")
            assert made.received_bytes == len(answer)


GZIPPED = gzip.compress(b"hello")
ANSWERS: tuple[tuple[bytes, dict[str, bool | str]], ...] = (
    (HELLO, {}),
    (CHUNKED, {}),
    (b"HTTP/1.1 200 OK\r\n\r\n", {"head_only": True}),
    (b"HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=7\r\n\r\n", {}),
    (b"HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n" + HELLO, {}),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(GZIPPED), GZIPPED), {}),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: own\r\nContent-Length: 1\r\n\r\nx", {"raw": True}),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: own\r\nContent-Length: 1\r\n\r\nx", {}),
    (CHUNKED, {"stream": True}),
    (HELLO, {"stream": True}),
    (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nContent-Type: a/b\r\nConnection: keep-alive\r\n\r\n", {}),
    (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", {}),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n" + b"x" * 70, {}),
    (b"HTTP/1.1 200 OK\r\nX-A: %b\r\nContent-Length: 1\r\n\r\nx" % (b"a" * 60), {}),
    (b"HTTP/1.1 200 OK\r\nX-A: %b\r\nContent-Length: 1\r\n\r\nx" % (b"a" * 99), {}),
    (b"HTTP/1.1 101 Switching\r\nUpgrade: own\r\nConnection: Upgrade\r\n\r\nrest", {"switch_to": "own"}),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", {}),
    (HELLO + b"more", {}),
    (b"SSH-2.0\r\n", {}),
)
"""Answers of every kind, and what was asked; some end the connection, and some are refused under the limits below."""


def told(made: ResponseReader, answer: tuple[bytes, dict[str, bool | str]], pieces: int) -> list[object]:
    """Have a reader read one answer in so many pieces; return all that it tells of it."""
    data, asked = answer
    if asked:
        made.begin(**asked)  # type: ignore[arg-type]
    else:
        made.begin_usual()
    seen: list[object] = []
    size = -(-len(data) // pieces)
    try:
        for start in range(0, len(data), size):
            if not made.done:
                made.feed(data[start : start + size])
            seen.append((made.done, made.head_done, made.continued, made.received_bytes, made.buffered_bytes))
        if not made.done:
            made.feed_eof()
    except (ProtocolError, ReadError) as error:
        return [*seen, str(error)]
    streamed = []
    while made.streams and (piece := made.next_piece()) is not None:
        streamed.append(piece)
    seen += [made.status, *made.headers, made.body(), made.keep_alive_s, made.reusable, *made.trailers, made.switched]
    return [*seen, made.rest if made.switched else None, streamed]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ANSWERS), st.integers(1, 9)), min_size=1, max_size=6))
def test_what_was_read_before_changes_nothing(
    answers: list[tuple[tuple[bytes, dict[str, bool | str]], int]],
) -> None:
    """Of each answer a reader that has read others tells the same as a new one, for as long as it may be used again."""
    limits = {"max_body_bytes": 64, "max_head_bytes": 96}
    made = reader(**limits)
    for answer, pieces in answers:
        seen = told(made, answer, pieces)
        assert seen == told(reader(**limits), answer, pieces)
        if not made.done or not made.reusable:
            made = reader(**limits)


def test_one_reader_reads_one_answer_after_another() -> None:
    """A reader begun anew reads the next answer of the same connection."""
    made = reader()
    for _ in range(3):
        for answer, body in ((HELLO, b"hello"), (CHUNKED, b"hello!")):
            made.begin()
            made.feed(answer)
            assert (made.done, made.reusable, made.body()) == (True, True, body)
        made.begin(head_only=True)
        made.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        assert (made.done, made.reusable, made.body()) == (True, True, b"")


@pytest.mark.parametrize(
    ("head", "reusable"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nX-A: b\r\nConnection: Close\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", True),
    ],
)
def test_head_keeps_the_connection_by_its_fields_alone(head: bytes, reusable: bool) -> None:
    """The answer to HEAD is judged by version and Connection, not by the body it describes."""
    for cut in range(1, len(head) + 1):
        made = reader()
        made.begin(head_only=True)
        made.feed(head[:cut])
        if head[cut:]:
            made.feed(head[cut:])
        assert (made.done, made.reusable) == (True, reusable)


@pytest.mark.parametrize("extra", [b"x", b"\r\n", b"5\r\nhello\r\n0\r\n\r\n", HELLO])
def test_bytes_behind_the_answer_to_head_are_noticed(extra: bytes) -> None:
    """Bytes behind the head of an answer to HEAD spoil the connection."""
    for head in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        made = reader()
        made.begin(head_only=True)
        made.feed(head + extra)
        assert (made.done, made.reusable) == (True, False)


def test_the_body_without_length_ends_with_the_connection() -> None:
    """Without length and chunks the body is whole when the server closes, and the connection is spent."""
    made = reader()
    made.feed(b"HTTP/1.1 200 OK\r\n\r\nhel")
    made.feed(b"lo")
    assert not made.done
    made.feed_eof()
    assert (made.done, made.reusable, made.body()) == (True, False, b"hello")


def test_the_end_before_any_byte_may_have_reached_and_after_one_has() -> None:
    """A connection closed without a byte is `maybe`, with one byte of an answer it is `yes`."""
    made = reader()
    with pytest.raises(ReadError) as caught:
        made.feed_eof()
    assert caught.value.reached is Reach.MAYBE
    made.feed(b"H")
    with pytest.raises(ReadError) as caught:
        made.feed_eof()
    assert caught.value.reached is Reach.YES


def test_limits_hold_exactly() -> None:
    """A head, a field count and a body at their limit pass; one more does not."""
    fields = b"".join(b"X-%d: b\r\n" % n for n in range(4))
    for count, passes in ((5, True), (4, False)):
        made = reader(max_fields=count)
        answer = b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 0\r\n\r\n"
        if passes:
            made.feed(answer)
            assert made.done
        else:
            with pytest.raises(ProtocolError, match="more than 4 header fields"):
                made.feed(answer)
    for most, passes in ((5, True), (4, False)):
        for answer in (HELLO, CHUNKED.replace(b"1;x\r\n!\r\n", b""), HELLO.replace(b"Content-Length: 5", b"X: y")):
            made = reader(max_body_bytes=most)
            if passes:
                made.feed(answer)
                assert made.body() == b"hello"
            else:
                with pytest.raises(ProtocolError, match="4"):
                    made.feed(answer)


def test_trailers_and_provisional_heads_count_as_head() -> None:
    """Fields of 1xx answers and of trailers are bounded together with the head's own."""
    made = reader(max_head_bytes=100)
    with pytest.raises(ProtocolError, match="more than 100 bytes"):
        made.feed((b"HTTP/1.1 103 Early Hints\r\nLink: " + b"a" * 40 + b"\r\n\r\n") * 2 + HELLO)
    made = reader(max_head_bytes=100)
    with pytest.raises(ProtocolError, match="more than 100 bytes"):
        made.feed(CHUNKED.replace(b"X-Sum: 1", b"X-Sum: " + b"1" * 80))


def test_trailers_are_kept_apart_from_the_head() -> None:
    """Fields behind a chunked body are trailers, in their order, once the answer is complete, and no header fields."""
    answer = CHUNKED.replace(b"X-Sum: 1", b"X-Sum: 1 \r\nX-sum:2\r\nContent-Type: x\r\nGrpc-Status: 0")
    for cut in range(1, len(answer)):
        made = reader()
        made.feed(answer[:cut])
        if not made.done:
            assert len(made.trailers) == 0
            made.feed(answer[cut:])
        assert list(made.trailers) == [("x-sum", "1"), ("x-sum", "2"), ("content-type", "x"), ("grpc-status", "0")]
        assert list(made.headers) == [("transfer-encoding", "chunked")]
        # A trailer changes nothing that the head has settled.
        assert (made.done, made.reusable) == (True, True)
        made.begin()
        assert len(made.trailers) == 0
        made.feed(HELLO)
        assert len(made.trailers) == 0


def test_a_trailer_that_ends_the_connection_costs_no_further_exchange() -> None:
    """`Connection: close` behind a body is obeyed: the next request goes to another connection rather than failing."""
    made = reader()
    made.feed(CHUNKED.replace(b"X-Sum: 1", b"Connection: close"))
    assert (made.done, made.body(), made.reusable) == (True, b"hello!", False)


def test_trailer_fields_are_counted_like_those_of_a_head() -> None:
    """As many trailer fields as header fields may come; one more is refused, however short they are."""
    for count, passes in ((4, True), (5, False)):
        answer = CHUNKED.replace(b"X-Sum: 1\r\n", b"a:\r\n" * count)
        made = reader(max_fields=4)
        if passes:
            made.feed(answer)
            assert len(made.trailers) == 4
        else:
            with pytest.raises(ProtocolError, match="more than 4 trailer fields"):
                made.feed(answer)


def test_trailers_that_never_end_are_refused_byte_by_byte() -> None:
    """A trailer that trickles without an end is bounded like a head."""
    made = reader(max_head_bytes=200)
    made.feed(CHUNKED.removesuffix(b"X-Sum: 1\r\n\r\n"))
    for _ in range(150):
        made.feed(b"x")
    with pytest.raises(ProtocolError, match="more than 200 bytes"):
        feed_each(made, b"x" * 51)


@pytest.mark.parametrize("field", [b"Content-Length: 3", b"Transfer-Encoding: chunked", b"bad name: x", b"x\0: y"])
def test_framing_and_damage_are_no_trailers(field: bytes) -> None:
    """What would frame the message anew, or is no field at all, is refused in a trailer too."""
    with pytest.raises(ProtocolError):
        reader().feed(CHUNKED.replace(b"X-Sum: 1", field))


SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: Echo/2\r\nConnection: Upgrade\r\n\r\nbehind it"


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 103 Early Hints\r\nUpgrade: x\r\n\r\n"])
def test_every_way_to_cut_a_switch_gives_the_same_head_and_loses_nothing(before: bytes) -> None:
    """However a 101 is cut into reads, its head stands and what came behind it is there, or still to come."""
    answer = before + SWITCHED
    for cut in range(1, len(answer)):
        made = reader()
        made.begin(switch_to="echo/2")
        made.feed(answer[:cut])
        if made.done:
            assert answer[:cut].endswith(made.rest)
            rest = made.rest + answer[cut:]
        else:
            made.feed(answer[cut:])
            rest = made.rest
        assert (made.switched, made.status, made.reusable, rest) == (True, 101, False, b"behind it")
        assert list(made.headers) == [("upgrade", "Echo/2"), ("connection", "Upgrade")]


def test_a_switch_that_was_not_asked_for_is_refused() -> None:
    """A 101 to a request that asked for nothing, or for something else, breaks HTTP."""
    for asked in (None, "echo", "websocket"):
        made = reader()
        made.begin(switch_to=asked)
        with pytest.raises(ProtocolError, match="switched protocols"):
            made.feed(SWITCHED)


def test_a_reader_reads_on_after_a_switch_that_was_declined() -> None:
    """Another answer to a request that asked for a switch is an ordinary one."""
    made = reader()
    made.begin(switch_to="echo/2")
    made.feed(HELLO)
    assert (made.done, made.switched, made.reusable, made.body()) == (True, False, True, b"hello")
    made.begin()
    made.feed(CHUNKED)
    assert made.done


def test_a_streamed_body_is_handed_on_and_not_gathered() -> None:
    """With `stream` the body comes out in pieces, is counted while it waits, and has no size limit."""
    made = reader(max_body_bytes=3)
    made.begin(stream=True)
    made.feed(HELLO[:-2])
    assert (made.head_done, made.done, made.buffered_bytes) == (True, False, 3)
    assert made.next_piece() == b"hel"
    assert made.next_piece() is None
    made.feed(HELLO[-2:])
    assert (made.next_piece(), made.next_piece(), made.done, made.buffered_bytes) == (b"lo", None, True, 0)


def test_an_unknown_coding_is_the_callers_who_asked_for_one() -> None:
    """An unknown content coding is refused, unless the caller chose the codings: then it is handed over as it is."""
    answer = HELLO.replace(b"Content-Length", b"Content-Encoding: zstd\r\nContent-Length")
    with pytest.raises(ProtocolError, match="not offered"):
        reader().feed(answer)
    made = reader()
    made.begin(raw=True)
    made.feed(answer)
    assert made.body() == b"hello"


def test_seeded_damage_never_escapes() -> None:
    """Whatever bytes are damaged, dropped or doubled: an answer or a CallError of ours, nothing else and never a hang."""
    rng = random.Random(20261124)
    seeds = [HELLO, CHUNKED, HELLO + HELLO, b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED]
    outcomes = {"whole": 0, "part": 0, "refused": 0}
    for _ in range(20_000):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            kind = rng.randrange(3)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                del data[at : at + rng.randint(1, 5)]
            else:
                data[at:at] = data[at : at + rng.randint(1, 20)]
            if not data:
                break
        made = reader(max_body_bytes=1000, max_head_bytes=1000)
        made.begin(head_only=rng.random() < 0.1, stream=rng.random() < 0.2)
        try:
            position = 0
            while position < len(data):
                step = rng.randint(1, 40)
                if made.done:
                    break
                made.feed(bytes(data[position : position + step]))
                position += step
            if made.done:
                outcomes["whole"] += 1
                continue
            made.feed_eof()
            outcomes["whole"] += 1
        except ProtocolError as error:
            assert error.reached is Reach.YES  # noqa: PT017
            outcomes["refused"] += 1
        except ReadError:
            outcomes["part"] += 1
    assert min(outcomes.values()) > 100, outcomes


@settings(deadline=None, max_examples=100)
@given(st.lists(st.binary(max_size=300), max_size=8), st.data())
def test_chunked_bodies_come_back_as_they_were(pieces: list[bytes], data: st.DataObject) -> None:
    """Any body, in any chunks, cut anywhere, comes back as it was."""
    body = b"".join(pieces)
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire += b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
    made = reader()
    while wire:
        size = data.draw(st.integers(1, len(wire)))
        made.feed(wire[:size])
        wire = wire[size:]
    assert made.done
    assert made.body() == body


def test_the_parser_is_as_strict_as_we_rely_on() -> None:
    """llhttp refuses by itself what the reader leaves to it."""
    for head in (
        b"HTTP/1.1 200 OK\nX: y\n\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        with pytest.raises(httptools.HttpParserError):
            httptools.HttpResponseParser(object()).feed_data(head)


CALLBACKS = (
    "on_message_begin",
    "on_header",
    "on_headers_complete",
    "on_body",
    "on_chunk_header",
    "on_message_complete",
)


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), TimeoutError("an alarm")], ids=["ctrl-c", "alarm"])
@pytest.mark.parametrize("callback", CALLBACKS)
def test_what_a_signal_handler_raises_in_a_callback_reaches_the_caller(callback: str, raised: BaseException) -> None:
    """It is no fault of the service's; the connection is spent, and the next answer is read by a new parser."""

    class Interrupted(ResponseReader):
        armed = False

    def interrupted(self: Interrupted, *arguments: bytes) -> None:
        if self.armed:
            raise raised
        getattr(ResponseReader, callback)(self, *arguments)

    setattr(Interrupted, callback, interrupted)
    made = Interrupted("peer:80", TransportLimits())
    made.armed = True
    with pytest.raises(type(raised)) as got:
        made.feed(CHUNKED)
    assert got.value is raised
    assert not made.reusable
    made.armed = False
    made.begin()
    made.feed(HELLO)
    assert (made.done, made.body()) == (True, b"hello")
