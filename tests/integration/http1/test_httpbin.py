"""A server that nobody here wrote: httpbin under gunicorn."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from intertie.core.errors import DeadlineExceeded, Reach
from intertie.core.secret import Secret
from intertie.runtime.http import Credential, Request
from support.pace import PATIENCE_S, at_any_pace
from support.ways import Caller, Way

missing = [name for name in ("httpbin", "gunicorn") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    # The listening socket is handed over, so nobody can take the port in between.
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-b", f"fd://{listener.fileno()}", "-k", "gthread", "--threads", "8",
         "--keep-alive", "5", "--log-level", "error", "httpbin:app"],
        pass_fds=[listener.fileno()],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    number = listener.getsockname()[1]
    listener.close()
    try:
        _wait_until_ready(process, number)
        yield number
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE_S)
        assert process.stderr is not None
        process.stderr.close()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        assert process.poll() is None, "httpbin did not start"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
                sock.sendall(b"GET /status/204 HTTP/1.0\r\n\r\n")
                if sock.recv(100).startswith(b"HTTP/1"):
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("httpbin did not become ready")


def get(target: str, *headers: tuple[str, str]) -> Request:
    return Request("GET", target, headers)


def test_every_coding_is_taken_off(way: Way, port: int) -> None:
    """gzip, deflate and br come back as JSON on one connection."""

    async def work(http: Caller) -> None:
        for target, mark in (("/gzip", "gzipped"), ("/deflate", "deflated"), ("/brotli", "brotli")):
            response = await http.call(get(target))
            assert json.loads(response.body)[mark] is True
            assert response.headers.get("content-encoding") is not None
        assert http.transport.statistics()["opened_total"] == 1

    way.run(port, work)


def test_bodies_of_every_framing_are_whole(way: Way, port: int) -> None:
    """Chunked, counted and streamed bodies arrive to the last byte."""

    async def work(http: Caller) -> None:
        lines = (await http.call(get("/stream/20"))).body.splitlines()
        assert [json.loads(line)["id"] for line in lines] == list(range(20))
        assert len((await http.call(get("/bytes/50000?seed=1"))).body) == 50_000
        assert len((await http.call(get("/stream-bytes/50000?chunk_size=1000"))).body) == 50_000
        streamed = await http.call(get("/stream-bytes/50000?chunk_size=999"), stream=True)
        assert streamed.stream is not None
        assert sum([len(piece) async for piece in streamed.stream]) == 50_000
        dripped = await http.call(get("/drip?numbytes=5&duration=0.2&delay=0"))
        assert dripped.body == b"*" * 5

    way.run(port, work)


@at_any_pace(0.2, 1.0)
def test_a_delay_is_a_timeout(way: Way, port: int, pace_s: float) -> None:
    """A service that thinks longer than we wait is a read timeout that may have reached it."""

    async def work(http: Caller) -> None:
        error = await http.fail(get(f"/delay/{5 * pace_s:.0f}"), read_s=pace_s)
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", Reach.MAYBE)
        error = await http.fail(get(f"/drip?numbytes=5&duration={8 * pace_s:.0f}&delay=0"), read_s=pace_s)
        assert (type(error), error.phase, error.reached) == (DeadlineExceeded, "read", Reach.YES)

    way.run(port, work)


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 418, 429, 500, 503])
def test_statuses_are_answers(way: Way, port: int, status: int) -> None:
    """Whatever the status, it is an answer and not an error of the transport."""

    async def work(http: Caller) -> None:
        assert (await http.call(get(f"/status/{status}"))).status == status

    way.run(port, work)


def test_redirects_are_not_followed_and_cookies_not_kept(way: Way, port: int) -> None:
    """A redirect is an answer like any other, and a cookie that is set comes back never."""

    async def work(http: Caller) -> None:
        response = await http.call(get("/redirect-to?url=/get&status_code=307"))
        assert (response.status, response.headers.get("location")) == (307, "/get")
        response = await http.call(get("/cookies/set?a=b"))
        assert response.headers.get("set-cookie") is not None
        assert json.loads((await http.call(get("/cookies"))).body) == {"cookies": {}}

    way.run(port, work)


def test_what_is_sent_arrives(way: Way, port: int) -> None:
    """Method, query, fields and body arrive as given, whole or in chunks."""

    async def pieces():
        yield b'{"a": '
        yield b"1}"

    async def work(http: Caller) -> None:
        fields = (("Content-Type", "application/json"), ("X-Trace", "t-1"))
        for body in (b'{"a": 1}', pieces()):
            request = Request("POST", "/anything/v1?b=%C3%A9&b=2", fields, body=body)
            seen = json.loads((await http.call(request)).body)
            assert (seen["method"], seen["json"], seen["args"]) == ("POST", {"a": 1}, {"b": ["é", "2"]})
            assert seen["headers"]["X-Trace"] == "t-1"
            assert seen["headers"]["User-Agent"].startswith("intertie/")
            assert seen["headers"]["Host"] == f"127.0.0.1:{port}"
        response = await http.call(Request("HEAD", "/get"))
        assert (response.status, response.body) == (200, b"")
        assert int(response.headers.get("content-length") or 0) > 0

    way.run(port, work)


def test_credentials_are_accepted_where_they_belong(way: Way, port: int) -> None:
    """A credential in the header with its scheme, or in the query, is what the service sees."""

    async def work(http: Caller) -> None:
        bearer = Credential("header", "Authorization", Secret("s3cret"), "Bearer")
        response = await http.call(Request("GET", "/bearer", credential=bearer))
        assert json.loads(response.body) == {"authenticated": True, "token": "s3cret"}
        basic = Credential("header", "Authorization", Secret("dXNlcjpwYXNz"), "Basic")
        response = await http.call(Request("GET", "/basic-auth/user/pass", credential=basic))
        assert response.status == 200
        query = Credential("query", "key", Secret("a&b=c d"))
        response = await http.call(Request("GET", "/get?x=1", credential=query))
        assert json.loads(response.body)["args"] == {"x": "1", "key": "a&b=c d"}

    way.run(port, work)
