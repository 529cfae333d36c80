"""Calls that come to hand over their requests late, in virtual time: what leaves keeps the limit, and everybody leaves."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from intertie.runtime.linked import LinkedPlan
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.testing import Answer, Bench, assert_answered, make_bench, make_plan, run_virtual
from support.plans import timeouts
from support.store_kit import most_within

LIMIT, WINDOW_S = 4, 1.0


class LateConnection:
    """A scripted connection whose caller does not get to run for a while before it hands over its request."""

    def __init__(self, connection, bench: Bench, late_s: float) -> None:
        self._connection = connection
        self._bench = bench
        self._late_s = late_s

    def __getattr__(self, name: str):
        return getattr(self._connection, name)

    async def exchange(self, request, **options):
        self._bench.clock.advance(self._late_s)
        return await self._connection.exchange(request, **options)


class LateTransport:
    """A scripted transport of late connections: most of them hardly, some of them very."""

    def __init__(self, bench: Bench, rng: random.Random) -> None:
        self._bench = bench
        self._rng = rng

    def __getattr__(self, name: str):
        return getattr(self._bench.transport, name)

    def _late(self, connection):
        late_s = self._rng.choice([0.0, 0.0, 0.001, 0.01, 0.03, 0.2]) * self._rng.random()
        return LateConnection(connection, self._bench, late_s)

    def connect_nowait(self, *, fresh: bool = False):
        connection = self._bench.transport.connect_nowait(fresh=fresh)
        return None if connection is None else self._late(connection)

    async def connect(self, **options):
        return self._late(await self._bench.transport.connect(**options))


@pytest.mark.parametrize("fused", [True, False])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1 << 30), strategy=st.sampled_from(["sliding_window", "token_bucket"]))
def test_what_is_handed_over_late_keeps_the_limit_all_the_same(fused, seed, strategy):
    """Counted by departures: in no span more than the limit, though between permit and departure any time may pass."""
    rng = random.Random(seed)
    limits = LimiterOptions((Window(WINDOW_S, LIMIT),), strategy)
    bench = make_bench(make_plan(limits=limits, timeouts=timeouts(600.0)), [Answer(json={})])
    linked = LinkedPlan(bench.plan, replace(bench.surroundings, transport=LateTransport(bench, rng)), fused=fused)

    async def crowd():
        async def one():
            await bench.clock.sleep_until(bench.clock.now_s + rng.random())
            return await linked.run("get_thing", {})

        return await asyncio.gather(*(one() for _ in range(20)))

    for outcome in run_virtual(crowd(), bench.clock):
        assert assert_answered(outcome).attempts == 1
    assert len(bench.transport.stamps) == 20
    assert most_within(bench.transport.stamps, WINDOW_S) <= LIMIT
    assert linked.statistics().limiter.in_flight == 0
