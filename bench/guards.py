"""What the guards add to one call on memory stores: everything but transport, body building and JSON. `python bench/guards.py`."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import msgspec
from measuring import cpu_us, pin_client

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.http import Headers, Response
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import LoggingOptions
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.stepping import run_blocking
from intertie.runtime.surroundings import Surroundings
from intertie.testing import StaticSecrets, make_plan, price

COUNT = 30_000
INPUT = {"id": "7"}
SECRETS = {"env:KEY": "secret"}


class NoConnection:
    """Answers at once with one answer: the cost of a transport that costs nothing."""

    fresh = False

    def __init__(self) -> None:
        body = msgspec.json.encode({"id": 7, "text": "x" * 900})
        fields = [("content-type", "application/json"), ("date", "Tue, 24 Nov 2026 09:00:00 GMT"), ("server", "bench")]
        self.answer = Response(200, Headers.of(fields), body, bytes_sent=200, bytes_received=1100)

    async def exchange(self, request, *, write_deadline_s, read_timeout_s, deadline_s, stream=False):
        return self.answer

    def release(self):
        pass


class NoTransport:
    """Always has a connection."""

    def __init__(self) -> None:
        self.connection = NoConnection()

    def connect_nowait(self, *, fresh=False):
        return self.connection

    async def connect(self, *, deadline_s, connect_timeout_s, fresh=False):
        return self.connection

    async def aclose(self):
        pass

    def statistics(self):
        return {}


def surroundings() -> Surroundings:
    clock, rng, offload, root = BlockingClock(), SystemRng(), InlineOffload(), Path()
    return Surroundings(
        clock,
        rng,
        NoTransport(),
        open_coordination("memory://", clock=clock, rng=rng, offload=offload, root=root),
        open_journal("memory://", clock=clock, rng=rng, offload=offload, root=root),
        StaticSecrets(SECRETS),
    )


GUARDS = {
    "limits": LimiterOptions((Window(1.0, 10_000_000), Window(60.0, 600_000_000)), strategy="token_bucket"),
    "breaker": BreakerOptions(),
    "retry": RetryOptions(max_attempts=4),
    "pricing": price("0.000001", monthly_limit="1000000"),
    "auth": AuthOptions("api_key", scheme="Bearer", secret="env:KEY"),  # noqa: S106  # a reference
    "version": VersionOptions("header", "X-Version", "2", ("1", "2")),
    "logging": LoggingOptions(),
}


def per_call(work) -> float:
    def many(count: int) -> None:
        for _ in range(count):
            run_blocking(work())

    return cpu_us(many, COUNT)


def bare(linked: LinkedPlan, operation: str):
    """Build, exchange, decode: what is no guard's."""
    one = linked._operations[operation]  # noqa: SLF001  # the parts that are no guard
    around = linked.surroundings
    connection = around.transport.connection

    async def call():
        request = one.builder.build(
            INPUT, idempotency_key="k", new_uuid=around.rng.uuid4, now=around.clock.utc_now, environ=str
        )
        answer = await connection.exchange(request, write_deadline_s=0, read_timeout_s=0, deadline_s=0)
        return one.reader.map_inbound(one.reader.decode(answer))

    return call


def main() -> None:
    pin_client()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; CPU µs per call, median of 5")
    everything = LinkedPlan(make_plan(**GUARDS), surroundings())
    floor = per_call(bare(everything, "get_thing"))
    print(f"{'build, exchange, decode':38}{floor:8.2f}")
    for name, fields in [
        ("all guards", GUARDS),
        ("no guard declared", {}),
        *((f"all but {left_out}", {k: v for k, v in GUARDS.items() if k != left_out}) for left_out in GUARDS),
    ]:
        linked = LinkedPlan(make_plan(**fields), surroundings())
        total = per_call(lambda linked=linked: linked.run("get_thing", INPUT))
        print(f"{name:38}{total:8.2f}   added {total - floor:6.2f}")
    general = LinkedPlan(make_plan(**GUARDS), surroundings(), fused=False)
    total = per_call(lambda: general.run("get_thing", INPUT))
    print(f"{'all guards, general pipeline':38}{total:8.2f}   added {total - floor:6.2f}")


if __name__ == "__main__":
    main()
