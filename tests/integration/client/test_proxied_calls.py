"""Calls through a proxy, from the variable to the answer: what guards make of it, and what is masked."""

from __future__ import annotations

import asyncio
import logging
import ssl

import pytest
import trustme

import intertie
from intertie.core.errors import ConnectError, Reach, TokenRefused
from support.bad_servers import always, serving
from support.proxies import proxying

SPEC = """---
id: INT-903
type: Integration
name: Things
status: approved
service: things
related: []
---
# Things

## Service Configuration
```yaml
service: {{name: things, base_url: "https://things.test:{port}"}}
authentication: {{type: none}}
timeouts: {{connect: 1000, read: 1000, total: 3000}}
{more}
```

## Retry Policy
```yaml
retry: {{max_attempts: 3, initial_delay: 1, max_delay: 1, retry_conditions: [network_error]}}
```

## Circuit Breaker
```yaml
circuit_breaker: {{enabled: true, failure_threshold: 2, timeout: 60}}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {{path: /things, method: GET, description: One thing}}
response: {{success: {{status: 200, content_type: application/json}}}}
```
"""
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace whose service only the proxy knows."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "intertie.toml").write_text('trust = "ca.pem"\nstate = "memory://"\njournal = "memory://"\n')
    for name in ("HTTPS_PROXY", "NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("things.test").configure_cert(context)

    def spec(port, more=""):
        (tmp_path / "things.md").write_text(SPEC.format(port=port, more=more))
        return tmp_path / "things.md"

    return context, spec


async def called_async(path):
    async with intertie.open_async(path) as things:
        return (await things.get_thing()).data


def called(path):
    with intertie.open(path) as things:
        return things.get_thing().data


@pytest.mark.parametrize("how", [called, lambda path: asyncio.run(called_async(path))], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("where", ["variable", "spec"])
def test_a_call_goes_through_the_proxy(place, monkeypatch, how, where):
    """From HTTPS_PROXY with its password, or from the spec with references."""
    context, spec = place
    with (
        proxying(hosts={"things.test": "127.0.0.1"}, password="me:s3cr3t/w@rd") as proxy,
        serving(always(ANSWER), tls=context) as server,
    ):
        more = ""
        if where == "variable":
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:s3cr3t%2Fw%40rd@127.0.0.1:{proxy.port}")
        else:
            monkeypatch.setenv("PROXY_USER", "me")
            monkeypatch.setenv("PROXY_PASSWORD", "s3cr3t/w@rd")
            credential = 'username: "env:PROXY_USER", password: "env:PROXY_PASSWORD"'
            more = f'proxy: {{url: "http://127.0.0.1:{proxy.port}", {credential}}}'
        assert how(spec(server.port, more)) == {"a": 1}
        assert len(proxy.heads) == 1


def test_a_refused_password_opens_no_breaker_and_is_tried_once(place, monkeypatch, caplog):
    """It is our credential: no retry, no count, and the password stands nowhere."""
    context, spec = place
    with (
        proxying(hosts={"things.test": "127.0.0.1"}, password="me:right") as proxy,
        serving(always(ANSWER), tls=context) as server,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:wr0ng-p4ss@127.0.0.1:{proxy.port}")
        with caplog.at_level(logging.DEBUG), intertie.open(spec(server.port)) as things:
            for _ in range(4):
                with pytest.raises(TokenRefused) as caught:
                    things.operation("get_thing").call({}, explain=True)
                assert caught.value.reached is Reach.NO
                assert "wr0ng" not in str(caught.value) + caught.value.explain() + repr(things.plan)
            assert len(proxy.heads) == 4
            assert all(breaker.state == "closed" for breaker in things.statistics().breakers.values())
        assert "wr0ng" not in caplog.text
        assert server.connections == 0


def test_a_proxy_that_is_down_is_retried_and_counted(place, monkeypatch):
    """Nothing was sent, so trying again is safe; the breaker opens as for any network failure."""
    context, spec = place
    with proxying() as proxy:
        port = proxy.port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    with serving(always(ANSWER), tls=context) as server, intertie.open(spec(server.port)) as things:
        with pytest.raises(ConnectError, match=r"the proxy .* refused the connection") as caught:
            things.get_thing()
        assert (caught.value.reached, caught.value.attempts) == (Reach.NO, 2)
        assert [breaker.state for breaker in things.statistics().breakers.values()] == ["open"]
        assert server.connections == 0
