"""A workspace whose processes are killed: its spec, its workers, and what they wrote down themselves.

The spec has every guard: a limit with places in flight, retries, a breaker, a price with a hard stop, the queue as
fallback, writes with and without an idempotency key.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import intertie
from intertie.adapters.stores.sqlite.limiter import SharedLimiter
from intertie.client import AsyncIntegration, Integration
from intertie.runtime.state import Permit
from support.pace import PATIENCE_S
from support.store_kit import most_within
from support.witness import Seen

LIMIT = 200
PRICE = "0.01"
_SPEC = """---
id: INT-660
type: Integration
name: Witness
status: approved
service: witness
---
# Witness

## Service Configuration
```yaml
service: {{name: witness, base_url: {url}}}
timeouts: {{connect: {connect}, read: {read}, write: {connect}, total: {total}}}
```

## Rate Limits
```yaml
rate_limits: {{requests_per_second: {limit}, concurrent_requests: {concurrent}}}
throttling: {{strategy: sliding_window}}
```

## Retry Policy
```yaml
retry: {{max_attempts: 3, initial_delay: 10, max_delay: 40, backoff: exponential, jitter: true, retry_on: [503],
        retry_conditions: [network_error, timeout]}}
```

## Circuit Breaker
```yaml
circuit_breaker: {{enabled: true, failure_threshold: 6, success_threshold: 2, timeout: {open_s}, half_open_requests: 2}}
```

## API Endpoints

### Pay
```yaml
endpoint: {{path: /pay, method: POST}}
request:
  headers:
    - {{name: Idempotency-Key, required: true, value: "{{uuid}}"}}
    - {{name: X-Sender, required: true, value: "{{env:WITNESS_SENDER}}"}}
  body: {{content_type: application/json, schema: {{type: object, properties: {{marker: {{type: string}}}}}}}}
response: {{success: {{status: 201, content_type: application/json, schema: {{type: object}}}}}}
```

### Note
```yaml
endpoint: {{path: /note, method: POST}}
request:
  headers: [{{name: X-Sender, required: true, value: "{{env:WITNESS_SENDER}}"}}]
  body: {{content_type: application/json, schema: {{type: object, properties: {{marker: {{type: string}}}}}}}}
response: {{success: {{status: 201, content_type: application/json, schema: {{type: object}}}}}}
```

### Look
```yaml
endpoint: {{path: /look, method: GET}}
request:
  headers: [{{name: X-Sender, required: true, value: "{{env:WITNESS_SENDER}}"}}]
  parameters: [{{name: marker, in: query, type: string, required: true}}]
response: {{success: {{status: 200, content_type: application/json, schema: {{type: object}}}}}}
```

## Error Handling
```yaml
error_mapping:
  - {{external_code: 5xx, internal_code: WITNESS_DOWN, message: The witness is down., action: fallback}}
fallback_behavior: {{strategy: queue}}
```

## Cost Management
```yaml
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{{name: all, cost: {price}, unit: request}}]
  budget: {{monthly_limit: {budget}, hard_stop: true}}
```
"""


def sign() -> None:
    """Have this process tell the witness who it is."""
    os.environ["WITNESS_SENDER"] = str(os.getpid())


def make_workspace(
    root: Path,
    url: str,
    *,
    budget: str = "5000",
    concurrent: int = 8,
    limit: int = LIMIT,
    total_s: float = 4.0,
    open_s: float = 0.3,
) -> Path:
    """Write a workspace into `root`; return its spec. A read may take a quarter of `total_s`, the rest an eighth."""
    (root / "specs").mkdir(parents=True)
    (root / "intertie.toml").write_text("")
    spec = root / "specs" / "witness.md"
    times = {"total": int(1000 * total_s), "read": int(250 * total_s), "connect": int(125 * total_s), "open_s": open_s}
    numbers = {"limit": limit, "concurrent": concurrent, "price": PRICE, "budget": budget}
    spec.write_text(_SPEC.format(url=url, **numbers, **times))
    return spec


class Diary:
    """Lines that outlive whoever wrote them: each is one append of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def say(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())

    def lines(self, first: str) -> list[list[str]]:
        """Return the words of the lines whose first word is `first`."""
        split = (line.split() for line in self._path.read_text().splitlines())
        return [words[1:] for words in split if words[0] == first]

    def close(self) -> None:
        os.close(self._file)


def note_permits(diary: Diary, monkeypatch) -> None:
    """Have every permit that any process takes or gives back written down with its stamp: `permit PID STAMP`."""
    take_now, take, give_back = SharedLimiter.acquire_nowait, SharedLimiter.acquire, SharedLimiter.give_back
    asking = ContextVar("asking", default=False)  # `acquire` looks at what is at hand first: that is told once

    def acquire_nowait(self):
        permit = take_now(self)
        if permit is not None and not asking.get():
            diary.say("permit", os.getpid(), repr(permit.stamp_s))
        return permit

    async def acquire(self, *, deadline_s, again=False):
        before = asking.set(True)
        try:
            got = await take(self, deadline_s=deadline_s, again=again)
        finally:
            asking.reset(before)
        if isinstance(got, Permit):
            diary.say("permit", os.getpid(), repr(got.stamp_s))
        return got

    def back(self, permit):
        diary.say("back", os.getpid(), repr(permit.stamp_s))
        give_back(self, permit)

    monkeypatch.setattr(SharedLimiter, "acquire_nowait", acquire_nowait)
    monkeypatch.setattr(SharedLimiter, "acquire", acquire)
    monkeypatch.setattr(SharedLimiter, "give_back", back)


ALL = ("pay", "note", "look")


def work(api: Integration, name: str, diary: Diary, rng: random.Random, *, operations: tuple[str, ...] = ALL) -> None:
    """Call everything at random, and send what is queued now and then; without end."""
    number = 0
    while True:
        number += 1
        marker, operation = f"{name}:{number}", rng.choice(operations)
        diary.say("intend", marker, operation)
        try:
            result = api.operation(operation).call({"marker": marker})
        except intertie.CallError as failed:
            time.sleep(_say_failed(diary, marker, failed))
        else:
            time.sleep(_say_answered(diary, marker, operation, result))
        if rng.random() < 0.05:
            report = api.replay_queue(limit=rng.randint(1, 5))
            diary.say("replayed", len(report.sent), len(report.parked))


async def work_async(api: AsyncIntegration, name: str, diary: Diary, rng: random.Random) -> None:
    """The same on an event loop, three calls at a time."""

    async def one(marker: str, operation: str) -> None:
        diary.say("intend", marker, operation)
        try:
            result = await api.operation(operation).call({"marker": marker})
        except intertie.CallError as failed:
            await asyncio.sleep(_say_failed(diary, marker, failed))
        else:
            await asyncio.sleep(_say_answered(diary, marker, operation, result))

    number = 0
    while True:
        number += 3
        calls = [(f"{name}:{number + turn}", rng.choice(ALL)) for turn in range(3)]
        await asyncio.gather(*(one(marker, operation) for marker, operation in calls))
        if rng.random() < 0.1:
            report = await api.replay_queue(limit=rng.randint(1, 5))
            diary.say("replayed", len(report.sent), len(report.parked))


def _say_failed(diary: Diary, marker: str, failed: intertie.CallError) -> float:
    """Write it down; return how long to leave the service alone."""
    if isinstance(failed, intertie.BudgetExceeded):
        diary.say("refused", marker)
        return 0.02
    diary.say("failed", marker, type(failed).__name__, failed.reached)
    return 0.01


def _say_answered(diary: Diary, marker: str, operation: str, result: intertie.Result) -> float:
    """Write it down; return how long to leave the service alone."""
    if result.receipt is None:
        diary.say("answered", marker)
        return 0.0
    diary.say("queued", marker, operation, result.receipt)
    return 0.02


@dataclass
class Herd:
    """Forked workers that are killed and replaced; forking a process that knows all modules takes milliseconds.

    Attributes:
        work: What a worker does, without end; given its name.
        kills: How many were killed.
    """

    work: Callable[[str], None]
    rng: random.Random
    kills: int = 0
    _living: list[int] = field(default_factory=list)
    _born: int = 0

    def grow(self, count: int) -> None:
        """Have `count` workers alive."""
        while len(self._living) < count:
            self._born += 1
            name = f"w{self._born}"
            child = os.fork()
            if child == 0:
                try:
                    sign()
                    self.work(name)
                finally:
                    os._exit(1)
            self._living.append(child)

    def kill(self, count: int) -> None:
        """Kill `count` of them at once, whatever they are doing."""
        chosen = self.rng.sample(self._living, min(count, len(self._living)))
        for child in chosen:
            os.kill(child, signal.SIGKILL)
        for child in chosen:
            _, status = os.waitpid(child, 0)
            assert os.WIFSIGNALED(status), f"a worker ended by itself with status {os.waitstatus_to_exitcode(status)}"
            self._living.remove(child)
            self.kills += 1

    def end(self) -> None:
        """Kill all."""
        self.kill(len(self._living))


def once_no_dead_prober_holds_the_circuit(api: Integration) -> intertie.Result:
    """A probe is a lease that ends at its attempt's deadline, also where its owner is dead: then the next call passes."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            return api.look(marker="final:0")
        except intertie.CircuitOpen as held:
            if time.monotonic() + held.retry_after_s > until_s:
                raise  # the circuit is wedged
            time.sleep(held.retry_after_s)


def no_limit_was_exceeded(diary: Diary, seen: list[Seen], *, limit: int = LIMIT) -> None:
    """No second has more permits than allowed, and no request came without a permit or before it."""
    # Several permits of one transaction have the same instant, so they are counted.
    kept = Counter(map(tuple, diary.lines("permit"))) - Counter(map(tuple, diary.lines("back")))
    stamps = defaultdict(list)
    for pid, stamp in kept.elements():
        stamps[pid].append(float(stamp))
    # By the permits' own instants, since a killed or crowded process may let a request arrive late but never early.
    assert most_within([stamp for of_pid in stamps.values() for stamp in of_pid], 1.0) <= limit
    arrivals = defaultdict(list)
    for request in seen:
        arrivals[request.sender].append(request.at_s)
    for pid, of_pid in arrivals.items():
        taken = sorted(stamps[pid])
        assert len(taken) >= len(of_pid), f"process {pid} sent without a permit"
        assert all(arrived >= permit for permit, arrived in zip(taken, sorted(of_pid), strict=False))
