"""TLS in memory, against Python's own server side, also in memory."""

from __future__ import annotations

import contextlib
import ssl
from datetime import UTC, datetime

import pytest
import trustme

from intertie.adapters.http1.tls_channel import TlsChannel


class Server:
    """The other side of a channel: a session in memory that is as far as what it was fed lets it be."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.session = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    def shake_hands(self, records: bytes) -> bytes:
        self.incoming.write(records)
        with contextlib.suppress(ssl.SSLWantReadError):
            self.session.do_handshake()
        return self.outgoing.read()

    def says(self, data: bytes) -> bytes:
        self.session.write(data)
        return self.outgoing.read()

    def goodbye(self) -> bytes:
        with pytest.raises(ssl.SSLWantReadError):
            self.session.unwrap()
        return self.outgoing.read()

    def hears(self, records: bytes) -> bytes:
        self.incoming.write(records)
        heard = b""
        with contextlib.suppress(ssl.SSLWantReadError):
            while piece := self.session.read(65536):
                heard += piece
        return heard


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_channel_knows_when_the_certificate_of_its_service_ends(authority: trustme.CA) -> None:
    """To the second, as it stands in the certificate."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = datetime(2099, 3, 5, 7, 9, 11, tzinfo=UTC)
    authority.issue_cert("here.example", not_after=ends).configure_cert(served)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    channel, server = TlsChannel(context, "here.example"), Server(served)
    while not channel.shake_hands():
        channel.feed(server.shake_hands(channel.output()))
    assert channel.certificate_ends() == "Mar  5 07:09:11 2099 GMT"


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def pair(request: pytest.FixtureRequest, authority: trustme.CA) -> tuple[TlsChannel, Server]:
    """A channel and a server that have shaken hands."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.maximum_version = request.param
    authority.issue_cert("here.example").configure_cert(served)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    channel, server = TlsChannel(context, "here.example"), Server(served)
    while not channel.shake_hands():
        channel.feed(server.shake_hands(channel.output()))
    if left := channel.output():
        channel.feed(server.shake_hands(left))
    assert channel.read() == b""  # session tickets are no data
    assert (channel.ended, channel.fault) == (False, None)
    return channel, server


def test_bytes_pass_both_ways(pair: tuple[TlsChannel, Server]) -> None:
    """What one side writes the other side reads, of any length and however the records are cut."""
    channel, server = pair
    assert server.hears(channel.write(b"x" * 100_000)) == b"x" * 100_000
    assert channel.waiting_bytes == 0
    records = server.says(b"y" * 100_000)
    heard = b""
    for start in range(0, len(records), 7001):
        channel.feed(records[start : start + 7001])
        heard += channel.read()
    assert heard == b"y" * 100_000
    assert channel.output() == b""


def test_the_end_is_heard_behind_the_last_bytes(pair: tuple[TlsChannel, Server]) -> None:
    """A goodbye in the same read as data: the data first, and the end is known."""
    channel, server = pair
    channel.feed(server.says(b"last") + server.goodbye())
    assert channel.read() == b"last"
    if not channel.ended:
        assert channel.read() == b""
    assert (channel.ended, channel.fault) == (True, None)


def test_one_direction_may_end_alone(pair: tuple[TlsChannel, Server]) -> None:
    """After our goodbye the server hears the end, and what it still says is read."""
    channel, server = pair
    goodbye = channel.goodbye()
    assert server.hears(goodbye) == b""
    channel.feed(server.says(b"still talking"))
    assert channel.read() == b"still talking"
    assert (channel.ended, channel.fault) == (False, None)


def test_an_end_without_a_goodbye_is_a_fault(pair: tuple[TlsChannel, Server]) -> None:
    """The end of the socket is not the end of the session; what came before it is read first."""
    channel, server = pair
    channel.feed(server.says(b"cut"))
    channel.feed(b"")
    assert channel.read() == b"cut"
    assert channel.read() == b""
    assert channel.ended is False
    assert isinstance(channel.fault, ssl.SSLEOFError)


def test_damaged_records_are_a_fault(pair: tuple[TlsChannel, Server]) -> None:
    """A record that was changed on its way breaks the session, and nothing of it is handed out."""
    channel, server = pair
    records = bytearray(server.says(b"secret"))
    records[-1] ^= 1
    channel.feed(bytes(records))
    assert channel.read() == b""
    assert channel.fault is not None


class Renegotiating:
    """A session that, as one of TLS 1.2 may, takes nothing to send until it has read what the other side asks for."""

    def __init__(self, turns: int) -> None:
        self.turns = turns
        self.taken: list[bytes] = []

    def write(self, data: bytes) -> int:
        if self.turns:
            raise ssl.SSLWantReadError
        self.taken.append(bytes(data))
        return len(data)

    def read(self, most: int) -> bytes:
        self.turns -= 1
        raise ssl.SSLWantReadError


def test_what_can_not_be_sent_yet_leaves_in_order_once_it_can(pair: tuple[TlsChannel, Server]) -> None:
    """While the server negotiates anew, what is written waits, is known to wait, and then leaves in its order."""
    channel, _ = pair
    channel._session = session = Renegotiating(2)
    channel.write(b"one ")
    channel.write(b"two")
    assert (channel.waiting_bytes, session.taken) == (7, [])
    channel.read()
    assert channel.waiting_bytes == 7
    channel.read()
    assert (channel.waiting_bytes, session.taken) == (0, [b"one two"])
    channel.write(b"three")
    assert session.taken == [b"one two", b"three"]
