"""The fused path and the general pipeline are one and the same to everybody outside."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from intertie.core.rng import SeededRng
from intertie.runtime.call import Failed
from intertie.runtime.plan import Plan
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.testing import Answer, Bench, run_virtual
from support.call_strategies import operations, plans, scripts
from support.lapsing import lapsing_bench
from support.plans import DRIVES

lapses = st.lists(st.booleans(), max_size=6)
"""Of each permit in turn, whether it lapses; those behind them do not."""


class CountedRng(SeededRng):
    """Draws the same delays whoever else draws identifiers."""

    def uuid4(self) -> str:
        self.made = getattr(self, "made", 0) + 1
        return f"00000000-0000-4000-8000-{self.made:012d}"


def bench_of(plan: Plan, script, *, fused: bool, pooled: bool, lapses=()) -> Bench:
    keyed = replace(plan, auth=AuthOptions("api_key", secret="env:KEY"))
    options = {"secrets": {"env:KEY": "s"}, "rng": CountedRng(1), "fused": fused, "pooled": pooled}
    return lapsing_bench(keyed, script, lapses, **options)[0]


def seen(bench: Bench, outcomes: list) -> dict:
    """Everything that anybody outside could compare."""
    statistics = bench.linked.statistics()
    return {
        "outcomes": [told(outcome) for outcome in outcomes],
        "stamps": bench.transport.stamps,
        "requests": [received.request for received in bench.transport.received],
        "released": bench.transport.released,
        "connections": (bench.transport.reused, bench.transport.opened),
        "records": [replace_id(record) for record in bench.surroundings.journal.records()],
        "queue": bench.surroundings.journal.queue(bench.plan.key),
        "limiter": statistics.limiter,
        "breakers": statistics.breakers,
        "ledger": statistics.ledger,
        "cache": statistics.cache,
        "retries": (statistics.retry_calls, statistics.retries),
        "now": bench.clock.now_s,
    }


def told(outcome) -> dict:
    apart = {"response", "error", "cause"}
    fields = {name: getattr(outcome, name) for name in outcome.__struct_fields__ if name not in apart}
    fields["response"] = as_data(outcome.response)
    if isinstance(outcome, Failed):
        error = outcome.error
        known = {name: value for name, value in vars(error).items() if name not in {"events", "response"}}
        fields["error"] = (type(error), str(error), known, as_data(error.response))
    elif outcome.cause is not None:
        fields["cause"] = told(outcome.cause)
    return fields


def as_data(response):
    return None if response is None else (response.status, response.headers.raw, response.body)


def replace_id(record):
    return {name: getattr(record, name) for name in record.__struct_fields__ if name != "call_id"}


@settings(deadline=None, max_examples=300)
@given(plans(), scripts, operations, st.booleans(), st.sampled_from(sorted(DRIVES)), st.integers(1, 4), lapses)
def test_both_paths_do_the_same_to_the_same_service(plan, script, operation, pooled, drive, calls, lapses):
    """Outcomes, instants, records, ledger, limiter, breaker, cache and queue are equal after every script."""
    found = []
    for fused in (True, False):
        bench = bench_of(plan, script, fused=fused, pooled=pooled, lapses=lapses)
        outcomes = [DRIVES[drive](bench, bench.linked.run(operation, {}, caller="me")) for _ in range(calls)]
        found.append(seen(bench, outcomes))
    assert found[0] == found[1]


@settings(deadline=None, max_examples=60)
@given(plans(), scripts, st.booleans(), lapses)
def test_both_paths_do_the_same_when_many_call_at_once(plan, script, pooled, lapses):
    """Interleaved in virtual time, a second apart and together."""

    async def load(bench: Bench) -> list:
        async def one(number: int):
            await bench.clock.sleep_until(1000.0 + number // 3)
            name = ("get_thing", "create_thing", "create_keyed_thing")[number % 3]
            return await bench.linked.run(name, {})

        return list(await asyncio.gather(*(one(number) for number in range(9))))

    found = []
    for fused in (True, False):
        bench = bench_of(plan, script, fused=fused, pooled=pooled, lapses=lapses)
        found.append(seen(bench, run_virtual(load(bench), bench.clock)))
    # Identifiers are drawn in another order where paths interleave; all else is equal.
    for side in found:
        side["requests"] = [(request.method, request.target, request.body) for request in side["requests"]]
        side["queue"] = sorted((item.operation, item.enqueued_s) for item in side["queue"])
        for outcome in side["outcomes"]:
            outcome["receipt"] = outcome.get("receipt") is not None
    assert found[0] == found[1]


@settings(deadline=None, max_examples=60)
@given(plans(), st.sampled_from([0.1, 0.9]))
def test_both_paths_are_cancelled_alike(plan, after_s):
    """In the middle of an exchange: paid, recorded, nothing left taken."""
    found = []
    for fused in (True, False):
        bench = bench_of(plan, [Answer(json={}, latency_s=0.95)], fused=fused, pooled=True)

        async def cancel(bench=bench):
            task = asyncio.ensure_future(bench.linked.run("get_thing", {}))
            await bench.clock.sleep_until(1000.0 + after_s)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        run_virtual(cancel(), bench.clock)
        state = seen(bench, [])
        state["records"] = [{**record, "decisions": ()} for record in state["records"]]
        found.append(state)
    assert found[0] == found[1]


@settings(deadline=None, max_examples=150)
@given(plans(), scripts, operations, st.sampled_from(sorted(DRIVES)), st.integers(1, 4), lapses, st.booleans())
def test_a_lapse_changes_nothing_but_the_permit(plan, script, operation, drive, calls, lapses, fused):
    """Without it, the same requests leave at the same instants, and every guard knows the same in the end."""
    found = []
    for lapsing in (lapses, ()):
        bench = bench_of(plan, script, fused=fused, pooled=True, lapses=lapsing)
        outcomes = [DRIVES[drive](bench, bench.linked.run(operation, {}, caller="me")) for _ in range(calls)]
        state = seen(bench, outcomes)
        del state["connections"], state["released"]
        for record in state["records"]:
            del record["decisions"]
        found.append(state)
    assert found[0] == found[1]
