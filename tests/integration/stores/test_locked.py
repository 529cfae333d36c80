"""Another process that hangs with the file locked: no call waits for it longer than it may take."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest

import intertie
from support.held_file import held as locked
from support.pace import PATIENCE_S, wait_until

SPEC = """---
id: INT-900
type: Integration
name: Things
status: approved
service: things
related: []
---
# Things

## Service Configuration
```yaml
service: {name: things, base_url: "http://127.0.0.1:PORT"}
authentication: {type: none}
timeouts: {connect: 600, read: 600, write: 600, total: 600}
```

## Rate Limits
```yaml
rate_limits: {requests_per_second: 50}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {path: /things, method: GET, description: One thing}
response: {success: {status: 200, content_type: application/json}}
```
"""
COSTS = """
## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.01, unit: request}]
  budget: {monthly_limit: 1, hard_stop: true}
```
"""


class Service(BaseHTTPRequestHandler):
    """Answers everything with an empty object, or while `failing` is set with a 500 once it is let."""

    failing = False
    arrived = SimpleQueue()  # of requests that wait to be let
    let = threading.Event()

    def do_GET(self):
        if self.failing:
            self.arrived.put(1)
            self.let.wait(PATIENCE_S)
        self.send_response(500 if self.failing else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def port():
    """A service on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def opened(tmp_path, port):
    """Open a spec of this folder that calls the service."""

    @contextmanager
    def open_it(spec=SPEC, settings=""):
        (tmp_path / "intertie.toml").write_text(settings)
        (tmp_path / "things.md").write_text(spec.replace("PORT", str(port)))
        with intertie.open(tmp_path / "things.md") as api:
            yield api

    return open_it


def ended(api, kind, *, times=1):
    """Return what a call ended with, and how long the quickest of so many calls took, in multiples of its deadline.

    The quickest counts: a slow moment of the machine makes one call late, a wait for the lock makes all of them late.
    """
    least_s = float("inf")
    for _ in range(times):
        began_s = time.monotonic()
        with pytest.raises(kind) as failed:
            api.get_thing()
        least_s = min(least_s, time.monotonic() - began_s)
    return failed.value, least_s / 0.6


def test_a_crowded_store_is_no_store_that_is_down(opened, tmp_path):
    """A call with no time to wait for the lock is refused with the reason: going on alone would pass the limit."""
    with opened() as api, locked(tmp_path / ".intertie" / "state.db"):
        error, deadlines = ended(api, intertie.RateLimited)
        assert "crowded" in error.message
        assert (error.attempts, str(error.reached)) == (0, "no")
        assert deadlines < 3, "it waited for the lock longer than it may take"


def test_a_lock_that_hangs_is_a_store_that_is_down(opened, tmp_path):
    """After some seconds in which nobody got at the file, calls go on with their fair share, and say so."""
    with opened() as api, locked(tmp_path / ".intertie" / "state.db"):
        refused = 0
        while True:
            try:
                result = api.get_thing()
                break
            except intertie.RateLimited:
                refused += 1
            except intertie.DeadlineExceeded:
                continue  # a slow moment of the machine: the lock was not waited for
        assert 1 <= refused <= 12
        assert any("its part of the limit" in warning for warning in result.warnings)


def test_a_budget_that_can_not_be_asked_refuses_within_the_call(opened, tmp_path):
    """However many ask at once, each is refused by its own deadline and nothing is sent."""
    with opened(SPEC + COSTS) as api, locked(tmp_path / ".intertie" / "journal.db"):
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(ended(api, intertie.JournalUnavailable, times=4)))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        for error, deadlines in found:
            assert deadlines < 3
            assert (error.attempts, str(error.reached)) == (0, "no")


def test_a_strict_audit_that_can_not_be_stored_refuses_within_the_call(opened, tmp_path):
    """Stored first or not sent, and by the deadline."""
    settings = 'audit = "strict"\n'
    with opened(settings=settings) as api, locked(tmp_path / ".intertie" / "journal.db"):
        error, deadlines = ended(api, intertie.JournalUnavailable, times=4)
        assert deadlines < 3
        assert "nothing was sent" in error.message


@pytest.fixture
def failing(monkeypatch):
    """The service fails, and only once it is let."""
    monkeypatch.setattr(Service, "failing", True)
    monkeypatch.setattr(Service, "arrived", SimpleQueue())
    monkeypatch.setattr(Service, "let", threading.Event())
    yield Service
    Service.let.set()


BREAKER = """
## Error Handling
```yaml
circuit_breaker: {failure_threshold: 1000, timeout: 60000}
```
"""


def test_failures_on_a_loop_end_while_the_file_is_held(tmp_path, port, failing):
    """No call stalls the loop to tell the file of its failure (I/O there raises); each ends in time, and none is lost."""
    spec = SPEC.replace("PORT", str(port)).replace("600", "6000") + BREAKER
    (tmp_path / "things.md").write_text(spec)
    (tmp_path / "intertie.toml").write_text("")

    async def scene():
        async with intertie.open_async(tmp_path / "things.md") as api:
            calls = [asyncio.ensure_future(api.get_thing()) for _ in range(4)]
            while failing.arrived.qsize() < len(calls):
                assert not any(call.done() for call in calls), "a call ended before the service answered"
                await asyncio.sleep(0.002)
            with locked(tmp_path / ".intertie" / "state.db"):
                failing.let.set()
                ended = await asyncio.gather(*calls, return_exceptions=True)
            breaker = api.breakers[""]
            await asyncio.to_thread(wait_until, lambda: breaker.snapshot().failures == 4)
            return ended

    ended = asyncio.run(scene())
    assert {type(error) for error in ended} == {intertie.ServiceError}
