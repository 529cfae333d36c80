"""The mock's server, byte by byte, over real sockets on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from intertie.mockserver import BUILT_IN, MockServer, profile_of
from intertie.runtime.plan import Targets
from intertie.runtime.policies.limiter.options import LimiterOptions
from support.mock_plans import BEARER, CREATE, GET, LIST, answers, operation, plan
from support.pace import PATIENCE_S, wait_until

AUTH = b"Host: 127.0.0.1\r\nAuthorization: Bearer k\r\n"
GET_LIST = b"GET /v1/charges HTTP/1.1\r\n" + AUTH + b"\r\n"
FORM = b"amount=1250&currency=eur&source=tok"


@contextmanager
def connected(source=None, **options):
    server = MockServer(source or plan(), **options)
    with server as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S) as client:
            yield client, server


def read_answer(client, *, head=False):
    """Return (status, headers, body) of one answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(65536)
        if not part:
            raise EOFError(data)
        data += part
    top, _, body = data.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    length = 0 if head else int(headers.get("content-length", 0))
    while len(body) < length:
        part = client.recv(65536)
        if not part:
            raise EOFError(body)
        body += part
    assert len(body) == length, "more than one answer was read"
    return int(first.split()[1]), headers, body


def ended(client):
    return client.recv(65536) == b""


def post(body=FORM, *more):
    return b"".join(
        (
            b"POST /v1/charges HTTP/1.1\r\n",
            AUTH,
            b"Idempotency-Key: k\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            *more,
            b"\r\n",
            body,
        )
    )


def test_a_connection_is_kept_and_ends_when_asked():
    """Several requests on one connection; `Connection: close` ends it after its answer."""
    with connected() as (client, _):
        for _ in range(3):
            client.sendall(GET_LIST)
            status, headers, body = read_answer(client)
            assert (status, json.loads(body)) == (200, {"data": [], "has_more": False})
            assert headers["date"].endswith("GMT")
            assert "connection" not in headers
        client.sendall(GET_LIST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert read_answer(client)[1]["connection"] == "close"
        assert ended(client)


def test_http_1_0_ends_after_its_answer():
    """An old client gets one answer."""
    with connected() as (client, _):
        client.sendall(GET_LIST.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert read_answer(client)[0] == 200
        assert ended(client)


def test_pipelined_requests_are_answered_in_order():
    """Requests sent without waiting get their answers one after the other, slow ones too."""
    slow = operation("slow", "GET", "/slow", response=answers("ChargeList"), targets=Targets(0.05, 0.05, 0.05))
    with connected(plan(LIST, GET, slow), latency=True) as (client, _):
        paths = [b"/slow", b"/v1/charges/nope", b"/v1/charges", b"/slow", b"/nowhere"]
        client.sendall(b"".join(b"GET %s HTTP/1.1\r\n%s\r\n" % (path, AUTH) for path in paths))
        data = b""
        while data.count(b"HTTP/1.1 ") < 5 or not data.endswith(b"}"):
            data += client.recv(65536)
        statuses = [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [200, 404, 200, 200, 404]


def test_a_thousand_pipelined_requests_are_all_answered():
    """The line is bounded by reading less, not by losing requests."""
    with connected() as (client, server):
        sender = threading.Thread(target=client.sendall, args=(GET_LIST * 1000,))
        sender.start()
        data = 0
        while data < 1000:
            data += client.recv(1 << 16).count(b"HTTP/1.1 200")
        sender.join()
        assert len(server.engine.requests()) == 1000


def test_requests_arrive_byte_by_byte():
    """However the bytes are split, the request is the same."""
    with connected() as (client, _):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(FORM, b"Content-Length: %d\r\n" % len(FORM)):
            client.sendall(bytes((byte,)))
        assert json.loads(read_answer(client)[2])["amount"] == 1250


def test_chunked_bodies_are_read():
    """A body in chunks is the body."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (FORM[:7], FORM[7:])) + b"0\r\n\r\n"
    with connected() as (client, _):
        client.sendall(post(chunks, b"Transfer-Encoding: chunked\r\n"))
        assert json.loads(read_answer(client)[2])["amount"] == 1250


def test_continue_is_said_before_the_body():
    """A client that waits to be asked is asked."""
    with connected() as (client, _):
        head = post(b"", b"Content-Length: %d\r\n" % len(FORM), b"Expect: 100-continue\r\n")
        client.sendall(head)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(FORM)
        assert read_answer(client)[0] == 200


def test_head_has_the_length_and_no_body():
    """HEAD tells how long the body of GET is."""
    with connected() as (client, _):
        client.sendall(GET_LIST.replace(b"GET", b"HEAD") + GET_LIST)
        status, headers, _ = read_answer_head_then_rest(client)
        assert (status, headers["content-length"]) == (200, "28")


def read_answer_head_then_rest(client):
    data = b""
    while data.count(b"\r\n\r\n") < 2 or not data.endswith(b"}"):
        data += client.recv(65536)
    top, _, rest = data.partition(b"\r\n\r\n")
    assert rest.startswith(b"HTTP/1.1 200")
    first, *lines = top.decode().split("\r\n")
    return int(first.split()[1]), {n.lower(): v for n, _, v in (line.partition(": ") for line in lines)}, rest


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /v1/charges HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/charges HTTP/1.1\r\nHost: x\r\nContent-Length: nope\r\n\r\n", 400),
        (b"GET /v1/charges HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 70_000, 431),
        (post(b"", b"Content-Length: 99999999\r\n"), 413),
        (post(b"0000001000001\r\n", b"Transfer-Encoding: chunked\r\n") + b"a" * 16_777_300, 413),
    ],
)
def test_what_cant_be_read_is_refused_and_the_connection_closed(sent, status):
    """Each refusal has its status, and nothing that follows on the connection is taken for a request."""
    with connected() as (client, server):
        # The server may answer and close before all is sent.
        sender = threading.Thread(target=_send_quietly, args=(client, sent))
        sender.start()
        got = read_answer(client)[0]
        assert got == status
        sender.join()
        assert server.engine.requests() == []


def _send_quietly(client, data):
    try:
        client.sendall(data)
    except OSError:
        return


def test_good_requests_before_a_bad_one_are_answered():
    """What was sound before the line broke gets its answer first."""
    with connected() as (client, _):
        client.sendall(GET_LIST + b"\x00\x01garbage\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        data = b""
        while part := client.recv(65536):
            data += part
        assert b"HTTP/1.1 400" in data


# --- faults


def test_a_reset_before_the_headers_has_taken_effect():
    """The connection is reset, the charge exists, and the same key gives its answer."""
    once = profile_of({"responses": [{"fault": "before_headers"}]})
    with connected(profile=once) as (client, server):
        client.sendall(post(FORM, b"Content-Length: %d\r\n" % len(FORM)))
        with pytest.raises(ConnectionResetError):
            client.recv(100)
        parts = urlsplit(server.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S) as again:
            again.sendall(post(FORM, b"Content-Length: %d\r\n" % len(FORM)))
            assert read_answer(again)[1]["idempotent-replayed"] == "true"


@pytest.mark.parametrize(("place", "whole"), [("after_headers", 0), ("mid_body", 14)])
def test_an_answer_breaks_off(place, whole):
    """The head promises more than comes."""
    with connected(profile=profile_of({"disconnect": place})) as (client, _):
        client.sendall(GET_LIST)
        data = b""
        while part := client.recv(65536):
            data += part
        top, _, body = data.partition(b"\r\n\r\n")
        assert b"Content-Length: 28" in top
        assert len(body) == whole


def test_an_answer_without_body_breaks_off_too():
    """A 204 that is to break off promises a byte that never comes."""
    with connected(profile=profile_of({"responses": [{"status": 200, "fault": "mid_body"}]})) as (client, _):
        client.sendall(GET_LIST)
        data = b""
        while part := client.recv(65536):
            data += part
        assert data.endswith(b"Content-Length: 1\r\n\r\n")


def test_a_slow_body_trickles():
    """28 bytes at 140 a second take at least 0.2 s, and the connection goes on after."""
    with connected(profile=profile_of({"slow_body": 140})) as (client, server):
        client.sendall(GET_LIST + GET_LIST)
        began = time.monotonic()
        data = b""
        while data.count(b'"has_more":false}') < 2:
            data += client.recv(65536)
        assert time.monotonic() - began > 0.2
        assert len(server.engine.requests()) == 2


def test_a_hanging_request_is_never_answered_and_frees_its_place():
    """Nothing comes; once the client has gone its place among concurrent requests is free."""
    made = plan(LIST, limits=LimiterOptions((), concurrent=1), auth=BEARER)
    with connected(made, profile=profile_of({"responses": [{"status": 200, "delay_ms": 60000}]})) as (client, server):
        client.sendall(GET_LIST)
        wait_until(lambda: server.engine.state()["limits"][0]["in_flight"] == 1)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(10)
        client.close()
        wait_until(lambda: server.engine.state()["limits"][0]["in_flight"] == 0)


def test_hang_leaves_the_connection_open_until_the_server_stops():
    """A hang is no disconnect; stopping the server does not wait for its end, which never comes, and closes it."""
    with connected(profile=profile_of({"hang": True})) as (client, server):
        client.sendall(GET_LIST)
        wait_until(server.engine.requests)
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(10)
        server.stop()
        client.settimeout(PATIENCE_S)
        assert ended(client)


def test_malformed_bodies_are_whole_messages():
    """The framing is right, the document is not."""
    with connected(profile=BUILT_IN["malformed"], seed=3) as (client, _):
        broken = 0
        for _ in range(30):
            client.sendall(GET_LIST)
            body = read_answer(client)[2]
            broken += not body.endswith(b"}")
        assert 1 <= broken <= 15


# --- life of the server


def test_latency_is_real_time():
    """An answer with a target of 80 ms takes its time: three of them no less than 90 ms."""
    slow = operation("slow", "GET", "/slow", response=answers("ChargeList"), targets=Targets(0.08, 0.08, 0.08))
    with connected(plan(slow), latency=True, seed=1) as (client, _):
        began = time.monotonic()
        for _ in range(3):
            client.sendall(b"GET /slow HTTP/1.1\r\n" + AUTH + b"\r\n")
            assert read_answer(client)[0] == 200
        assert time.monotonic() - began > 0.09


def test_an_answer_under_way_is_given_before_the_server_ends():
    """A graceful stop lets the answer out, and takes no new request."""
    slow = operation("slow", "GET", "/slow", response=answers("ChargeList"), targets=Targets(0.1, 0.1, 0.1))
    with connected(plan(slow), latency=True) as (client, server):
        client.sendall(b"GET /slow HTTP/1.1\r\n" + AUTH + b"\r\n")
        wait_until(server.engine.requests)
        stopper = threading.Thread(target=server.stop)
        stopper.start()
        assert read_answer(client)[0] == 200
        assert ended(client)
        stopper.join()


def test_a_client_that_only_stops_sending_still_gets_its_answer():
    """Half a close is no abandonment."""
    with connected(plan(CREATE, LIST)) as (client, _):
        client.sendall(GET_LIST)
        client.shutdown(socket.SHUT_WR)
        assert read_answer(client)[0] == 200
        assert ended(client)


def test_a_taken_port_is_told():
    """Two mocks can't share a port."""
    with connected() as (_, server):
        port = urlsplit(server.url).port
        with pytest.raises(OSError):
            MockServer(plan(), port=port).start()


def test_an_absolute_target_is_the_path_in_it():
    """A client that speaks as to a proxy is understood."""
    with connected() as (client, _):
        client.sendall(GET_LIST.replace(b"GET /v1", b"GET http://127.0.0.1/v1"))
        assert read_answer(client)[0] == 200


def test_control_is_reached_on_the_same_port():
    """`/__intertie/` is answered beside the service, without credential."""
    with connected() as (client, _):
        client.sendall(
            b'PUT /__intertie/profile HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n{"name": "down"}'
        )
        assert read_answer(client)[0] == 200
        client.sendall(GET_LIST)
        assert read_answer(client)[0] == 503
        client.sendall(b"GET /__intertie/state HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
        assert read_answer(client)[0] == 403
