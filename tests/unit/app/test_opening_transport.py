"""What a call would need of files is looked at when an integration is opened, not when the first call fails."""

import asyncio
import json
import re

import pytest
from click.testing import CliRunner

import intertie
from intertie.cli.main import cli
from intertie.core.errors import UsageError

SPEC = """---
id: INT-901
type: Integration
name: Things
status: approved
service: things
related: []
---
# Things

## Service Configuration
```yaml
service: {{name: things, base_url: "https://things.invalid"}}
authentication: {{type: api_key, config: {{secret: "env:THINGS_KEY"}}}}
```
{more}

## API Endpoints

### Get Thing
```yaml
endpoint: {{path: /things, method: GET, description: One thing}}
response: {{success: {{status: 200, content_type: application/json}}}}
```
"""
SECURITY = """
## Security Considerations
```yaml
security: {{{fields}}}
```
"""


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace with one spec whose service needs TLS."""
    monkeypatch.setenv("THINGS_KEY", "k-1234")

    def make(*, security="", settings=""):
        (tmp_path / "intertie.toml").write_text(settings)
        more = SECURITY.format(fields=security) if security else ""
        (tmp_path / "things.md").write_text(SPEC.format(more=more))
        return tmp_path

    return make


def opened_async(path):
    async def work():
        async with intertie.open_async(path):
            pass

    asyncio.run(work())


def opened(path):
    with intertie.open(path):
        pass


@pytest.mark.parametrize("how", [opened, opened_async])
@pytest.mark.parametrize(
    ("security", "settings", "words"),
    [
        ("ca: certs/ca.pem", "", "security.ca: '{root}/certs/ca.pem' can't be read (No such file or directory)"),
        ("ca: things.md", "", "is not a PEM certificate"),
        ("client_certificate: me.pem, client_key: 'env:K'", "", "security.client_certificate: '{root}/me.pem'"),
        ("", 'trust = "system, company.pem"', "trust: '{root}/company.pem' can't be read"),
    ],
)
def test_a_file_that_can_not_be_used_stops_open(workspace, how, security, settings, words):
    """One message that names field and file; nothing is opened, and no breaker counts it."""
    root = workspace(security=security, settings=settings)
    with pytest.raises(UsageError) as caught:
        how(root / "things.md")
    assert words.format(root=root) in str(caught.value)
    assert not (root / ".intertie").exists()


def test_a_call_from_the_command_line_says_so_in_one_line(workspace):
    """Wrong usage, exit status 2: no attempt is made."""
    root = workspace(security="ca: certs/ca.pem")
    result = CliRunner().invoke(cli, ["--workspace", str(root), "call", "INT-901", "get_thing"])
    assert isinstance(result.exception, UsageError)
    assert "security.ca" in str(result.exception)


def test_who_only_looks_at_guards_needs_no_files(workspace):
    """Status, breaker and limiter work on a machine that does not call."""
    root = workspace(security="ca: certs/ca.pem")
    for arguments in (["status"], ["limiter", "pause", "INT-901", "--for", "1s"]):
        result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output


def test_plain_http_needs_no_files(workspace):
    """The mock is called without TLS, so an authority that is not there yet is no trouble."""
    root = workspace(security="ca: certs/ca.pem")
    with intertie.open(root / "things.md", base_url="http://127.0.0.1:9") as things:
        assert things.plan.tls.ca_file == str(root / "certs/ca.pem")


def test_the_trust_of_a_workspace_is_a_setting(workspace, monkeypatch):
    """Paths start at the workspace's root; the variable wins over the file."""
    root = workspace(settings='trust = "system, company.pem"')
    bench = intertie.app.workbench.open_workbench(root / "things.md")
    plan = bench.plan("INT-901")
    assert plan.tls.trust == ("system", str(root / "company.pem"))
    assert plan.sources["trust"] == "intertie.toml:1"
    monkeypatch.setenv("INTERTIE_TRUST", "/etc/ssl/x.pem")
    plan = intertie.app.workbench.open_workbench(root / "things.md").plan("INT-901")
    assert (plan.tls.trust, plan.sources["trust"]) == (("/etc/ssl/x.pem",), "INTERTIE_TRUST")


@pytest.mark.parametrize("how", [opened, opened_async])
def test_a_proxy_that_can_not_be_used_stops_open(workspace, how, monkeypatch):
    """Going past it would be worse than not going."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:s3cret@proxy:1080")
    root = workspace()
    with pytest.raises(UsageError, match="HTTPS_PROXY can't be used: this version does not support SOCKS") as caught:
        how(root / "things.md")
    assert "s3cret" not in str(caught.value)


def test_the_plan_shows_the_way(workspace, monkeypatch):
    """Proxy, its references and its source; whose certificates are trusted."""
    monkeypatch.setenv("HTTPS_PROXY", "http://me:s3cret@proxy.example:3128")
    root = workspace(settings='trust = "company.pem"')
    arguments = ["--workspace", str(root), "plan", "INT-901"]
    shown = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    assert (
        "Calls go through the proxy proxy.example:3128, with HTTPS_PROXY env:HTTPS_PROXY#username and env:HTTPS_PROXY#password"
        in (" ".join(shown.split()))
    )
    assert f"vouchedforby{root / 'company.pem'}" in "".join(shown.split())
    document = json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"]).output)
    assert document["proxy"]["password"] == "env:HTTPS_PROXY#password"
    assert document["tls"]["trust"] == [str(root / "company.pem")]
    assert "s3cret" not in shown + json.dumps(document)
    monkeypatch.setenv("NO_PROXY", "*")
    assert re.search("Calls go past the proxy. +NO_PROXY", CliRunner().invoke(cli, arguments).output)
