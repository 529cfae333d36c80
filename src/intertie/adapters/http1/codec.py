"""Reading one answer after another from bytes, without a socket: strict HTTP/1.1 within limits.

Source: RFC 9112 (message syntax, framing), RFC 9110 (semantics). llhttp parses, strictly: no bare LF, no folded
fields, no two lengths. What it leaves open is decided here: versions, 1xx answers, transfer codings, sizes, content
codings, and whether the connection can carry another exchange.
"""

from __future__ import annotations

from collections import deque
from typing import NoReturn

import httptools

from intertie.adapters.http1.decoding import Decoder, DecodingError, decoder_for
from intertie.adapters.http1.limits import TransportLimits
from intertie.core.errors import ProtocolError, Reach, ReadError
from intertie.runtime.http import NO_HEADERS, Headers

_RULING = frozenset((b"connection", b"transfer-encoding", b"content-encoding", b"keep-alive"))
"""Fields that rule framing, coding or persistence: heads without them, with a length at most, are usual."""
_WATCHED = _RULING | {b"content-length"}
_BODILESS = frozenset((204, 304))
_FIRST_BYTE = ord("H")
_PIECE_BYTES = 64 * 1024


class _Stop(Exception):  # noqa: N818  # never leaves this module: ends a parser's run from inside a callback
    pass


class ResponseReader:
    """The answer to the request announced by `begin`, fed with bytes as they come.

    The usual answer (final, whole, HTTP/1.1, no field of `_RULING`) takes a short way through here, and leaves behind
    nothing that the next one would have to clear. Whatever else comes sets `_unusual`.

    State after `feed`:

    | head_done | done | meaning |
    |---|---|---|
    | no | no | nothing final yet; `continued` tells whether `100 Continue` came |
    | yes | no | `status` and `headers` stand, the body is under way |
    | yes | yes | complete; `reusable` and `keep_alive_s` say what the connection is good for |

    Attributes:
        received_bytes: Since `begin`, heads included.
        keep_alive_s: The server's own `Keep-Alive: timeout`, None where it states none.
        trailers: Fields that came behind a chunked body, once it is complete.
        switched: The service speaks the protocol that was asked for from here on; `rest` came behind its head.
    """

    __slots__ = (
        "_body",
        "_body_bytes",
        "_decoder",
        "_fault",
        "_fields",
        "_head_only",
        "_head_room",
        "_informational",
        "_informational_room",
        "_is_11",
        "_length",
        "_limits",
        "_moved",
        "_parser",
        "_peer",
        "_pieces",
        "_quiet_bytes",
        "_raw",
        "_switch_to",
        "_trailer_fields",
        "_until_close",
        "_unusual",
        "buffered_bytes",
        "continued",
        "done",
        "head_done",
        "headers",
        "keep_alive_s",
        "received_bytes",
        "rest",
        "reusable",
        "status",
        "streams",
        "switched",
        "trailers",
    )

    def __init__(self, peer: str, limits: TransportLimits) -> None:
        self._peer = peer
        self._limits = limits
        self._parser: httptools.HttpResponseParser | None = None
        self._pieces: deque[bytes] = deque()
        self._is_11 = False
        self._length: int | None = None
        self._until_close = False
        self.reusable = False
        self.status = 0
        self.headers = NO_HEADERS
        self.begin()

    def begin(
        self, *, head_only: bool = False, stream: bool = False, raw: bool = False, switch_to: str | None = None
    ) -> None:
        """Expect the answer to the next request.

        Args:
            head_only: The request is a HEAD: its answer has no body whatever its fields say (RFC 9112 section 6.3).
            stream: Keep the body in pieces for `next_piece` rather than gathering it.
            raw: The caller chose the codings: an unknown one is handed over as it is.
            switch_to: The protocol that the request asks the service to switch to.
        """
        self._clear()
        self._unusual = head_only or stream or raw or switch_to is not None
        self._head_only = head_only
        self.streams = stream
        self._raw = raw
        self._switch_to = switch_to
        self._begin()

    def begin_usual(self) -> None:
        """Expect the answer to the next request, of which nothing unusual is asked."""
        if self._unusual:
            self.begin()
        else:
            self._begin()

    def _begin(self) -> None:
        # A parser that ended a message cleanly is at the beginning of the next one.
        if self._parser is None:
            self._parser = httptools.HttpResponseParser(self)
        self._fields: list[tuple[bytes, bytes]] = []
        self._body: bytes | bytearray = b""
        self._body_bytes = 0
        self._moved = False
        self.received_bytes = 0
        self.head_done = False
        self.done = False

    def _clear(self) -> None:
        """Forget all that only an unusual answer leaves behind."""
        limits = self._limits
        self.switched = False
        self.trailers = NO_HEADERS
        self._fault: ProtocolError | None = None
        self._trailer_fields: list[tuple[bytes, bytes]] | None = None
        self._head_room = limits.max_head_bytes
        self._informational = False
        self._informational_room = limits.max_informational
        self._decoder: Decoder | None = None
        self._quiet_bytes = 0
        self._pieces.clear()
        self.buffered_bytes = 0
        self.continued = False
        self.keep_alive_s: float | None = None

    def feed(self, data: bytes) -> None:
        """Take in what came from the server.

        Raises:
            ProtocolError: It breaks HTTP or a limit; `reached` is `yes`.
            BaseException: What a signal's handler raised meanwhile; the connection is of no more use.
        """
        if not self.received_bytes:
            self._is_11 = is_11 = data.startswith(b"HTTP/1.1 ")
            if not is_11 and data[0] != _FIRST_BYTE:
                self.received_bytes = len(data)
                raise self._protocol_error("answered with something that is not HTTP; does the port speak TLS?")
        self.received_bytes += len(data)
        assert self._parser is not None  # noqa: S101  # narrowing: begin() made it
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as broken:
            if self.switched and isinstance(broken, httptools.HttpParserUpgrade):
                self.rest = data[broken.args[0] :]
                self._parser = None
                return
            interrupt = broken.__context__
            if interrupt is not None and not isinstance(interrupt, _Stop):
                # A signal's handler raised while a callback ran: no fault of the service's. What llhttp has seen of the
                # answer and what the callbacks have noted of it may differ by now.
                self._parser = None
                self.reusable = False
                raise interrupt from None
            if self.done:
                # Whatever follows a complete answer spoils the connection, not the answer.
                self.reusable = False
                self._parser = None
                return
            raise self._fault or self._protocol_error(f"broke HTTP/1.1: {broken}") from None
        if self.done:
            if self._head_only and data[-4:] != b"\r\n\r\n"[-len(data) :]:
                self.reusable = False
            return
        self._check_progress(len(data))

    def feed_eof(self) -> None:
        """Take in that the server closed its side: the end of a body without a length, a break-off elsewhere.

        Raises:
            ReadError: The answer is not complete; `reached` is `yes` where any of its bytes came.
            ProtocolError: The body is complete, its content coding isn't.
        """
        if self.done:
            self.reusable = False
            return
        if self._until_close and self.head_done:
            self._complete()
            if self._fault:
                raise self._fault
            return
        if not self.received_bytes:
            raise ReadError(f"{self._peer} closed the connection without an answer", reached=Reach.MAYBE)
        if not self.head_done:
            where = "in the middle of its answer's head"
        elif self._length is not None:
            where = f"after {self._body_bytes} of the {self._length} bytes its answer announced"
        else:
            where = "in the middle of a chunked answer"
        raise ReadError(f"{self._peer} closed the connection {where}", reached=Reach.YES)

    def body(self) -> bytes:
        """Return the whole decoded body of a complete answer."""
        body = self._body
        return body if isinstance(body, bytes) else bytes(body)

    def next_piece(self) -> bytes | None:
        """Return the next decoded piece of a streamed body, None where more must be fed (or, when `done`, at its end).

        Raises:
            ProtocolError: The content coding is broken; `reached` is `yes`.
        """
        pieces = self._pieces
        decoder = self._decoder
        if decoder is None:
            if not pieces:
                return None
            piece = pieces.popleft()
            self.buffered_bytes -= len(piece)
            return piece
        try:
            while True:
                if out := decoder.read(_PIECE_BYTES):
                    return out
                if not pieces:
                    break
                piece = pieces.popleft()
                self.buffered_bytes -= len(piece)
                decoder.feed(piece)
            if self.done:
                decoder.finish()
        except DecodingError as broken:
            raise self._protocol_error(f"sent {broken}") from None
        return None

    # llhttp's callbacks. An exception in one ends the run; `_stop` keeps the reason.

    def on_message_begin(self) -> None:  # noqa: D102
        if self.done:
            self.reusable = False
            raise _Stop

    def on_header(self, name: bytes, value: bytes) -> None:  # noqa: D102
        if self.head_done:
            self._take_trailer(name.lower(), value.rstrip(b" \t"))
        else:
            self._fields.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:  # noqa: D102
        parser = self._parser
        assert parser is not None  # noqa: S101  # narrowing: it is calling us
        fields, limits = self._fields, self._limits
        if self.received_bytes > limits.max_head_bytes:
            self._check_room(fields)
        if len(fields) > limits.max_fields:
            self._stop(f"sent more than {limits.max_fields} header fields")
        status = parser.get_status_code()
        known = dict(fields)
        if not (self._is_11 and _RULING.isdisjoint(known)) or self._head_only or status < 200 or status in _BODILESS:
            self._take_unusual_head(parser, status)
            return
        if (length := known.get(b"content-length")) is None:
            self._length, self._until_close = None, True
        else:
            self._length = announced = int(length)
            self._until_close = False
            if announced > limits.max_body_bytes:
                self._check_length(announced)
        self.reusable = parser.should_keep_alive()
        self.status = status
        self.headers = Headers(fields)
        self.head_done = self._moved = True

    def on_body(self, data: bytes) -> None:  # noqa: D102
        if self.done:
            self.reusable = False
            raise _Stop
        self._moved = True
        self._body_bytes += len(data)
        if self.streams:
            self._pieces.append(data)
            self.buffered_bytes += len(data)
        elif self._decoder is None:
            if self._body or self._body_bytes > self._limits.max_body_bytes:
                self._gather(data)
            else:
                self._body = data
        else:
            self._decoder.feed(data)
            self._gather_decoded(self._decoder)

    def on_chunk_header(self) -> None:  # noqa: D102
        if self.done:
            self.reusable = False
            raise _Stop

    def on_message_complete(self) -> None:  # noqa: D102
        if not self._unusual:
            self.done = True
        elif self._informational:
            self._informational = False
        elif not self.done:
            self._complete()
            if self._fault:
                raise _Stop

    # What the callbacks decide.

    def _check_room(self, fields: list[tuple[bytes, bytes]]) -> int:
        """Return the room that an answer's heads and trailers have together, less these fields."""
        left = self._head_room - sum(len(name) + len(value) + 4 for name, value in fields)
        if left < 0:
            self._stop(f"sent header fields of more than {self._limits.max_head_bytes} bytes")
        return left

    def _take_unusual_head(self, parser: httptools.HttpResponseParser, status: int) -> None:
        """Take a head that is not final, has no body whatever it says, or rules framing, coding or persistence."""
        self._unusual = True
        version = "1.1" if self._is_11 else parser.get_http_version()
        if version not in ("1.1", "1.0"):
            self._stop(f"answered in HTTP/{version}, not in HTTP/1.1")
        if status < 200:
            if status == 101 and self._switch_to is not None:
                self._take_switch(self._switch_to, version)
            else:
                self._take_informational(status)
            return
        reusable = parser.should_keep_alive()
        self.status = status
        self.headers = Headers(self._fields)
        has_body = not (self._head_only or status in _BODILESS)
        watched: dict[bytes, bytes] = {}
        for name, value in self._fields:
            if name in _WATCHED:
                watched[name] = watched[name] + b", " + value if name in watched else value
        self._length = None
        self.reusable = self._take_watched(watched, version, reusable=reusable, has_body=has_body)
        # Neither length nor chunks: the body ends with the connection.
        self._until_close = has_body and self._length is None and b"transfer-encoding" not in watched
        self.head_done = True
        self._moved = True
        if self._head_only:
            # llhttp would wait for the body the fields describe: this parser is of no more use.
            self.done = True
            self._parser = None

    def _check_length(self, announced: int) -> None:
        if announced > self._limits.max_body_bytes and not self.streams:
            self._stop(f"announced a body of {announced} bytes, more than the limit of {self._limits.max_body_bytes}")

    def _take_trailer(self, name: bytes, value: bytes) -> None:
        # Kept apart: merged, a trailer could change what was decided from the head (RFC 9110 section 6.5.1).
        if name == b"transfer-encoding":  # of a Content-Length llhttp says so itself
            self._stop("sent a transfer coding in a trailer")
        if self._trailer_fields is None:
            self._trailer_fields = []
            self._head_room = self._check_room(self._fields)
        elif len(self._trailer_fields) >= self._limits.max_fields:
            self._stop(f"sent more than {self._limits.max_fields} trailer fields")
        self._trailer_fields.append((name, value))
        self._head_room = self._check_room([(name, value)])

    def _complete(self) -> None:
        if self._decoder is not None and not self.streams:
            try:
                self._decoder.finish()
            except DecodingError as broken:
                self._fault = self._protocol_error(f"sent {broken}")
                return
        if self._trailer_fields is not None:
            self.trailers = Headers(self._trailer_fields)
            assert self._parser is not None  # noqa: S101  # narrowing: it is calling us
            # To llhttp a `Connection: close` in a trailer counts: it would refuse the next answer.
            self.reusable = self.reusable and self._parser.should_keep_alive()
        self.done = True

    def _take_informational(self, status: int) -> None:
        if status == 101:
            self._stop("switched protocols (status 101) without having been asked to")
        self._informational_room -= 1
        if self._informational_room < 0:
            self._stop(f"sent more than {self._limits.max_informational} provisional answers (1xx) to one request")
        self._head_room = self._check_room(self._fields)
        self._informational = True
        self._is_11 = False  # of the next message: look again
        self.continued = self.continued or status == 100
        self._fields = []

    def _take_switch(self, asked: str, version: str) -> None:
        """The head of a 101: the message ends here, and so does HTTP (RFC 9110 section 15.2.2)."""
        headers = Headers(self._fields)
        parser = self._parser
        assert parser is not None  # noqa: S101  # narrowing: it is calling us
        protocols = [each.strip().lower() for value in headers.all("upgrade") for each in value.split(",")]
        if asked.lower() not in protocols or not parser.should_upgrade() or version != "1.1":
            self._stop(f"switched protocols (status 101), but not to '{asked}', which it was asked for")
        self.status = 101
        self.headers = headers
        self.rest = b""
        self.reusable = False
        self.switched = self.head_done = self.done = self._moved = True

    def _take_watched(self, watched: dict[bytes, bytes], version: str, *, reusable: bool, has_body: bool) -> bool:
        """Read framing, coding and persistence; return whether the connection is reusable so far."""
        if (transfer := watched.get(b"transfer-encoding")) is not None and has_body:
            if version == "1.0":
                self._stop(
                    "sent a transfer coding in HTTP/1.0"
                )  # RFC 9112 section 6.1: its framing is not to be trusted
            if transfer.lower() != b"chunked":
                self._stop("sent a transfer coding other than chunked")
        if (length := watched.get(b"content-length")) is not None and has_body:
            self._length = int(length)
            self._check_length(self._length)
        if has_body and (coding := watched.get(b"content-encoding")) is not None:
            try:
                self._decoder = decoder_for(coding.decode("latin-1"))
            except DecodingError as unknown:
                if not self._raw:
                    self._stop(f"sent {unknown}")
        if (keep_alive := watched.get(b"keep-alive")) is not None:
            self.keep_alive_s = _timeout_s(keep_alive)
        if self._head_only:
            words = {word.strip().lower() for word in watched.get(b"connection", b"").split(b",")}
            return b"close" not in words and (version == "1.1" or b"keep-alive" in words)
        return reusable

    def _gather(self, data: bytes) -> None:
        body = self._body
        if not body:
            self._body = data
        else:
            if isinstance(body, bytes):
                self._body = body = bytearray(body)
            body += data
        if len(self._body) > self._limits.max_body_bytes:
            self._stop(f"sent a body of more than the limit of {self._limits.max_body_bytes} bytes")

    def _gather_decoded(self, decoder: Decoder) -> None:
        most = self._limits.max_body_bytes
        try:
            while out := decoder.read(most + 1 - len(self._body)):
                self._gather(out)
        except DecodingError as broken:
            self._stop(f"sent {broken}")

    def _check_progress(self, fed_bytes: int) -> None:
        """Bound what brings it no further: an endless head, chunk extension or trailer, a body of tiny chunks."""
        if self._moved:
            self._moved = False
            self._quiet_bytes = 0
        else:
            self._unusual = True
            self._quiet_bytes += fed_bytes
            if self._quiet_bytes > self._limits.max_head_bytes:
                self._parser = None
                what = "a trailer or chunk size" if self.head_done else "a head"
                raise self._protocol_error(f"sent {what} of more than {self._limits.max_head_bytes} bytes")
        most = self._limits.max_body_bytes + 2 * self._limits.max_head_bytes
        if self.received_bytes > most and not self.streams:
            raise self._protocol_error(f"sent an answer of more than {most} bytes")

    def _stop(self, reason: str) -> NoReturn:
        self._fault = self._protocol_error(reason)
        raise _Stop

    def _protocol_error(self, what: str) -> ProtocolError:
        self.reusable = False
        self._unusual = True
        return ProtocolError(f"{self._peer} {what}", reached=Reach.YES)


def _timeout_s(keep_alive: bytes) -> float | None:
    """Return the `timeout` of a Keep-Alive field (RFC 2068 section 19.7.1.1), None where it has none that can be read.

    >>> _timeout_s(b"timeout=5, max=100"), _timeout_s(b"max=3"), _timeout_s(b"timeout=soon")
    (5.0, None, None)
    """
    for word in keep_alive.split(b","):
        name, _, value = word.strip().partition(b"=")
        if name.strip().lower() == b"timeout" and value.strip().isdigit():
            return float(value.strip()[:9])
    return None
