"""TLS: always verified; what goes wrong is a ConnectError that says what to do."""

from __future__ import annotations

import datetime as dt
import os
import ssl
from pathlib import Path

import pytest
import trustme

from intertie.adapters.http1.tls import client_context
from intertie.adapters.secrets import EnvironmentSecrets
from intertie.core.errors import ConnectError, Reach, ReadError, UsageError, WriteError
from intertie.runtime.http import Request
from intertie.runtime.plan import TlsOptions
from support.bad_servers import HELLO, OK, BadServer, Peer, always, serving, then_hang
from support.pace import at_any_pace
from support.ways import Caller, Way

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class Authority:
    """A certificate authority with its file, and servers that it vouches for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.file = str(folder / "ca.pem")
        self.ca.cert_pem.write_to_path(self.file)

    def server(self, *names: str, not_after: dt.datetime | None = None) -> ssl.SSLContext:
        before = None if not_after is None else not_after - dt.timedelta(days=2)
        certificate = self.ca.issue_cert(*names, not_before=before, not_after=not_after)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def client(self, name: str) -> tuple[str, str]:
        """Return the files of a client certificate and its key."""
        certificate = self.ca.issue_cert(name)
        chain, key = self.folder / "client.pem", self.folder / "client.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(key)
        return str(chain), str(key)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def run(way: Way, server: BadServer, work: object, tls: TlsOptions, *, host: str = "127.0.0.1", **more: object) -> None:
    way.run(server.port, work, scheme="https", tls=tls, host=host, **more)


async def refused(http: Caller) -> str:
    error = await http.fail()
    assert type(error) is ConnectError, error
    assert error.reached is Reach.NO
    return str(error)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_trusted_service_is_called_and_its_connection_used_again(way: Way, authority: Authority, host: str) -> None:
    """With its authority given a service is called over TLS, by name or address, again and again on one connection."""
    body = b"x" * 400_000

    async def work(http: Caller) -> None:
        for _ in range(3):
            assert (await http.call(Request("POST", "/", body=body))).body == b"hello"
            await http.pause(0.005)
        assert server.bodies == [body] * 3
        assert server.connections == 1

    with serving(always(HELLO), tls=authority.server("127.0.0.1", "localhost")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file), host=host)


def test_http_1_1_is_what_we_offer(way: Way, authority: Authority) -> None:
    """The protocol is settled in the handshake: http/1.1 and nothing else."""
    context = authority.server("127.0.0.1")
    context.set_alpn_protocols(["h2", "http/1.1"])
    chosen: list[str | None] = []

    def behave(peer: Peer) -> None:
        chosen.append(peer.sock.selected_alpn_protocol())
        peer.answer()

    async def work(http: Caller) -> None:
        await http.call()
        assert chosen == ["http/1.1"]

    with serving(behave, tls=context) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_an_unknown_authority_is_refused(way: Way, authority: Authority, tmp_path: Path) -> None:
    """A certificate of another authority is refused; the message says where to name the right one."""
    other = Authority(tmp_path)

    async def work(http: Caller) -> None:
        assert "security.ca" in await refused(http)

    with serving(always(HELLO), tls=other.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_the_machines_own_authorities_do_not_vouch_for_a_stranger(way: Way, authority: Authority) -> None:
    """Without an authority of its own the spec trusts what the machine trusts, and that is not this one."""

    async def work(http: Caller) -> None:
        assert "is not trusted" in await refused(http)

    with serving(always(HELLO), tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions())


def test_an_expired_certificate_is_refused(way: Way, authority: Authority) -> None:
    """An expired certificate is refused; the message says whose turn it is."""

    async def work(http: Caller) -> None:
        message = await refused(http)
        assert "expired" in message
        assert "must renew" in message

    with serving(always(HELLO), tls=authority.server("127.0.0.1", not_after=PAST)) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_a_certificate_of_the_future_points_at_the_clock(way: Way, authority: Authority) -> None:
    """What is not valid yet is most often seen on a machine whose clock is behind."""
    later = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
    certificate = authority.ca.issue_cert("127.0.0.1", not_before=later, not_after=later + dt.timedelta(days=2))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    async def work(http: Caller) -> None:
        assert "this machine's clock may be behind" in await refused(http)

    with serving(always(HELLO), tls=context) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_another_hosts_certificate_is_refused(way: Way, authority: Authority) -> None:
    """A certificate for another host is refused."""

    async def work(http: Caller) -> None:
        assert "as the certificate does" in await refused(http)

    with serving(always(HELLO), tls=authority.server("api.example.com")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file), host="localhost")


def test_an_older_version_than_the_minimum_is_refused(way: Way, authority: Authority) -> None:
    """A service that speaks only TLS 1.2 is refused where the spec asks for 1.3."""
    context = authority.server("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    async def answered(http: Caller) -> None:
        await http.call()

    async def work(http: Caller) -> None:
        assert "security.tls_minimum" in await refused(http)

    with serving(always(HELLO), tls=context) as server:
        run(way, server, answered, TlsOptions(ca_file=authority.file))
        run(way, server, work, TlsOptions(ca_file=authority.file, minimum="1.3"))


def test_plain_http_on_an_https_origin_says_so(way: Way, authority: Authority) -> None:
    """A port that speaks plain HTTP is told apart from a broken handshake."""

    def behave(peer: Peer) -> None:
        peer.take(1)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.hang()

    async def work(http: Caller) -> None:
        assert "does not speak TLS" in await refused(http)

    with serving(behave) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


@pytest.mark.parametrize("ending", ["close", "reset"])
def test_a_handshake_broken_off_says_so(way: Way, authority: Authority, ending: str) -> None:
    """A service that hangs up in the handshake is a ConnectError that did not reach it."""

    def behave(peer: Peer) -> None:
        peer.take(1)
        getattr(peer, ending)()

    async def work(http: Caller) -> None:
        assert "https port?" in await refused(http)

    with serving(behave) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


@at_any_pace(0.08, 0.8, 8.0)
def test_a_silent_handshake_is_a_connect_timeout(way: Way, authority: Authority, pace_s: float) -> None:
    """The connect timeout bounds the handshake too."""
    from intertie.core.errors import DeadlineExceeded

    async def work(http: Caller) -> None:
        with pytest.raises(DeadlineExceeded) as caught:
            await http.connect(connect_s=pace_s)
        assert (caught.value.phase, caught.value.reached) == ("connect", Reach.NO)

    with serving(lambda peer: peer.hang()) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_certificate_is_shown_where_it_is_asked_for(way: Way, authority: Authority, version: str) -> None:
    """With certificate and key reference a service that asks for one is called; without it the error says what to set."""
    context = authority.server("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)
    context.maximum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    certificate, key = authority.client("client.example.com")
    secrets = EnvironmentSecrets({}, authority.folder)

    async def answered(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    async def turned_away(http: Caller) -> None:
        error = await http.fail()
        # TLS 1.3 tells only after the handshake: the request may have left by then, or we hear it before.
        assert error.reached is Reach.NO or (version == "1.3" and error.reached is Reach.MAYBE), error
        assert "client certificate" in str(error)

    with serving(always(HELLO), tls=context) as server:
        with_key = TlsOptions(ca_file=authority.file, certificate_file=certificate, client_key=f"file:{key}")
        run(way, server, answered, with_key, secrets=secrets)
        run(way, server, turned_away, TlsOptions(ca_file=authority.file))


def test_a_refusal_after_the_handshake_is_told_with_its_reason(way: Way, authority: Authority) -> None:
    """Where TLS 1.3 says what is wrong before a request was written, nothing is sent, and the error says why."""
    context = authority.server("127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(context)

    async def work(http: Caller) -> None:
        connection = await http.connect()
        await http.until(lambda: server.refused)
        await http.pause(0.005)
        error = await http.fail(on=connection)
        assert (type(error), error.reached) == (WriteError, Reach.NO)
        assert "client certificate" in str(error)

    with serving(always(HELLO), tls=context) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_a_body_cut_off_without_goodbye_is_not_whole(way: Way, authority: Authority) -> None:
    """A body without length that ends without TLS's own end is an error: an attacker may have cut it."""

    def behave(peer: Peer) -> None:
        peer.answer(OK + b"\r\nhel")
        peer.pause(0.02)
        peer.close()

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ReadError, error
        assert error.reached is Reach.YES

    with serving(behave, tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_a_body_ended_by_goodbye_is_whole(way: Way, authority: Authority) -> None:
    """A body without length that ends with TLS's own end is whole."""

    def behave(peer: Peer) -> None:
        peer.answer(OK + b"\r\nhello")
        peer.sock.unwrap()

    async def work(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    with serving(behave, tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


@at_any_pace(0.08, 0.8, 8.0)
def test_timeouts_hold_over_tls(way: Way, authority: Authority, pace_s: float) -> None:
    """A silent service is a read timeout over TLS as well."""
    from intertie.core.errors import DeadlineExceeded

    async def work(http: Caller) -> None:
        error = await http.fail(read_s=pace_s)
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", Reach.MAYBE)

    with serving(then_hang(b""), tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


@at_any_pace(0.03, 0.3, 3.0)
def test_an_idle_tls_connection_that_died_is_replaced_unnoticed(way: Way, authority: Authority, pace_s: float) -> None:
    """A server that closes an idle TLS connection costs a new one, not a call."""

    def behave(peer: Peer) -> None:
        peer.answer()
        peer.sock.unwrap() if peer.number == 1 else peer.close()

    async def work(http: Caller) -> None:
        for _ in range(3):
            assert (await http.call()).body == b"hello"
            await http.pause(pace_s)
        assert server.connections == 3

    with serving(behave, tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(ca_file=authority.file))


def test_files_that_are_not_there_are_named(authority: Authority, tmp_path: Path) -> None:
    """A missing or wrong file of TLS is named in the error."""
    nothing = str(tmp_path / "nothing.pem")
    text = tmp_path / "text.pem"
    text.write_text("hello")
    certificate, key = authority.client("client.example.com")
    other, _ = Authority(tmp_path).client("other.example.com")
    secrets = EnvironmentSecrets({}, tmp_path)
    for options, words in (
        (TlsOptions(ca_file=nothing), "nothing.pem"),
        (TlsOptions(ca_file=str(text)), "not a PEM certificate"),
        (TlsOptions(certificate_file=nothing), "nothing.pem"),
        (TlsOptions(certificate_file=other, client_key=f"file:{key}"), "do not fit"),
        (TlsOptions(certificate_file=certificate), "do not fit"),
        (TlsOptions(minimum="1.1"), "1.2 or 1.3"),
    ):
        with pytest.raises(UsageError) as caught:
            client_context(options, secrets)
        assert words in str(caught.value)
    with pytest.raises(UsageError, match=r"security\.client_key: env:NO_KEY"):
        client_context(TlsOptions(certificate_file=certificate, client_key="env:NO_KEY"), secrets)


def test_a_pipe_in_the_place_of_a_file_does_not_hold_anybody(tmp_path: Path) -> None:
    """OpenSSL would wait for a writer for ever; a folder that it finds nothing in is said too."""
    pipe = tmp_path / "pipe.pem"
    os.mkfifo(pipe)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "ca.pem").write_text("whatever")
    for options, words in (
        (TlsOptions(ca_file=str(pipe)), "a named pipe"),
        (TlsOptions(trust=(str(pipe),)), "trust: "),
        (TlsOptions(certificate_file=str(pipe)), "a named pipe"),
        (TlsOptions(ca_file="a\0b"), "can't be read"),
        (TlsOptions(trust=("system", str(folder))), "openssl rehash"),
    ):
        with pytest.raises(UsageError) as caught:
            client_context(options, None)
        assert words in str(caught.value)


def test_a_trusted_file_stands_beside_the_system(way: Way, authority: Authority) -> None:
    """`trust` names further authorities; all of them together are trusted."""

    async def work(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    with serving(always(HELLO), tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions(trust=("system", authority.file)))
        run(way, server, work, TlsOptions(trust=(authority.file,)))


def test_the_variables_of_openssl_name_the_systems_authorities(
    way: Way, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`SSL_CERT_FILE` is the trust store where nothing else is said, as for every other tool."""
    monkeypatch.setenv("SSL_CERT_FILE", authority.file)

    async def work(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    with serving(always(HELLO), tls=authority.server("127.0.0.1")) as server:
        run(way, server, work, TlsOptions())


def test_an_encrypted_key_is_refused_without_asking(authority: Authority, tmp_path: Path) -> None:
    """A key with a pass phrase is refused with advice; nothing prompts on the terminal."""
    from cryptography.hazmat.primitives import serialization

    certificate, key = authority.client("client.example.com")
    loaded = serialization.load_pem_private_key(Path(key).read_bytes(), None)
    locked = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    (tmp_path / "locked.key").write_bytes(locked)
    options = TlsOptions(certificate_file=certificate, client_key="file:locked.key")
    with pytest.raises(UsageError, match="pass phrase"):
        client_context(options, EnvironmentSecrets({}, tmp_path))
