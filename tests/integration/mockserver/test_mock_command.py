"""`intertie mock` as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from intertie.cli.main import run
from support.pace import PATIENCE_S

SPEC = """---
id: INT-3
type: Integration
name: {name}
status: approved
service: {service}
---
# {name}

## Service Configuration
```yaml
service:
  name: {service}
  base_url: https://api.example.com
  environments: {{development: "http://127.0.0.1:{port}"}}
authentication: {{type: none}}
```

## API Endpoints

### Get Rate
```yaml
endpoint: {{path: /rate, method: GET}}
response: {{success: {{status: 200, schema: {{type: object, required: [rate], properties: {{rate: {{type: number}}}}}}}}}}
```
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def specs(tmp_path):
    made = []
    for service in ("rates", "parcels"):
        port = free_port()
        path = tmp_path / f"{service}.md"
        path.write_text(SPEC.format(name=service.title(), service=service, port=port))
        made.append((path, port))
    return made


@contextmanager
def mock(*arguments, cwd):
    command = [sys.executable, "-m", "intertie.cli.main", *arguments]
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def fetch(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_answers_and_stops_cleanly(specs, number):
    """One line per spec with its development port; a line a request with -v; exit 0 on a signal."""
    (one, port), (two, other) = specs
    with mock("mock", one.name, two.name, "--seed", "7", cwd=one.parent) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        assert f"http://127.0.0.1:{port}" in lines[0]
        assert f"http://127.0.0.1:{other}" in lines[1]
        assert "intertie call rates.md get_rate --base-url" in lines[0]
        assert fetch(f"http://127.0.0.1:{port}/rate?token=hush").keys() == {"rate"}
        assert fetch(f"http://127.0.0.1:{other}/__intertie/health") == {"status": "ok", "service": "parcels"}
        process.send_signal(number)
        output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert output == ""
    assert "rates GET /rate" in errors
    assert "get_rate 200" in errors
    assert "hush" not in errors


def test_the_same_seed_answers_the_same_in_another_process(specs):
    """Two processes of one seed are twins."""
    (path, port), _ = specs
    seen = set()
    for _ in range(2):
        with mock("mock", str(path), "--seed", "x", cwd=path.parent) as process:
            process.stdout.readline()
            seen.add(fetch(f"http://127.0.0.1:{port}/rate")["rate"])
    assert len(seen) == 1


def test_a_port_in_use_is_one_clear_message(specs, capsys):
    """Exit 1, the address and what to do, no traceback."""
    (path, _), _ = specs
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        status = run(["mock", str(path), "--port", str(port)])
    output, errors = capsys.readouterr()
    assert (status, output) == (1, "")
    assert errors.count("\n") == 1
    assert f"127.0.0.1:{port}" in errors
    assert "--port" in errors


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("rates.md", "--profile", "flakey"), 2, "did you mean `flaky`"),
        (("rates.md", "--profile", "bad.yaml"), 2, "bad.yaml:2: `error_share` must be a number"),
        (("nowhere.md",), 2, "nowhere.md"),
        (("rates.md", "--credential", "env:NOT_SET_ANYWHERE"), 1, "env:NOT_SET_ANYWHERE"),
        (("broken.md",), 1, "broken.md"),
    ],
)
def test_what_cant_be_served_is_said_at_once(specs, arguments, status, words, capsys, monkeypatch):
    """A wrong profile, spec or credential is one message and no server."""
    (path, _), _ = specs
    monkeypatch.chdir(path.parent)
    (path.parent / "bad.yaml").write_text("name: bad\nerror_share: often\n")
    (path.parent / "broken.md").write_text(path.read_text().replace("method: GET", "method: [GET"))
    assert run(["mock", *arguments]) == status
    output, errors = capsys.readouterr()
    assert output == ""
    assert words in errors
    assert "Traceback" not in errors


def test_a_path_of_a_stranger_is_not_written_raw(specs):
    """Control characters in a request do not reach the terminal."""
    (path, port), _ = specs
    with mock("-v", "mock", str(path), cwd=Path(path).parent) as process:
        process.stdout.readline()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
            client.sendall(b"GET /\x9b31m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            client.recv(1000)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert "\x9b" not in errors
