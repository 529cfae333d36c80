"""`intertie mock` as a process."""

from __future__ import annotations

import json
import os
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
    """Each spec with its development port and the line to type next; a line a request with -v; exit 0 on a signal."""
    (one, port), (two, other) = specs
    with mock("mock", one.name, two.name, "--seed", "7", cwd=one.parent) as process:
        lines = [process.stdout.readline().rstrip() for _ in range(4)]
        assert lines == [
            f"Rates listens on http://127.0.0.1:{port}; call it with",
            "  intertie call rates.md get_rate",
            f"Parcels listens on http://127.0.0.1:{other}; call it with",
            "  intertie call parcels.md get_rate",
        ]
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


CREDENTIALS = """
authentication:
  type: api_key
  config: {key_location: header, key_name: X-Api-Key, secret: "env:TYPED_KEY"}
"""


@pytest.mark.parametrize(
    ("urls", "arguments", "says"),
    [
        ("base_url: http://127.0.0.1:PORT/v1", (), "intertie call rates.md get_rate"),
        ("base_url: http://localhost:PORT", (), "intertie call rates.md get_rate"),
        ("base_url: https://api.example.com", ("--port", "PORT"), "intertie call rates.md get_rate --base-url URL"),
        (
            'base_url: https://api.example.com\n  environments: {staging: "http://127.0.0.1:PORT"}',
            ("--env", "staging"),
            "intertie call rates.md get_rate --env staging",
        ),
        (
            'base_url: "http://127.0.0.1:PORT"\n  environments: {development: "https://dev.example.com"}',
            ("--env", "default"),
            "intertie call rates.md get_rate --env default",
        ),
    ],
)
def test_the_line_to_type_next_works_as_typed(tmp_path, urls, arguments, says):
    """It is called where calls go, and what the mock prints is all that a person needs to type."""
    port = str(free_port())
    text = SPEC.format(name="Rates", service="rates", port=0)
    before, _, after = text.partition("base_url: ")
    text = before + urls.replace("PORT", port) + "\n" + after.split("\n", 2)[2]
    (tmp_path / "rates.md").write_text(text.replace("authentication: {type: none}", CREDENTIALS.strip()))
    arguments = [argument.replace("PORT", port) for argument in arguments]
    with mock("mock", "rates.md", *arguments, cwd=tmp_path) as process:
        first, export, line = (process.stdout.readline().strip() for _ in range(3))
        url = first.removeprefix("Rates listens on ").removesuffix("; call it with")
        assert url.startswith(f"http://127.0.0.1:{port}"), process.stderr
        assert export == "export TYPED_KEY=any"
        assert line == says.replace("URL", url)
        done = typed(f"{export}\n{line}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() == {"rate"}


def typed(lines, folder):
    """Run lines as a shell does, with this installation's `intertie`."""
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    return subprocess.run(
        ["bash", "-c", lines], check=False, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )


def test_without_a_url_on_this_machine_the_port_is_the_documented_one(specs, capsys):
    """A spec whose calls leave the machine is mocked on 8420, or the next one where that is another spec's."""
    from intertie.cli.commands.mock import DEFAULT_PORT, _port
    from intertie.mockserver.spec_files import plan_of_file

    plan = plan_of_file(specs[0][0], environment="default")
    assert plan.origin.host == "api.example.com"
    assert [_port(plan, None, 0, set()), _port(plan, None, 1, {DEFAULT_PORT})] == [8420, 8421]
