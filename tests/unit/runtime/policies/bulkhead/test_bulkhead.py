"""Places of one operation: held around connection and exchange, shared, and beside the integration's own limit."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.cli.layout import Layout
from intertie.cli.plan_text import plan_text
from intertie.core.errors import RateLimited
from intertie.mockserver.guards.bulkhead import ServicePlaces
from intertie.runtime.policies.bulkhead.options import BulkheadOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import LimitRefusal, Permit
from intertie.runtime.state_key import StateKey
from intertie.runtime.stepping import run_blocking
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
    run_virtual,
)
from support.compared import RICH, changes, edited
from support.plans import at_once, drive_loop, retries, timeouts
from support.spec_builder import endpoint, plan_of
from support.store_kit import StoreKit


def bulkheaded(concurrent=2, *, id="get_thing", **options):  # noqa: A002
    return make_operation(id, guards={"bulkhead": BulkheadOptions(concurrent, **options)})


def bench_of(*operations, script=None, **further):
    return make_bench(make_plan(*operations, **further), script or [Answer(json={}, latency_s=0.5)])


def test_attempts_of_the_operation_are_bounded_and_others_are_not():
    """Three at a time of the one; the other operation uses as many connections as it likes."""
    bench = bench_of(bulkheaded(3), make_operation("other_thing"))
    calls = [bench.linked.run("get_thing", {}) for _ in range(9)]
    assert all(assert_answered(outcome) for outcome in at_once(bench, *calls))
    assert bench.transport.most_in_flight == 3
    assert bench.clock.now_s == pytest.approx(1001.5, abs=0.1)
    at_once(bench, *(bench.linked.run("other_thing", {}) for _ in range(7)))
    assert bench.transport.most_in_flight == 7


@pytest.mark.parametrize("whole", [1, 2, 4])
def test_both_bounds_hold(whole):
    """The integration's `concurrent_requests` and the operation's own: the smaller one is felt."""
    bench = bench_of(bulkheaded(2), limits=LimiterOptions(concurrent=whole))
    at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(6)))
    assert bench.transport.most_in_flight == min(whole, 2)


def test_one_beyond_the_places_is_refused_with_the_reason():
    """`on_limit: reject` refuses at once; nothing is connected, sent or paid."""
    bench = bench_of(bulkheaded(1, on_limit="reject"), retry=retries(3))
    first, second = at_once(bench, *(bench.linked.run("get_thing", {}, explain=True) for _ in range(2)))
    assert_answered(first)
    failed = assert_failed(second, RateLimited)
    refused = next(event for event in failed.events if event.event == "reject")
    assert (refused.stage, refused.detail["reason"]) == ("bulkhead", "concurrency")
    assert "`concurrent_requests: 1`" in str(failed.error)
    assert not [event for event in failed.events if event.stage in {"connection", "rate_limit", "send"}]
    assert len(bench.transport.received) == 1


def test_a_wait_ends_with_its_bound():
    """`max_wait` bounds the wait for a place, too."""
    bench = bench_of(bulkheaded(1, max_wait_s=0.2), script=[Answer(json={}, latency_s=0.9)])
    started_s = bench.clock.now_s
    _, second = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(2)))
    assert_failed(second, RateLimited)
    assert bench.clock.now_s - started_s == pytest.approx(0.9)


def test_who_waited_is_told_so():
    """The wait is an event of its own, before the connection."""
    bench = bench_of(bulkheaded(1))
    _, second = at_once(bench, *(bench.linked.run("get_thing", {}, explain=True) for _ in range(2)))
    assert_events(assert_answered(second).events, ["wait", "place", "connect", "permit", "attempt"])


def test_a_stream_keeps_its_place_until_it_ends(drive):
    """The place is free when the body was read or closed."""
    bench = bench_of(bulkheaded(1), script=[Answer(json={"id": 1})], timeouts=timeouts(1.0))
    first = assert_answered(drive(bench, bench.linked.run("get_thing", {}, stream=True)))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    drive(bench, first.response.stream.aclose())
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))


def test_a_backoff_holds_no_place():
    """Between attempts another call has the place."""
    failing = [Answer(503), Answer(json={}), Answer(json={})]
    bench = bench_of(bulkheaded(1, on_limit="reject"), script=failing, retry=retries(2))

    async def both():
        first = asyncio.ensure_future(bench.linked.run("get_thing", {}))
        await bench.clock.sleep_until(1000.05)
        second = await bench.linked.run("get_thing", {})
        return await first, second

    first, second = run_virtual(both(), bench.clock)
    assert_answered(first)
    assert_answered(second)


@pytest.mark.parametrize("trouble", [Failure("connect"), Failure("read"), Failure("write"), Answer(500), Answer(429)])
def test_every_ending_frees_the_place(drive, trouble):
    """Whatever becomes of an attempt, its place is free afterwards."""
    bench = bench_of(bulkheaded(1, on_limit="reject"), script=[trouble, Answer(json={})])
    drive(bench, bench.linked.run("get_thing", {}))
    bench.advance(60.0)
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.linked.statistics().guards["bulkhead"] == {"get_thing": {"in_flight": 0, "waiting": 0}}


@pytest.mark.parametrize("after_s", [0.0, 0.2])
def test_a_cancelled_call_frees_its_place(after_s):
    """Also who goes away while waiting holds nothing."""
    bench = bench_of(bulkheaded(1))

    async def cancel():
        tasks = [asyncio.ensure_future(bench.linked.run("get_thing", {})) for _ in range(3)]
        await bench.clock.sleep_until(1000.0 + after_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return await bench.linked.run("get_thing", {})

    assert_answered(run_virtual(cancel(), bench.clock))
    assert bench.linked.statistics().guards["bulkhead"]["get_thing"] == {"in_flight": 0, "waiting": 0}


def test_a_fallback_answers_who_gets_no_place():
    """A refusal of ours is answered like that of the limit."""
    fallback = FallbackOptions("default", default_response={"rate": 1})
    bench = bench_of(bulkheaded(1, on_limit="reject"), fallback=fallback)
    _, second = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(2)))
    assert assert_answered(second).fallback == "default"


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.7]), st.sampled_from([0.05, 0.3, 1.4])), min_size=1, max_size=14),
    st.booleans(),
)
def test_never_more_than_the_places_and_nobody_is_forgotten(places, calls, pooled):
    """Whenever calls come and however long they take: the bound holds, and all are answered in the end."""
    script = [Answer(json={}, latency_s=latency_s) for _, latency_s in calls]
    plan = make_plan(bulkheaded(places), timeouts=timeouts(60.0, read_s=60.0))
    bench = make_bench(plan, script, pooled=pooled)

    async def load():
        async def one(start_s):
            await bench.clock.sleep_until(1000.0 + start_s)
            return await bench.linked.run("get_thing", {})

        return await asyncio.gather(*(one(start_s) for start_s, _ in calls))

    outcomes = drive_loop(bench, load())
    assert all(assert_answered(outcome) for outcome in outcomes)
    assert bench.transport.most_in_flight <= places
    assert bench.linked.statistics().guards["bulkhead"]["get_thing"]["in_flight"] == 0


SPEC = {
    "throttling": {"on_limit": "reject"},
    "endpoints": (endpoint("Get", "/t", concurrent_requests=5), endpoint("Other", "/o")),
}


def test_the_plan_says_it_with_its_place():
    """The stage stands before the connection, for the one endpoint, with its line."""
    plan = plan_of(**SPEC)
    assert plan.operations["other"].guards == {}
    stages = {stage.stage: stage for stage in plan.operations["get"].stages}
    assert list(stages).index("bulkhead") == list(stages).index("connection") - 1
    assert stages["bulkhead"].options == {"concurrent": 5, "on_limit": "reject"}
    assert stages["bulkhead"].sources["concurrent"].startswith("specs/made.md:")
    assert "at most 5 of its attempts are under way at a time" in plan_text(plan, layout=Layout(200))
    assert "bulkhead" not in {stage.stage for stage in plan.operations["other"].stages}


def test_a_bounded_wait_for_a_place_counts_in_the_longest_call():
    """Each attempt may wait so long for its place."""
    times = {"timeouts": {"connect": 1.0, "read": 1.0, "write": 1.0, "total": 60.0}}
    limits = {"rate_limits": {"requests_per_second": 5}, "throttling": {"max_wait": 2.0}}
    bounded, free = plan_of(**times, **limits, endpoints=SPEC["endpoints"]).operations.values()
    assert bounded.worst_case_s == pytest.approx(free.worst_case_s + 2.0)


def test_the_service_keeps_the_same_places():
    """The mock refuses the one beyond, for that endpoint alone, until an answer is due or its client has gone."""
    bounded, free = bulkheaded(2), make_operation("other_thing")
    places = ServicePlaces(make_plan(bounded, free))
    for number in (1, 2):
        assert places.refusal(bounded, 0.0, 0.0, 0.0) is None
        places.begin_flight(number, bounded, 5.0)
    refusal = places.refusal(bounded, 1.0, 1.0, 0.0)
    assert (refusal.rule, refusal.stage) == ("too-many-at-once", "bulkhead")
    assert places.refusal(free, 1.0, 1.0, 0.0) is None
    places.end_flight(1)
    assert places.refusal(bounded, 1.0, 1.0, 0.0) is None
    assert places.snapshot(1.0, 1.0) == [{"name": "concurrent, get_thing", "limit": 2, "in_flight": 1}]
    assert places.refusal(bounded, 5.0, 5.0, 0.0) is None


@pytest.mark.parametrize("backend", ["memory", "sqlite"])
def test_places_are_counted_apart_from_the_integrations_own(tmp_path, backend):
    """A place of the operation is none of the integration, and of no other operation."""
    kit, key = StoreKit(backend, tmp_path), StateKey("INT-1", "default")
    try:
        shared = kit.coordination()
        one, other = (shared.limiter(key, LimiterOptions(concurrent=1), f"bulkhead/{name}") for name in ("a", "b"))
        whole = shared.limiter(key, LimiterOptions(concurrent=1))
        for limiter in (one, other, whole):
            assert isinstance(run_blocking(limiter.acquire(deadline_s=kit.clock.now_s)), Permit)
            assert isinstance(run_blocking(limiter.acquire(deadline_s=kit.clock.now_s)), LimitRefusal)
        assert shared.keys() == [key]
    finally:
        kit.close()


def test_processes_share_the_places(tmp_path):
    """Two that open the same file have the operation's places together."""
    kit, key = StoreKit("sqlite", tmp_path), StateKey("INT-1", "default")
    try:
        options = LimiterOptions(concurrent=2)
        stores = [kit.coordination() for _ in range(2)]
        handles = [store.limiter(key, options, "bulkhead/a") for store in stores]
        permits = [run_blocking(limiter.acquire(deadline_s=kit.clock.now_s)) for limiter in handles]
        assert all(isinstance(permit, Permit) for permit in permits)
        refused = run_blocking(handles[0].acquire(deadline_s=kit.clock.now_s))
        assert refused.reason == "concurrency"
        handles[1].finished(permits[1])
        stores[1].close()
        assert isinstance(run_blocking(handles[0].acquire(deadline_s=kit.clock.now_s + 5.0)), Permit)
    finally:
        kit.close()


HEAD = "description: Quotes one parcel.}"


@pytest.mark.parametrize(
    ("before", "after", "impact"),
    [("", "concurrent_requests: 5", "risky"), ("concurrent_requests: 5", "", "safe"),
     ("concurrent_requests: 5", "concurrent_requests: 4", "risky"),
     ("concurrent_requests: 4", "concurrent_requests: 5", "safe")],
)  # fmt: skip
def test_diff_knows_which_way_is_stricter(tmp_path, before, after, impact):
    """Fewer places make callers wait; more do not."""
    base = edited(RICH, (HEAD, f"{HEAD}\n{before}"))
    edit = (f"{HEAD}\n{before}\n", f"{HEAD}\n{after}\n")
    found = [change for change in changes(tmp_path, edit, base=base) if change.kind == "guard-option"]
    assert [(change.subject, str(change.impact)) for change in found if "concurrent" in change.subject] == [
        ("quote_parcel: concurrent_requests", impact)
    ]
