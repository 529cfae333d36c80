"""HTTP messages as the pipeline sees them: plain data, no sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from intertie.core.errors import NotJson
from intertie.core.outside_text import shown
from intertie.core.secret import Secret

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Headers:
    """Header fields in the order they came; names compare without regard to case.

    Shape: `(lower-case name, value)` pairs of bytes, read as Latin-1 text (RFC 9110 section 5.5).
    """

    __slots__ = ("raw",)

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.raw: tuple[tuple[bytes, bytes], ...] = tuple(raw)

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> Headers:
        """Make headers from text pairs."""
        return cls((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields)

    def get(self, name: str) -> str | None:
        """Return the first value of `name`, None where it is absent."""
        wanted = name.lower().encode("latin-1")
        for key, value in self.raw:
            if key == wanted:
                return value.decode("latin-1")
        return None

    def all(self, name: str) -> list[str]:
        """Return every value of `name`."""
        wanted = name.lower().encode("latin-1")
        return [value.decode("latin-1") for key, value in self.raw if key == wanted]

    def has_any(self, names: frozenset[bytes]) -> bool:
        """Return whether a field has one of these names, given in lower case."""
        for name, _ in self.raw:  # noqa: SIM110  # three times as fast as a generator
            if name in names:
                return True
        return False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def __repr__(self) -> str:
        return f"Headers({shown(', '.join(name.decode('latin-1') for name, _ in self.raw))})"


NO_HEADERS = Headers()


class Credential(msgspec.Struct, frozen=True):
    """Our credential and where the transport puts it; its text never enters a `Request`.

    `location` is `header` (`name: [scheme ]secret`) or `query` (`name=secret` is added to the target).
    """

    location: str
    name: str
    secret: Secret
    scheme: str | None = None


class Request(msgspec.Struct, frozen=True):
    r"""One HTTP request, ready to be written.

    Attributes:
        method: Upper case.
        target: Origin form, percent-encoded: path and query.
        headers: `(name, value)` text pairs; neither Host nor Content-Length, which the transport writes.
        static_head: Header lines already encoded (`Name: value\r\n`…), the same for every call of the operation; no
            secrets.
        body: Bytes, or an asynchronous iterator of bytes sent chunked; None where there is no body.
        credential: Where the credential goes; None where there is none.
        body_is_secret: The body carries a credential: nobody may log or store it.
        expect_continue: Wait for `100 Continue` before the body is sent (RFC 9110 section 10.1.1).
        sign: Signs it just before it is sent, given it and the time (UTC seconds); None where nothing does.
        upgrade: Protocol that `open_stream` asks the service to switch to, such as `websocket` (RFC 9110 section 7.8);
            None where the stream needs no switch. `exchange` refuses a request that has one.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    static_head: bytes = b""
    body: bytes | AsyncIterator[bytes] | None = None
    credential: Credential | None = None
    body_is_secret: bool = False
    expect_continue: bool = False
    sign: Callable[[Request, float], Request] | None = None
    upgrade: str | None = None


class Response(msgspec.Struct, frozen=True):
    """One HTTP answer.

    Attributes:
        body: The decoded bytes (content coding removed); empty where `stream` is set.
        stream: Chunks of the body where the call asked for them; must be read to the end or closed.
        bytes_sent, bytes_received: On the wire, heads included: what `per_gb` pays for.
        trailers: Fields that came behind the body (RFC 9110 section 6.5), never merged into `headers`. Of a streamed
            body they are on the stream, at its end.
    """

    status: int
    headers: Headers
    body: bytes = b""
    stream: BodyStream | None = None
    bytes_sent: int = 0
    bytes_received: int = 0
    trailers: Headers = NO_HEADERS

    def json(self) -> object:
        """Return the body as JSON data, whatever its media type says.

        Raises:
            NotJson: The body is not JSON; the message never holds a part of it.
        """
        try:
            return msgspec.json.decode(self.body.removeprefix(_BYTE_ORDER_MARK))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotJson(f"the answer is not JSON: {self._told()}; `.body` has its bytes") from None

    def __repr__(self) -> str:
        # Neither headers nor body: nobody has masked them.
        return f"Response({self._told()})"

    def _told(self) -> str:
        media = (self.headers.get("content-type") or "no content type").partition(";")[0]
        body = "streamed" if self.stream is not None else f"{len(self.body)} bytes"
        return f"status {self.status}, {shown(media, most=80)}, {body}"


class BodyStream(Protocol):
    """The body of an answer, chunk by chunk."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield decoded chunks until the body ends; raises `CallError` where it breaks off."""

    async def aclose(self) -> None:
        """Stop reading; the connection is closed unless the body was at its end."""

    @property
    def trailers(self) -> Headers:
        """Fields that came behind the body; empty until the body has been read to its end."""


class Departure(Protocol):
    """Is called at the two instants between which a request leaves: what a limit counts from.

    Both calls are synchronous and come at most once in an exchange, on the loop or thread that sends.
    """

    def departing(self) -> None:
        """Called when all else is ready, immediately before the first byte is handed to the kernel.

        What this raises ends the exchange: no byte has left (`reached` is `no`), the connection goes back to its pool,
        and the caller of the exchange gets that very exception.
        """

    def departed(self) -> None:
        """Called when the kernel has taken the last byte: of a streamed body or a duplex stream, of the head.

        Where a service answers before it wants the body (`Expect: 100-continue`), the head is all that is sent, so the
        call comes too. It does not come where the connection broke, or the time ran out, before the last byte was
        taken. It must not raise.
        """


class MessageStream(Protocol):
    """Bytes in both directions at once; where one message ends is for the protocol above to say.

    One task or thread may send while another receives. Close it, else its place in the pool stays taken.
    """

    @property
    def head(self) -> Response | None:
        """Head of the answer, without a body; None where the service may wait for a message before it answers."""

    async def send(self, data: bytes, *, deadline_s: float) -> None:
        """Send `data` whole; return when the kernel has taken it.

        Sends from several tasks or threads do not mix. A cancelled send has left whole or will, or has not begun.

        Raises:
            DeadlineExceeded: `phase` is `write`; a part may have left, so the stream is closed.
            WriteError: The stream broke, or was closed.
        """

    async def receive(self, *, deadline_s: float, idle_s: float) -> bytes | None:
        """Return what has come since, at least a byte; None at the end. A cancelled call loses nothing.

        Raises:
            DeadlineExceeded: Nothing came for `idle_s` seconds (`phase` is `read`) or until `deadline_s` (`total`). The
                stream stays as it is: receiving again is fine.
            ReadError: The stream broke off.
        """

    async def end(self) -> None:
        """Say that nothing more will be sent; receiving goes on. Never waits for the other side."""

    @property
    def trailers(self) -> Headers:
        """Fields that came at the end; empty until `receive` has returned None, and where the protocol has none."""

    async def aclose(self) -> None:
        """Close it at once, in both directions, without a goodbye of its own."""


class Connection(Protocol):
    """A connection held for one attempt."""

    async def exchange(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        stream: bool = False,
        departure: Departure | None = None,
    ) -> Response:
        """Write the request, read the answer, and give the connection back to its pool.

        Args:
            request: What to send.
            write_deadline_s: Instant by which the request must be written.
            read_timeout_s: Seconds from the last byte written to the end of the answer (to its head where `stream`).
            deadline_s: Instant that bounds everything.
            stream: Return at the end of the head, with `Response.stream`.
            departure: Is called just before the first byte leaves and just after the last one has.

        Raises:
            TransportError: A subclass by phase; `reached` tells whether a byte left or came.
            DeadlineExceeded: `phase` is `write`, `read` or `total`; `reached` likewise.
        """

    async def open_stream(
        self,
        request: Request,
        *,
        write_deadline_s: float,
        read_timeout_s: float,
        deadline_s: float,
        departure: Departure | None = None,
    ) -> MessageStream | Response:
        """Open a stream in both directions; a service that answers otherwise gives a whole `Response` to be judged.

        The stream has the connection to itself, which never goes back to the pool. With a `Response` it went back as
        after an exchange.

        Args:
            request: What opens the stream. Over HTTP/1.1 it names the protocol in `upgrade`.
            write_deadline_s: Instant by which the request's head must be written.
            read_timeout_s: Seconds from then to the head of the answer.
            deadline_s: Instant that bounds the opening, not the life of the stream.
            departure: As for `exchange`.

        Raises:
            TransportError, DeadlineExceeded: As for `exchange`.
        """

    def release(self) -> None:
        """Give the connection back unused; an exchange gives it back itself."""

    @property
    def fresh(self) -> bool:
        """Whether nothing has been sent on it yet, so that a broken write can't be a stale keep-alive."""


class Transport(Protocol):
    """Connections to one origin (scheme, host, port), fixed when it is made."""

    def connect_nowait(self, *, fresh: bool = False) -> Connection | None:
        """Return a pooled connection that looks alive, None where one must be opened or waited for.

        `fresh` accepts only a pooled connection that is beyond doubt (checked readable, within its keep-alive time).
        """

    async def connect(self, *, deadline_s: float, connect_timeout_s: float, fresh: bool = False) -> Connection:
        """Return a connection, opening one or waiting for a place in the pool.

        Raises:
            ConnectError: Name, route, refusal or TLS; `reached` is `no`.
            DeadlineExceeded: `phase` is `connect` or `total`; `reached` is `no`.
        """

    async def aclose(self) -> None:
        """Close idle connections now and the others when they come back."""

    def written_fields(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Return the header fields of a request as they go over the wire; the credential's value is a mask."""

    def statistics(self) -> dict[str, int]:
        """Return a snapshot: `open`, `idle`, `waiting`, `opened_total`, `reused_total`."""
