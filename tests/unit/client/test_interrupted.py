"""Calls that are cancelled or interrupted, at every place where they can be, leave nothing taken."""

from __future__ import annotations

import asyncio

import pytest

from intertie.client import AsyncIntegration, Integration
from intertie.core.errors import CallError
from intertie.testing import Answer, Failure, VirtualTimeLoop, make_bench
from support.client_faces import SECRETS, plan_of_spec

OK = Answer(json={"id": "ch_1", "amount": 1, "currency": "eur"}, latency_s=0.02, connect_s=0.01)
ONE = {"charge_id": "1"}
PLAN = plan_of_spec(
    Service_Configuration="""
service: {name: test, base_url: https://api.test.example}
authentication: {type: api_key, config: {key_location: header, key_name: Authorization, scheme: Bearer}}
timeouts: {connect: 50, read: 50, write: 50, total: 1500}
""",
    Rate_Limits="""
rate_limits: {requests_per_second: 3, concurrent_requests: 1}
throttling: {strategy: sliding_window}
""",
    Circuit_Breaker="circuit_breaker: {enabled: true, failure_threshold: 3, timeout: 1, half_open_requests: 1}",
    Cost_Management="""
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{name: all, cost: 0.01, unit: request}]
  budget: {monthly_limit: 10, hard_stop: true}
""",
)
SCRIPTS = {
    "at once": [OK],
    "after a retry": [Answer(503, latency_s=0.02), OK],
    "after a pause": [Answer(429, headers={"Retry-After": "1"}, latency_s=0.02), OK],
    "never": [Failure("hang")],
}


POOLED = pytest.mark.parametrize("pooled", [True, False], ids=["pooled", "connecting"])


def nothing_is_taken(bench, api) -> None:
    now = api.statistics()
    assert (now.limiter.in_flight, now.limiter.waiting) == (0, 0)
    assert bench.transport.in_flight == 0
    assert now.ledger.reserved == 0
    # What left may have cost something; what did not costs nothing.
    assert now.ledger.calls == len(bench.transport.received)
    assert {breaker.probes for breaker in now.breakers.values()} == {0}


async def the_next_timer() -> None:
    """Where nothing can run now, let virtual time go on to where something can."""
    loop = asyncio.get_running_loop()
    if not loop._ready and loop._scheduled:
        await asyncio.sleep(min(timer.when() for timer in loop._scheduled) - loop.time())


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("others", [0, 2], ids=["alone", "in line"])
@POOLED
def test_a_task_cancelled_at_any_turn_of_the_loop_keeps_nothing(script, others, pooled):
    """Cancelled after any number of turns - waiting for its permit, connecting, sending, between tries - it leaves all free."""
    ended = 0
    for turns in range(800):
        bench = make_bench(PLAN, script, secrets=SECRETS, pooled=pooled)
        api = AsyncIntegration(bench.linked)

        async def cancel_after(turns=turns, api=api):
            ahead = [asyncio.ensure_future(api.get_charge(**ONE)) for _ in range(others)]
            task = asyncio.ensure_future(api.get_charge(**ONE))
            for _ in range(turns):
                if task.done():
                    break
                await asyncio.sleep(0)
                await the_next_timer()
            done = task.done()
            task.cancel()
            await asyncio.gather(task, *ahead, return_exceptions=True)
            return done

        with asyncio.Runner(loop_factory=lambda bench=bench: VirtualTimeLoop(bench.clock)) as runner:
            done = runner.run(cancel_after())
        nothing_is_taken(bench, api)
        if done:
            ended += 1
            if ended > 2:
                break
    assert ended, "the call never ended by itself"


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
@POOLED
def test_an_interrupt_at_any_wait_of_a_synchronous_call_keeps_nothing(script, pooled):
    """Ctrl-C while it waits for a permit, a connection, an answer or the next try leaves all free, and the next call goes through."""
    for wanted in range(1, 40):
        bench = make_bench(PLAN, script, secrets=SECRETS, pooled=pooled)
        api = Integration(bench.linked)
        waits = 0
        sleep_until = bench.clock.sleep_until

        async def interrupted(instant_s, sleep_until=sleep_until, wanted=wanted):
            nonlocal waits
            waits += 1
            if waits == wanted:
                raise KeyboardInterrupt
            await sleep_until(instant_s)

        bench.clock.sleep_until = interrupted
        try:
            api.operation("get_charge").call(ONE)
        except KeyboardInterrupt:
            nothing_is_taken(bench, api)
            bench.clock.sleep_until = sleep_until
            continue
        except CallError:
            pass  # the script fails by itself where nobody interrupts
        nothing_is_taken(bench, api)
        assert wanted > 1, "the call has no place to interrupt"
        return
    pytest.fail("the call never ended by itself")
