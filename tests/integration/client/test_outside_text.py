"""Whatever a spec, a file's name or a server says: terminal, log and exceptions get one safe line of it, and not all."""

from __future__ import annotations

import json
import logging
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import intertie
from intertie.cli.context import CliContext
from intertie.cli.main import run
from intertie.cli.request_lines import RequestLines
from intertie.mockserver.received import Received
from intertie.testing import make_plan
from support.spec_text import FRONT_MATTER, section

UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)
LONGEST = 6000
"""Of a line: the bound of finished lines, with what escaping adds to their last part."""
PIECES = [
    "\x1b[2J",
    "\x1b]0;t\x07",
    "\x9b31m",
    "\u202e",
    "\u2066",
    "\r",
    "\n",
    "\u2028",
    "\x00",
    "\U000e0041",
    "\t",
    "é",
    "x" * 50,
]
nasty_texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


def quoted(text: str) -> str:
    """A YAML scalar of any text."""
    written = json.dumps(text, ensure_ascii=False)
    return UNSAFE.sub(lambda found: f"\\U{ord(found[0]):08x}", written)


def safe_name(text: str) -> str:
    """What of a text may stand in the name of a file, and in the reference of a secret."""
    return re.sub(r"[/\x00\s]", "", text)[:60]


def prose(text: str) -> str:
    """What of a text may stand in a Markdown file outside its YAML: a null makes it no text at all."""
    return text.replace("\x00", "").replace("\n", " ").replace("\r", " ")


def spec_of(nasty: str, url: str) -> str:
    """A spec that holds a nasty text wherever it can and still is one that runs."""
    q = quoted
    front = FRONT_MATTER.replace("name: Test", f"name: {q('T' + nasty)}")
    front = front.replace("service: test", f"service: {q('s' + nasty)}")
    parts = [
        section("Service Configuration", f"""
service: {{name: {q('s' + nasty)}, base_url: {q(url)}}}
authentication: {{type: api_key, config: {{key_location: header, key_name: X-Key, secret: {q('file:k' + safe_name(nasty))}}}}}
"""),
        section("Rate Limits", "rate_limits: {requests_per_second: 100}"),
        section("Circuit Breaker", "circuit_breaker: {enabled: true, failure_threshold: 50, timeout: 1}"),
        section("Retry Policy", "retry: {max_attempts: 1}"),
        f"""## API Endpoints

### Get Thing

{prose(nasty)}

```yaml
endpoint: {{path: /things, method: GET, description: {q('d' + nasty)}}}
request: {{parameters: [{{name: {q('p' + nasty[:2000])}, in: query, type: string, description: {q(nasty)}}}]}}
response:
  success:
    status: 200
    content_type: application/json
    schema: {{type: object, properties: {{id: {{type: string, pattern: {q('^[a-z]*$')}}}}}, additionalProperties: {{type: integer}}}}
```

""",
        section("Error Handling", f"""
error_mapping:
  - {{external_code: 418, internal_code: {q('I' + nasty)}, message: {q('M' + nasty)}, action: fail}}
  - {{external_code: 5xx, internal_code: {q('D' + nasty)}, message: {q('M' + nasty)}, action: fail}}
"""),
        section("Monitoring & Observability", "monitoring: {logging: {level: debug, include_headers: true, include_body: true}}"),
        section("Cost Management", "costs: {pricing_model: per_request, currency: EUR, tiers: [{name: all, cost: 0.01, unit: request}]}"),
        section("Migration & Versioning", f"versioning: {{strategy: query, parameter: v, current: {q('1' + nasty[:2000])}, supported: [{q('1' + nasty[:2000])}]}}"),
        f"## Dependencies\n- **Upstream**: {prose(nasty)}\n",
    ]  # fmt: skip
    return front + "".join(parts)


class Nasty(BaseHTTPRequestHandler):
    """Answers with what its server was given: status, reason phrase, header, body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.hits += 1
        status, text = self.server.status, self.server.text
        latin = text.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"")[:9000]
        body = json.dumps({"error": {"code": text, "message": text}, "id": text, text: text}).encode()
        self.wfile.write(b"HTTP/1.1 %d %s\r\nX-Odd: %s\r\nDeprecation: %s\r\n" % (status, latin, latin, latin))
        self.wfile.write(b"Content-Type: application/json; x=%s\r\nContent-Length: %d\r\n\r\n" % (latin, len(body)))
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Nasty)
    httpd.status, httpd.text, httpd.hits = 200, "", 0
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield httpd
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def assert_safe(text: str, where: str) -> None:
    """No character that a terminal acts on but the line break, and no line without end."""
    found = UNSAFE.search(text)
    assert found is None, f"{where}: {found[0]!r} in {text[max(found.start() - 80, 0) : found.end() + 80]!r}"
    longest = max(map(len, text.split("\n")))
    assert longest <= LONGEST, f"{where}: a line of {longest} characters"


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture
def logged():
    handler = Lines()
    root = logging.getLogger("intertie")
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nasty=nasty_texts, status=st.sampled_from([200, 400, 401, 418, 429, 500]))
def test_nothing_from_outside_reaches_terminal_log_or_exception_raw(
    nasty, status, server, tmp_path_factory, monkeypatch, capsys, logged
):
    """One nasty text in every place of a spec, in its path, in the server's answer and in what is typed."""
    seen(nasty, status, server, tmp_path_factory, monkeypatch, capsys, logged)


def test_nothing_from_outside_has_no_end(server, tmp_path_factory, monkeypatch, capsys, logged):
    """A text of 200,000 characters in all those places makes no line without end."""
    seen("y" * 200_000, 418, server, tmp_path_factory, monkeypatch, capsys, logged)


def seen(nasty, status, server, tmp_path_factory, monkeypatch, capsys, logged):
    root = tmp_path_factory.mktemp("outside")
    spec = root / "specs" / f"a{safe_name(nasty)}.md"
    spec.parent.mkdir()
    (root / "intertie.toml").write_text("")
    spec.write_text(spec_of(nasty, f"http://127.0.0.1:{server.server_address[1]}"), encoding="utf-8")
    monkeypatch.chdir(root)
    (root / f"k{safe_name(nasty)}").write_text("s3cret-text-of-ours")
    server.hits = 0
    server.status, server.text = status, nasty + "s3cret-text-of-ours"
    path = str(spec)
    lines = [
        ("check", path), ("check", path, "--format", "concise"), ("check", path, "--format", "json", "--hints")[:4],
        ("check", path, "--format", "sarif"), ("check", path, "--format", "github"), ("check", path, "--format", "junit"),
        ("check", path, "--score"), ("fmt", "--check", path),
        ("plan", path), ("plan", path, nasty[:50]), ("status", path), ("status",),
        ("call", path, "get_thing", "--explain", "--show-response"),
        ("call", path, "get_thing", f"p{nasty}=v{nasty}"[:5000].replace("\x00", "")),
        ("call", path, "get_thing", "--explain", "--show-response", "--format", "json"),
        ("call", path, f"o{nasty}"[:5000]), ("call", path, "get_thing", "--version", f"v{nasty}"[:5000]),
        ("queue", "list"), ("queue", "drop", f"r{nasty}"[:5000]), ("report", "cost"), ("report", "calls"),
        (f"c{nasty}"[:500],), ("call", f"f{nasty}"[:500], "x"),
    ]  # fmt: skip
    for line in lines:
        capsys.readouterr()
        run([str(argument) for argument in line])
        told = capsys.readouterr()
        where = " ".join(word[:20] for word in line if word != path)
        assert "has a bug" not in told.err, (where, told.err)
        assert_safe(told.err, f"stderr of {where}")
        if "json" not in line and "sarif" not in line:
            assert_safe(told.out, f"stdout of {where}")
        else:
            assert UNSAFE.search(told.out) is None, where
        assert "s3cret-text-of-ours" not in told.err, where
        # A success's data is what the caller asked for: nothing of it is masked.
        if not (line[0] == "call" and status == 200):
            assert "s3cret-text-of-ours" not in told.out, where
    assert_exceptions_are_safe(path, nasty)
    assert server.hits > 0, "the spec does not run, so nothing was heard of the server"
    for line in logged:
        assert_safe(line, "the log")
        assert "s3cret-text-of-ours" not in line


def assert_exceptions_are_safe(path, nasty):
    """`str` and `repr` of what an application catches."""
    try:
        api = intertie.open(path)
    except intertie.IntertieError as error:
        assert_safe(str(error), "the exception of open")
        return
    with api:
        for attempt in (
            api.get_thing,
            lambda: api.operation(nasty),
            lambda: getattr(api, "o" + nasty),
            lambda: api.get_thing(**{"q" + nasty: nasty}),
            lambda: api.operation("get_thing").call({}, version=nasty),
            lambda: api.operation("get_thing").call({}, idempotency_key=nasty),
        ):
            try:
                result = attempt()
            except (intertie.IntertieError, AttributeError) as error:
                assert_safe(str(error), "an exception")
                if isinstance(error, intertie.CallError):
                    for text in (repr(error), error.external_code or "", error.external_message or ""):
                        assert_safe(text, "a part of an exception")
                        assert "s3cret-text-of-ours" not in text
            else:
                for warning in result.warnings:
                    assert_safe(warning, "a warning")


def test_the_mock_lists_requests_safely(capsys):
    """Method, path and operation of a request are printed on one line."""
    nasty = "".join(PIECES) * 12
    lines = RequestLines(make_plan(service=nasty), Path(), CliContext(), named=True)
    lines(Received(0.0, nasty, nasty, nasty, {}, 401, 0.0, nasty, 0, nasty))
    told = capsys.readouterr()
    assert_safe(told.err, "the mock")
    assert told.err.count("\n") == 1
