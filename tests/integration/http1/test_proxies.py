"""Through a proxy: tunnels for TLS, whole URLs for plain HTTP; what the proxy does wrong never reached the service."""

from __future__ import annotations

import asyncio
import base64
import ssl
from pathlib import Path

import pytest
import trustme

from intertie.adapters.http1 import TransportLimits
from intertie.adapters.secrets import EnvironmentSecrets
from intertie.core.errors import ConnectError, CredentialMissing, DeadlineExceeded, Reach, TokenRefused
from intertie.runtime.http import Request
from intertie.runtime.plan import ProxyOptions, TlsOptions
from support.bad_servers import HELLO, OK, always, serving, then_hang
from support.proxies import SmallProxy, proxying
from support.ways import Caller, Way

HOST = "service.test"
HERE = {HOST: "127.0.0.1"}
SECRETS = EnvironmentSecrets({"USER": "me", "PASS": "s3cret:1", "WRONG": "x", "COLON": "a:b"}, Path())


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, TlsOptions]:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    return context, TlsOptions(ca_file=str(path))


def through(proxy: SmallProxy, **credential: str) -> ProxyOptions:
    return ProxyOptions("127.0.0.1", proxy.port, **credential)


def named(first: bytes) -> bytes:
    return first.split(b"\r\n")[0]


def test_a_service_behind_tls_is_reached_through_a_tunnel(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions]
) -> None:
    """One CONNECT opens a connection that is used again; the proxy sees the name, its own credential, and no more."""
    context, tls = certified
    request = Request("POST", "/v1?secret=1", (("X-Key", "k-1234"),), body=b"x" * 300_000)

    async def work(http: Caller) -> None:
        for _ in range(3):
            assert (await http.call(request)).body == b"hello"
            await http.pause(0.002)

    with proxying(hosts=HERE, password="me:s3cret:1") as proxy, serving(always(HELLO), tls=context) as server:
        options = through(proxy, username="env:USER", password="env:PASS")
        way.run(server.port, work, scheme="https", host=HOST, tls=tls, proxy=options, secrets=SECRETS)
        (head,) = proxy.heads
        assert named(head) == b"CONNECT service.test:%d HTTP/1.1" % server.port
        assert b"Host: service.test:%d\r\n" % server.port in head
        assert server.connections == 1
        assert all(b"proxy-" not in each.lower() for each in server.heads)
        assert all(secret not in proxy.tunnelled_bytes for secret in (b"k-1234", b"s3cret", b"secret=1", b"hello"))


def test_a_service_on_plain_http_is_asked_for_by_its_whole_url(way: Way) -> None:
    """Each request names the service's URL and brings the proxy's credential; the proxy takes it off."""

    async def work(http: Caller) -> None:
        for _ in range(2):
            assert (await http.call(Request("POST", "/v1?a=b", body=b"{}"))).body == b"hello"
        assert http.transport.statistics()["opened_total"] == 1

    with proxying(hosts=HERE, password="me:s3cret:1") as proxy, serving(always(HELLO)) as server:
        options = through(proxy, username="env:USER", password="env:PASS")
        way.run(server.port, work, host=HOST, proxy=options, secrets=SECRETS)
        assert [named(head) for head in proxy.heads] == [
            b"POST http://service.test:%d/v1?a=b HTTP/1.1" % server.port
        ] * 2
        assert b"Host: service.test:%d\r\n" % server.port in proxy.heads[0]
        assert all(b"Proxy-Authorization: Basic " in head for head in proxy.heads)
        assert all(b"proxy-" not in head.lower() for head in server.heads)
        assert server.bodies == [b"{}"] * 2


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("credential", "asks", "kind", "words"),
    [
        ({}, b'Basic realm="x"', CredentialMissing, "asks for a user and a password (407); name them in `proxy.username`"),
        ({"username": "env:USER", "password": "env:WRONG"}, b"Basic", TokenRefused, "the password of env:WRONG (407)"),
        ({"username": "env:USER"}, b'Negotiate, NTLM, Digest realm="a, b"', TokenRefused, "asks for Negotiate, NTLM, Digest"),
        ({"username": "env:COLON"}, b"Basic", CredentialMissing, "can't have a colon"),
        ({"password": "env:NOTHING"}, b"Basic", CredentialMissing, "env:NOTHING"),
    ],
)  # fmt: skip
def test_a_proxy_that_wants_another_credential_is_a_fault_of_ours(
    way: Way,
    certified: tuple[ssl.SSLContext, TlsOptions],
    scheme: str,
    credential: dict[str, str],
    asks: bytes,
    kind: type[Exception],
    words: str,
) -> None:
    """A 407 names the proxy and what to do; it is a credential fault, so no breaker counts it and nothing is retried."""
    context, tls = certified

    async def work(http: Caller) -> None:
        error = await http.fail(Request("POST", "/", body=b"{}"))
        assert type(error) is kind, error
        assert words in str(error)
        assert "s3cret" not in str(error)
        if proxy.heads:
            assert f"the proxy 127.0.0.1:{proxy.port}" in str(error)
            # A request on plain HTTP has left our hands; before a tunnel stands none has.
            assert error.reached is (Reach.YES if scheme == "http" else Reach.NO)
        else:
            assert error.reached is Reach.NO

    with (
        proxying(hosts=HERE, password="me:s3cret", scheme=asks) as proxy,
        serving(always(HELLO), tls=context if scheme == "https" else None) as server,
    ):
        options = through(proxy, **credential)
        way.run(server.port, work, scheme=scheme, host=HOST, tls=tls, proxy=options, secrets=SECRETS)
        assert server.heads == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_407_of_the_service_itself_is_an_answer(way: Way, stream: bool) -> None:
    """Without a proxy, or through a tunnel, the status is the service's own."""

    async def work(http: Caller) -> None:
        response = await http.call(stream=stream)
        assert response.status == 407
        if response.stream is not None:
            await response.stream.aclose()

    with serving(always(b"HTTP/1.1 407 Odd\r\nContent-Length: 0\r\n\r\n")) as server:
        way.run(server.port, work)


def saying(data: bytes, *, then: str = "close"):
    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then == "hang":
            await reader.read()  # until the client gives up
        elif then == "reset":
            writer.transport.abort()

    return misbehave


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def interim(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50)
        await writer.drain()


BAD = {
    "forbidden": (saying(b"HTTP/1.1 403 Not\x1b[31m this one\r\nContent-Length: 3\r\n\r\nno!"), "403 Not\\x1b[31m this one"),
    "bad-gateway": (saying(b"HTTP/1.0 502 \r\n\r\n"), "502; can it reach the service?"),
    "no-reason": (saying(b"HTTP/1.1 503\r\n\r\n"), "503; can it reach the service?"),
    "web-server": (saying(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n"), "does not know CONNECT"),
    "choices": (saying(b"HTTP/1.1 300 Multiple Choices\r\n\r\n"), "300 Multiple Choices"),
    "no-connect": (saying(b"HTTP/1.1 501 Not Implemented\r\n\r\n"), "does not know CONNECT"),
    "broken": (saying(b"HTTP/1.1 500 Oh\r\n\r\n"), "500 Oh; can it reach the service?"),
    "redirect": (saying(b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n"), "302 Found"),
    "long-reason": (saying(b"HTTP/1.1 503 " + b"a" * 9000 + b"\r\n\r\n"), "…; can it"),
    "garbage": (saying(b"\x16\x03\x01\x02\x00\x01\x00"), "not HTTP"),
    "http2": (saying(b"HTTP/2.0 200 OK\r\n\r\n", then="hang"), "not HTTP"),
    "odd-status": (saying(b"HTTP/1.1 2OO OK\r\n\r\n", then="hang"), "not HTTP"),
    "switching": (saying(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", then="hang"), "101 Switching Protocols"),
    "closes": (saying(b""), "closed the connection instead"),
    "half-a-head": (saying(b"HTTP/1.1 200 OK\r\n"), "closed the connection instead"),
    "resets": (saying(b"", then="reset"), "the proxy 127.0.0.1:"),
    "speaks-first": (saying(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", then="hang"), "sent something before"),
    "endless-head": (endless, "a head of more than"),
    "endless-interim": (interim, "interim answers"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_proxy_that_misbehaves_is_named_and_nothing_reached_the_service(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions], name: str
) -> None:
    """Whatever it answers to CONNECT, the error is a ConnectError about the proxy with `reached` no."""
    misbehave, words = BAD[name]

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert type(error) is ConnectError, error
        assert error.reached is Reach.NO
        assert words in str(error)
        assert f"the proxy 127.0.0.1:{proxy.port}" in str(error)
        assert len(str(error)) < 300
        assert str(error).isprintable()

    with proxying(misbehave=misbehave) as proxy:
        way.run(443, work, scheme="https", host=HOST, tls=certified[1], proxy=through(proxy))


@pytest.mark.parametrize(("connect_s", "total_s", "phase"), [(0.1, 2.0, "connect"), (2.0, 0.1, "total")])
@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_slow_proxy_is_a_connect_timeout(
    way: Way,
    certified: tuple[ssl.SSLContext, TlsOptions],
    data: bytes,
    connect_s: float,
    total_s: float,
    phase: str,
) -> None:
    """Connecting to the proxy, its answer and the handshake behind it share the connect timeout."""

    async def work(http: Caller) -> None:
        with pytest.raises(DeadlineExceeded) as caught:
            await http.connect(connect_s=connect_s, total_s=total_s)
        assert (caught.value.phase, caught.value.reached) == (phase, Reach.NO)

    with proxying(misbehave=saying(data, then="hang")) as proxy:
        way.run(443, work, scheme="https", host=HOST, tls=certified[1], proxy=through(proxy))


def test_an_interim_answer_and_a_head_in_pieces_are_read(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions]
) -> None:
    """The tunnel stands at the end of the final head, however it came."""
    context, tls = certified

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in (b"HTTP/1.1 100 Continue\r\n\r\nHTT", b"P/1.1 20", b"0 OK\r\nA: b\r", b"\n\r", b"\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.002)
        there, back = await proxy.open("127.0.0.1", server.port)
        await asyncio.gather(proxy._pump(reader, back, keep=False), proxy._pump(there, writer, keep=False))
        back.close()

    async def work(http: Caller) -> None:
        assert (await http.call()).body == b"hello"

    with serving(always(HELLO), tls=context) as server, proxying(misbehave=misbehave) as proxy:
        way.run(server.port, work, scheme="https", host=HOST, tls=tls, proxy=through(proxy))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions], scheme: str
) -> None:
    """A refusal is the proxy's; so is a name that resolves to nothing."""
    with proxying() as proxy:
        port = proxy.port

    async def refused(http: Caller) -> None:
        error = await http.fail()
        assert (type(error), error.reached) == (ConnectError, Reach.NO)
        assert str(error) == f"the proxy 127.0.0.1:{port} refused the connection; is the proxy running there?"

    async def unknown(http: Caller) -> None:
        error = await http.fail()
        assert (type(error), error.reached) == (ConnectError, Reach.NO)
        assert "no-such-proxy.invalid" in str(error)

    way.run(1, refused, scheme=scheme, host=HOST, tls=certified[1], proxy=ProxyOptions("127.0.0.1", port))
    way.run(1, unknown, scheme=scheme, host=HOST, tls=certified[1], proxy=ProxyOptions("no-such-proxy.invalid", 80))


def test_a_service_that_the_proxy_can_not_reach_was_not_reached(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions]
) -> None:
    """A tunnel to nowhere is a ConnectError that names both."""
    with serving(always(HELLO)) as server:
        port = server.port

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert (type(error), error.reached) == (ConnectError, Reach.NO)
        assert f"did not connect us to service.test:{port}: 502 Bad Gateway" in str(error)

    with proxying(hosts=HERE) as proxy:
        way.run(port, work, scheme="https", host=HOST, tls=certified[1], proxy=through(proxy))


def test_inside_the_tunnel_names_are_verified_as_ever(way: Way, certified: tuple[ssl.SSLContext, TlsOptions]) -> None:
    """A proxy that connects us to somebody else is found out in the handshake."""
    context, tls = certified

    async def work(http: Caller) -> None:
        error = await http.fail()
        assert (type(error), error.reached) == (ConnectError, Reach.NO)
        assert "as the certificate does" in str(error)

    with proxying(hosts={"other.test": "127.0.0.1"}) as proxy, serving(always(HELLO), tls=context) as server:
        way.run(server.port, work, scheme="https", host="other.test", tls=tls, proxy=through(proxy))


def test_reach_is_exact_behind_a_tunnel(way: Way, certified: tuple[ssl.SSLContext, TlsOptions]) -> None:
    """Once the tunnel stands, a silent service is `maybe` and a begun answer `yes`, as without a proxy."""
    context, tls = certified
    for begun, reached in ((b"", Reach.MAYBE), (OK + b"Content-Length: 9\r\n\r\nhel", Reach.YES)):

        async def work(http: Caller, reached: Reach = reached) -> None:
            error = await http.fail(read_s=0.2)
            assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", reached)

        with proxying(hosts=HERE) as proxy, serving(then_hang(begun), tls=context) as server:
            way.run(server.port, work, scheme="https", host=HOST, tls=tls, proxy=through(proxy))


def test_a_rotated_password_is_used_by_the_next_connection(
    way: Way, certified: tuple[ssl.SSLContext, TlsOptions]
) -> None:
    """The credential is read when a tunnel is opened, not when the transport is made."""
    context, tls = certified
    environ = {"USER": "me", "PASS": "old"}

    async def work(http: Caller) -> None:
        assert isinstance(await http.fail(), TokenRefused)
        environ["PASS"] = "new"
        assert (await http.call()).body == b"hello"

    with proxying(hosts=HERE, password="me:new") as proxy, serving(always(HELLO), tls=context) as server:
        options = through(proxy, username="env:USER", password="env:PASS")
        secrets = EnvironmentSecrets(environ, Path())
        way.run(server.port, work, scheme="https", host=HOST, tls=tls, proxy=options, secrets=secrets)
        assert base64.b64encode(b"me:new") in proxy.heads[-1]


def test_a_small_head_limit_holds_for_the_proxy_too(way: Way, certified: tuple[ssl.SSLContext, TlsOptions]) -> None:
    """The bound is the transport's own, for one write as for many."""

    async def work(http: Caller) -> None:
        assert "a head of more than 100 bytes" in str(await http.fail())

    answer = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200 + b"\r\n\r\n"
    with proxying(misbehave=saying(answer, then="hang")) as proxy:
        limits = TransportLimits(max_head_bytes=100)
        way.run(443, work, scheme="https", host=HOST, tls=certified[1], proxy=through(proxy), limits=limits)
