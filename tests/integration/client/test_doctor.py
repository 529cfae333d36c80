"""`intertie doctor` against real servers: what it sees, what it says, and that no service is ever asked for anything."""

from __future__ import annotations

import json
import logging
import re
import ssl

import pytest
import trustme
from click.testing import CliRunner

import intertie
from intertie.cli.main import cli
from support.bad_servers import serving
from support.proxies import proxying

SPEC = """---
id: INT-9{number:02}
type: Integration
name: Things {number}
status: approved
service: things-{number}
related: []
---
# Things {number}

## Service Configuration
```yaml
service: {{name: things-{number}, base_url: "{url}"}}
authentication: {{type: api_key, config: {{key_name: X-Key, secret: "env:THINGS_KEY"}}}}
timeouts: {{connect: 400}}
{more}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {{path: /things, method: GET, description: One thing}}
response: {{success: {{status: 200, content_type: application/json}}}}
```
"""


class Place:
    """A workspace, and the doctor in it."""

    def __init__(self, folder, authority):
        self.folder = folder
        self.authority = authority
        (folder / "intertie.toml").write_text('trust = "ca.pem"')
        authority.cert_pem.write_to_path(folder / "ca.pem")
        (folder / "specs").mkdir()

    def spec(self, url, *, number=1, more=""):
        path = self.folder / "specs" / f"things{number}.md"
        path.write_text(SPEC.format(url=url, number=number, more=more))
        return path

    def run(self, *arguments, status):
        result = CliRunner().invoke(
            cli, ["--workspace", str(self.folder), "doctor", *arguments], catch_exceptions=False, standalone_mode=False
        )
        assert result.return_value == status, result.output
        return result.output

    def found(self, *arguments, status):
        """Return about -> level of the checks of the specs."""
        document = json.loads(self.run("--format", "json", *arguments, status=status))
        return {check["about"]: check["level"] for check in document["checks"] if check["spec"]}

    def certified(self, *names):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture
def place(tmp_path, monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("THINGS_KEY", "k-12345678")
    return Place(tmp_path, trustme.CA())


def silent(peer):
    """Take a connection and count whatever is sent on it."""
    peer.server.bodies.append(peer.sock.recv(100))


def test_all_is_well(place):
    """A service behind TLS: its certificate's days are told, and not a byte of a request is sent."""
    with serving(silent, tls=place.certified("127.0.0.1")) as server:
        place.spec(f"https://127.0.0.1:{server.port}/v1")
        output = place.run(status=0)
    assert re.search(r"answers, TLSv1\.\d, certificate valid for [\d,]+ more days", " ".join(output.split()))
    assert "passed" in output
    assert server.bodies == [b""]
    assert "k-12345678" not in output
    assert not (place.folder / ".intertie").exists()


def test_what_is_missing_has_its_fix_within_80_columns(place, monkeypatch):
    """Every line fits; each problem is followed by its fix; the exit status says that calls would fail."""
    monkeypatch.delenv("THINGS_KEY")
    (place.folder / "ca.pem").unlink()
    place.spec("https://127.0.0.1:9/v1")
    output = place.run(status=1)
    assert all(len(line) <= 80 for line in output.replace(str(place.folder), "~").splitlines())
    words = " ".join(output.split())
    assert "problem secret env:THINGS_KEY: the environment variable THINGS_KEY is not set (for authentication)" in words
    assert "fix: set it to the secret" in words
    assert "problem trust trust: " in words
    assert "2 problems, 1 warning" in words
    assert "\x1b" not in output


def test_colour_is_for_terminals(place):
    """Levels are coloured where colour is on."""
    place.spec("http://127.0.0.1:9")
    result = CliRunner().invoke(
        cli, ["--workspace", str(place.folder), "doctor", "--offline"], color=True, catch_exceptions=False
    )
    assert "\x1b" not in result.output  # no terminal
    from intertie.app.doctor.examination import examine
    from intertie.app.workbench import open_workbench
    from intertie.cli.doctor_lines import doctor_lines
    from intertie.cli.layout import Layout
    from intertie.core.paint import Paint

    bench = open_workbench(workspace=place.folder)
    examined = examine(bench, bench.spec_files(), offline=True)
    assert any("\x1b[32mok\x1b[0m" in line for line in doctor_lines(examined, Layout(paint=Paint(on=True))))


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ("other-name", "as the certificate does"),
        ("plain", "does not speak TLS"),
        ("hangs", "no connection to 127.0.0.1"),
        ("closed", "refused the connection fix: start the service there, or its mock: `intertie mock"),
    ],
)
def test_a_service_that_can_not_be_reached(place, tls, words):
    """The step that fails is named, within the connect timeout of the spec."""

    def plain(peer):
        peer.take(1)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.hang()

    behave = plain if tls == "plain" else lambda peer: peer.hang()
    context = place.certified("other.example") if tls == "other-name" else None
    with serving(behave, tls=context) as server:
        place.spec(f"https://127.0.0.1:{server.port}")
        if tls == "closed":
            server.stop()
        output = place.run(status=1)
    assert words in " ".join(output.split())


def test_offline_opens_no_connection(place):
    """Everything else is looked at."""
    with serving(silent) as server:
        place.spec(f"http://127.0.0.1:{server.port}")
        assert place.found("--offline", status=0) == {"secret": "ok"}
    assert server.connections == 0


@pytest.mark.parametrize(("password", "level"), [("s3cret", "ok"), ("wrong", "problem")])
def test_a_service_behind_a_proxy(place, monkeypatch, password, level):
    """The proxy is asked for a tunnel as a call would ask; its refusal is its own check."""
    monkeypatch.setenv("HTTPS_PROXY", "http://me:s3cret@127.0.0.1:1")
    with (
        proxying(hosts={"things.test": "127.0.0.1"}, password=f"me:{password}") as proxy,
        serving(silent, tls=place.certified("things.test")) as server,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:s3cret@127.0.0.1:{proxy.port}")
        place.spec(f"https://things.test:{server.port}")
        found = place.found(status=0 if level == "ok" else 1)
        output = place.run(status=0 if level == "ok" else 1)
    assert found["connection" if level == "ok" else "proxy"] == level
    assert "s3cret" not in output
    assert "HTTPS_PROXY" in output
    assert set(server.bodies) <= {b""}


def test_one_bad_spec_does_not_hide_the_others(place, monkeypatch):
    """Specs with errors and environments that a spec lacks are checks of their own."""
    monkeypatch.chdir(place.folder)
    place.spec("http://127.0.0.1:9", number=1)
    place.spec("ftp://nowhere", number=2)
    output = " ".join(place.run("--offline", status=1).split())
    assert "Things 1" in output
    assert "the spec has 1 error, so nothing can be called" in output
    assert "fix: `intertie check specs/things2.md` shows them" in output
    assert "unknown environment `nowhere`" in " ".join(
        place.run("INT-901", "--env", "nowhere", "--offline", status=1).split()
    )


def test_opening_warns_of_a_secret_that_is_missing_once(place, monkeypatch, caplog):
    """The log has one line with its fix; the results of calls do not carry it, for it may come later."""
    monkeypatch.delenv("THINGS_KEY")
    path = place.spec("http://127.0.0.1:9")
    with caplog.at_level(logging.WARNING, "intertie"), intertie.open(path) as things:
        assert things.plan.warnings == ()
    (record,) = caplog.records
    assert record.getMessage() == (
        "INT-901@default http://127.0.0.1:9: env:THINGS_KEY: the environment variable THINGS_KEY is not set (for authentication); "
        "set it to the secret"
    )


def test_opening_says_nothing_where_all_is_there(place, caplog):
    """A healthy start is silent."""
    path = place.spec("http://127.0.0.1:9")
    with caplog.at_level(logging.WARNING, "intertie"), intertie.open(path):
        pass
    assert caplog.records == []


def test_what_is_proposed_can_be_typed_from_here(tmp_path, monkeypatch):
    """Without `intertie.toml` the workspace is the spec's own folder; the fix names the spec as seen from the current one."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "things.md").write_text(HERE, "utf-8")
    monkeypatch.chdir(tmp_path)
    output = CliRunner().invoke(cli, ["doctor", "specs/things.md"], catch_exceptions=False).output
    assert "`intertie mock specs/things.md`" in " ".join(output.split())


HERE = """---
id: INT-902
type: Integration
name: Things
status: review
service: things
---
# Things
## Service Configuration
```yaml
service: {base_url: "http://127.0.0.1:9"}
authentication: {type: none}
```
## API Endpoints
### Get Thing
```yaml
endpoint: {path: /thing, method: GET}
response: {success: {status: 200}}
```
"""
