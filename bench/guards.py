"""What the guards add to one call on memory stores: everything but transport, body building and JSON.

The peers guard a coroutine function that does nothing; their figure is all theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import peers
from measuring import Goal, Missing, Row, cpu_us, cpu_us_async, missing_package

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

COUNT = 10_000
MOST_US = 12.0
INPUT = {"id": "7"}
SECRETS = {"env:KEY": "secret"}


class NoConnection:
    """Answers at once with one answer: the cost of a transport that costs nothing."""

    fresh = False

    def __init__(self) -> None:
        body = msgspec.json.encode({"id": 7, "text": "x" * 900})
        fields = [("content-type", "application/json"), ("date", "Tue, 24 Nov 2026 09:00:00 GMT"), ("server", "bench")]
        self.answer = Response(200, Headers.of(fields), body, bytes_sent=200, bytes_received=1100)

    async def exchange(self, request, *, write_deadline_s, read_timeout_s, deadline_s, stream=False, departure=None):
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
        request = one.wire.encode(
            INPUT, idempotency_key="k", new_uuid=around.rng.uuid4, now=around.clock.utc_now, environ=str
        )
        answer = await connection.exchange(request, write_deadline_s=0, read_timeout_s=0, deadline_s=0)
        return one.results.map_inbound(one.wire.reader.decode(answer))

    return call


def measure() -> Iterator[Row | Missing]:
    everything = LinkedPlan(make_plan(**GUARDS), surroundings())
    floor_us = per_call(bare(everything, "get_thing"))
    yield Row("build, exchange, decode: no guard's", floor_us, "µs/call")

    def added(**linking: object) -> float:
        fields, fused = linking.pop("fields"), linking.pop("fused", True)
        linked = LinkedPlan(make_plan(**fields), surroundings(), fused=fused)
        return per_call(lambda: linked.run("get_thing", INPUT)) - floor_us

    all_us = added(fields=GUARDS)
    goal = Goal(f"at most {MOST_US:.0f}", all_us <= MOST_US)
    yield Row("intertie, all guards", all_us, "µs added", 1.0, goals=(goal,))
    for left_out in GUARDS:
        some_us = added(fields={name: options for name, options in GUARDS.items() if name != left_out})
        yield Row(f"intertie, all but {left_out}", some_us, "µs added", some_us / all_us)
    general_us = added(fields=GUARDS, fused=False)
    yield Row("intertie, all guards, general pipeline", general_us, "µs added", general_us / all_us)
    for name, stack in (
        ("stamina + purgatory + limits", peers.stamina_stack),
        ("tenacity + circuitbreaker + pyrate-limiter", peers.tenacity_stack),
    ):
        try:
            stack_us = asyncio.run(_of_peer(stack))
        except ModuleNotFoundError as absent:
            yield missing_package(name, absent)
            continue
        yield Row(name, stack_us, "µs added", stack_us / all_us)


async def _of_peer(stack: Callable[..., Callable[[], Awaitable[object]]]) -> float:
    async def nothing() -> None:
        pass

    guarded = stack(nothing, OSError)

    async def work(count: int) -> None:
        for _ in range(count):
            await guarded()

    return await cpu_us_async(work, COUNT // 4)
