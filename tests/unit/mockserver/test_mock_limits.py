"""Limits as a service keeps them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.mockserver.guards import gates_of
from intertie.mockserver.guards.limiter import ServiceLimits
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.testing import make_operation, make_plan
from support.mock_plans import LIMITS, Bench, header, plan

STRATEGIES = [
    LimiterOptions((Window(1.0, 25),), "sliding_window"),
    LimiterOptions((Window(1.0, 25), Window(10.0, 100)), "sliding_window", burst=5),
    LimiterOptions((Window(1.0, 25), Window(10.0, 100)), "fixed_window"),
    LimiterOptions((Window(1.0, 10),), "fixed_window", burst=4),
    LIMITS,
    LimiterOptions((Window(1.0, 5000),), "sliding_window"),
]


def departures(options, rng, seconds):
    """Return the instants at which a greedy client that obeys the plan sends."""
    utc_ahead_s = 1_795_000_000.25
    state = LimiterState(options, lambda: utc_ahead_s)
    now_s, sent = 1000.0, []
    end_s = now_s + seconds
    while now_s < end_s and len(sent) < 6000:
        if state.take(now_s):
            state.depart(now_s)
            sent.append(now_s)
            state.finish()
        else:
            now_s += rng.choice([0.001, 0.003, 0.017])
        if rng.random() < 0.002:
            now_s += rng.random() * 2
    return sent, utc_ahead_s


OPERATION = make_operation()


def admit(limits, now_s, utc_s, lag_s=0.0):
    """A request that is seen now, as the engine has it: looked at first, and counted where nothing refuses it."""
    refusal = limits.refusal(OPERATION, now_s, utc_s, lag_s)
    if refusal is None:
        limits.count(OPERATION, now_s, utc_s, lag_s)
    return refusal


@pytest.mark.parametrize("options", STRATEGIES, ids=lambda o: f"{o.strategy}-{o.windows[0].limit}-{o.burst}")
@pytest.mark.parametrize("most_lag_s", [0.0, 0.024, 0.7])
def test_a_client_that_obeys_the_plan_is_never_refused(options, most_lag_s):
    """However late its requests are seen, where the server knows since when they may wait, and however greedy it is."""
    rng = random.Random(f"{options}{most_lag_s}")
    sent, utc_ahead_s = departures(options, rng, 12)
    seen = sorted((instant + rng.random() * most_lag_s, instant) for instant in sent)
    limits = ServiceLimits(options)
    refused = [
        admit(limits, seen_s, seen_s + utc_ahead_s, seen_s - sent_s + rng.random() * most_lag_s)
        for seen_s, sent_s in seen
    ]
    assert len(sent) > 80
    assert not any(refused)


@pytest.mark.parametrize("options", STRATEGIES, ids=lambda o: f"{o.strategy}-{o.windows[0].limit}-{o.burst}")
@given(ways=st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 0.3)), min_size=1, max_size=60))
@settings(deadline=None, max_examples=60)
def test_what_is_refused_would_be_refused_whenever_it_came(options, ways):
    """Where a server that saw each request later refuses one, a server that saw them all as they came has refused one."""
    late, exact = ServiceLimits(options), ServiceLimits(options)
    came_s, refused_late, refused_exact = 1000.0, False, False
    for step_s, lag_s in ways:
        came_s += step_s / 25
        refused_exact = refused_exact or admit(exact, came_s, came_s) is not None
        refused_late = refused_late or admit(late, came_s + lag_s, came_s + lag_s, lag_s) is not None
        assert refused_exact or not refused_late


def test_a_client_that_passes_a_limit_by_more_than_the_lag_is_refused():
    """What the server does not know for certain is in the client's favour, and nothing beyond that."""
    for early_s, passes in ((0.031, False), (0.029, True)):
        limits = ServiceLimits(LimiterOptions((Window(1.0, 2),)))
        assert admit(limits, 10.0, 10.0, 0.03) is None
        assert admit(limits, 10.5, 10.5, 0.0) is None
        assert (admit(limits, 11.0 - early_s, 11.0 - early_s) is None) is passes


def test_who_waited_longer_counts_as_long_though_others_were_seen_before():
    """A new connection may have waited longer than one that is open: each leaves the window by its own arrival."""
    limits = ServiceLimits(LimiterOptions((Window(1.0, 2),)))
    assert admit(limits, 10.5, 10.5, 0.0) is None
    assert admit(limits, 10.6, 10.6, 0.4) is None
    assert admit(limits, 11.1, 11.1) is not None
    assert admit(limits, 11.2, 11.2) is None
    assert admit(limits, 11.4, 11.4) is not None
    assert admit(limits, 11.5, 11.5) is None


@pytest.mark.parametrize("options", STRATEGIES, ids=lambda o: f"{o.strategy}-{o.windows[0].limit}-{o.burst}")
def test_a_client_that_ignores_the_plan_is_refused(options):
    """A client at three times the limit gets through as often as the limit allows."""
    limits = ServiceLimits(options)
    window = options.windows[0]
    step_s = window.window_s / window.limit / 3
    passed = sum(admit(limits, 1000 + n * step_s, 5000 + n * step_s) is None for n in range(6 * window.limit))
    # Two windows' time, three windows where the edges of fixed ones fall into it, and the bucket's store.
    assert window.limit <= passed <= 3 * window.limit


def test_the_window_is_exact_at_its_edge():
    """The request that comes as the first one leaves the window passes; an instant earlier it does not."""
    for early_s, passes in ((0.001, False), (0.0, True)):
        limits = ServiceLimits(LimiterOptions((Window(1.0, 2),)))
        assert admit(limits, 10.0, 10.0) is None
        assert admit(limits, 10.5, 10.5) is None
        assert (admit(limits, 11.0 - early_s, 11.0 - early_s) is None) is passes


def test_a_refused_request_counts_nowhere():
    """Who is refused by one window has used up none of the others."""
    limits = ServiceLimits(LimiterOptions((Window(1.0, 1), Window(60.0, 3))))
    assert admit(limits, 0.0, 0.0) is None
    assert all(admit(limits, 0.1, 0.1) is not None for _ in range(20))
    assert admit(limits, 1.0, 1.0) is None
    assert admit(limits, 2.0, 2.0) is None
    refusal = admit(limits, 3.0, 3.0)
    assert refusal is not None
    assert refusal.retry_after_s == 57


def test_concurrent_requests_count_until_they_are_answered():
    """A place is free again when the answer is due, or when its client has gone."""
    limits = ServiceLimits(LimiterOptions((), concurrent=2))
    assert admit(limits, 0.0, 0.0) is None
    limits.begin_flight(1, OPERATION, 5.0)
    assert admit(limits, 0.0, 0.0) is None
    limits.begin_flight(2, OPERATION, 9.0)
    assert admit(limits, 1.0, 1.0).rule == "too-many-at-once"
    limits.end_flight(1)
    assert admit(limits, 1.0, 1.0) is None
    limits.begin_flight(3, OPERATION, 3.0)
    assert admit(limits, 2.9, 2.9) is not None
    assert admit(limits, 3.0, 3.0) is None


def test_the_eleventh_request_gets_a_429_that_names_the_rule():
    """A refusal names the spec's line, the time to wait, and stands in a problem document."""
    bench = Bench(plan(limits=LIMITS))
    replies = [bench.ask("GET", "/v1/charges") for _ in range(11)]
    assert [reply.status for reply in replies] == [200] * 10 + [429]
    refused = replies[-1]
    assert header(refused, "Retry-After") == "1"
    assert header(refused, "Content-Type") == "application/problem+json"
    assert b"payments.md:56" in refused.body
    bench.clock.advance(0.041)
    assert bench.ask("GET", "/v1/charges").status == 200


def test_every_answer_tells_what_is_left():
    """`RateLimit` and its like stand on successes and refusals, with seconds rounded down."""
    bench = Bench(plan(limits=LimiterOptions((Window(60.0, 3),))))
    bench.ask("GET", "/v1/charges")
    bench.clock.advance(20)
    reply = bench.ask("GET", "/v1/charges", key=None)
    assert reply.status == 401
    assert header(reply, "RateLimit-Policy") == '"minute";q=3;w=60'
    assert header(reply, "RateLimit") == '"minute";r=1;t=39'
    assert header(reply, "X-RateLimit-Remaining") == "1"
    assert int(header(reply, "X-RateLimit-Reset")) == int(bench.clock.utc_s() + 39.9)


def test_only_what_a_plan_bounds_has_a_gate():
    """Where nothing is declared, no arrival is judged or counted."""
    operation = make_operation("get_thing")
    assert gates_of(make_plan(operation)) == ()
    (gate,) = gates_of(make_plan(operation, limits=LimiterOptions((Window(1.0, 2),))))
    assert isinstance(gate, ServiceLimits)
