"""Ctrl-C at any point of a synchronous call leaves nothing taken, and the next call goes through."""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import trustme

import intertie
from intertie.client import Integration
from intertie.runtime.state import CallRecord
from support.bad_servers import OK, BadServer, always, serving
from support.interrupts import Interrupter
from support.left_over import LeftOver

BODY = b'{"id": "ch_1", "amount": 1250, "currency": "eur"}'
CHARGE = OK + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
SPEC = """---
id: INT-001
type: Integration
name: Interrupted
status: approved
service: interrupted
---
# Interrupted

## Service Configuration
```yaml
service: {name: interrupted, base_url: "http://127.0.0.1:1"}
authentication: {type: api_key, config: {key_location: header, key_name: X-Key, secret: "env:TEST_API_KEY"}}
timeouts: {connect: 60000, read: 60000, write: 60000, total: 60000}
```

## Rate Limits
```yaml
rate_limits: {requests_per_minute: 1000000, concurrent_requests: 5}
throttling: {strategy: sliding_window}
```

## Circuit Breaker
```yaml
circuit_breaker: {enabled: true, failure_threshold: 3, timeout: 1, half_open_requests: 1}
```

## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.01, unit: request}]
  budget: {monthly_limit: 100000, hard_stop: true}
```

## API Endpoints

### Get Charge
```yaml
endpoint: {path: "/charges/{charge_id}", method: GET, concurrent_requests: 3}
request:
  parameters: [{name: charge_id, in: path, type: string, required: true}]
response:
  success:
    status: 200
    content_type: application/json
    schema:
      type: object
      required: [id, amount]
      properties: {id: {type: string}, amount: {type: integer}, currency: {type: string}}
```
"""
ONE = {"charge_id": "ch_1"}
TURNS = 300

pytestmark = pytest.mark.filterwarnings(
    # Interrupted before its first step, a coroutine is thrown away.
    "ignore:coroutine '.*' was never awaited:RuntimeWarning",
    # So is a stream whose caller could not close it.
    "ignore:a streamed answer was neither read:ResourceWarning",
)


@pytest.fixture
def server() -> Iterator[BadServer]:
    with serving(always(CHARGE)) as made:
        yield made


@pytest.fixture
def secure_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("INTERTIE_TRUST", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(always(CHARGE), tls=context) as made:
        yield made


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Integration]]:
    monkeypatch.setenv("TEST_API_KEY", "k")
    (tmp_path / "intertie.toml").write_text("")
    spec = tmp_path / "interrupted.md"
    spec.write_text(SPEC)
    made: list[Integration] = []

    def opened(url: str, state: str) -> Integration:
        made.append(intertie.open(spec, base_url=url, state=state, journal=state))
        return made[-1]

    yield opened
    for api in made:
        api.close()


def points_of(work: Callable[[], object]) -> Iterator[tuple[int, str]]:
    """Interrupt `work` at one point after the other, with a whole run before each; yield where that was."""
    for point in count(1):
        work()
        interrupter = Interrupter(point)
        ended = False
        try:
            interrupter.run(work)
            ended = True
        except KeyboardInterrupt:
            pass  # what its frames hold goes with it
        if ended and not interrupter.ignored:
            assert interrupter.where is None, f"swallowed at {interrupter.where}"
            return
        assert interrupter.where is not None
        yield point, interrupter.where


@pytest.mark.parametrize("explain", [False, True], ids=["quick", "general"])
def test_a_call_interrupted_at_any_point_leaves_nothing_taken(
    opened: Callable[[str, str], Integration], server: BadServer, explain: bool
) -> None:
    """No permit, place, reservation, connection or lock stays taken; what was sent is paid for, and told once."""
    api = opened(f"http://127.0.0.1:{server.port}", "memory://")
    api.get_charge.call(ONE, explain=explain)
    left_over, last = LeftOver(api), 0
    for last, where in points_of(lambda: api.get_charge.call(ONE, explain=explain)):
        assert not left_over(), f"point {last}, {where}"
        assert paid(api) >= len(server.heads), f"point {last}, {where}"
    assert last > 200
    # Between the decision to send and the first byte nobody knows whether it left: that is paid for, to be safe.
    assert paid(api) - len(server.heads) < last / 5
    ids = [record.call_id for record in records(api)]
    assert len(ids) == len(set(ids))


def read_whole(api: Integration) -> None:
    with api.get_charge.stream(**ONE) as pieces:
        assert b"".join(pieces) == BODY


def read_a_piece(api: Integration) -> None:
    with api.get_charge.stream(**ONE) as pieces:
        assert next(pieces)


@pytest.mark.parametrize("read", [read_whole, read_a_piece])
def test_a_stream_interrupted_at_any_point_leaves_nothing_taken(
    opened: Callable[[str, str], Integration], server: BadServer, read: Callable[[Integration], None]
) -> None:
    """Opening, reading and closing it: its connection, its place in flight and its reservation come back."""
    api = opened(f"http://127.0.0.1:{server.port}", "memory://")
    read(api)
    left_over, last = LeftOver(api), 0
    for last, where in points_of(lambda: read(api)):
        assert not left_over(), f"point {last}, {where}"
    assert last > 200


ACTS: tuple[Callable[[Integration], object], ...] = (
    lambda api: api.get_charge(**ONE),
    lambda api: api.get_charge(**ONE),
    lambda api: api.get_charge.call(ONE, explain=True),
    read_whole,
    read_a_piece,
)


# A socket that was opened, and not handed over yet, is closed by its own finalizer, which warns.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_many_random_interrupts_leave_full_use(
    opened: Callable[[str, str], Integration], secure_server: BadServer
) -> None:
    """With state in a file and TLS, one client: any acts, interrupted anywhere, and at the end all places are free."""
    rng = random.Random(20261125)
    url = f"https://127.0.0.1:{secure_server.port}"
    api = opened(url, "sqlite:///state.db")
    for act in ACTS:
        act(api)
    left_over, interrupted = LeftOver(api), 0
    for turn in range(TURNS):
        act = rng.choice(ACTS)
        interrupter = Interrupter(rng.randrange(1, 700))
        with contextlib.suppress(KeyboardInterrupt):
            interrupter.run(lambda act=act: act(api))
        interrupted += interrupter.where is not None
        if turn % 10 == 0:
            assert not left_over(), f"turn {turn}, {interrupter.where}"
    assert interrupted > TURNS / 2
    assert not left_over()
    for act in ACTS:
        act(api)
    with contextlib.suppress(KeyboardInterrupt):
        Interrupter(rng.randrange(1, 60)).run(api.close)
    api.close()
    after = opened(url, "sqlite:///state.db").statistics()
    assert (after.limiter.in_flight, after.ledger.reserved if after.ledger else None) == (0, 0)


def test_closing_is_bounded_wherever_it_was_interrupted(
    opened: Callable[[str, str], Integration], server: BadServer
) -> None:
    """Interrupted anywhere, `close()` can be called again, and ends: nothing that it waits for is stuck."""
    url = f"http://127.0.0.1:{server.port}"
    for point in count(1, 5):
        api = opened(url, "sqlite:///state.db")
        api.get_charge(**ONE)
        interrupter = Interrupter(point)
        with contextlib.suppress(KeyboardInterrupt):
            interrupter.run(api.close)
        api.close()
        if interrupter.where is None:
            break
    after = opened(url, "sqlite:///state.db").statistics()
    assert (after.limiter.in_flight, after.ledger.reserved if after.ledger else None) == (0, 0)


def paid(api: Integration) -> int:
    ledger = api.statistics().ledger
    assert ledger is not None
    return ledger.calls


def records(api: Integration) -> list[CallRecord]:
    return api._linked.surroundings.journal.records(limit=10_000)
