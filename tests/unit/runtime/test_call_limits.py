"""Permits, pauses, and answers that steer the limit."""

import pytest

from intertie.core.errors import RateLimited, ServiceError
from intertie.runtime.call import Kind
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_plan,
    price,
)
from support.plans import at_once, breaker, per_second, retries, timeouts

OK = Answer(json={"id": 1})


def test_the_next_call_waits_for_its_turn(drive):
    """The third call in a second goes when the first is a second old."""
    bench = make_bench(make_plan(limits=per_second(2)), [OK])
    for _ in range(2):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    third = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert bench.transport.stamps == pytest.approx([1000.0, 1000.0, 1001.0])
    assert_events(third.events, ["wait", "permit", "attempt"])


def test_a_wait_that_does_not_fit_is_refused_at_once(drive):
    """RateLimited with the time to wait; nothing sent, counted or paid."""
    plan = make_plan(limits=per_second(1), timeouts=timeouts(0.5), pricing=price(), breaker=breaker())
    bench = make_bench(plan, [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert (refused.kind, refused.attempts, bench.clock.now_s) == (Kind.REJECTED, 0, 1000.0)
    assert refused.error.retry_after_s == pytest.approx(1.0)
    assert len(bench.transport.received) == 1
    assert bench.transport.released == 1
    assert str(bench.linked.statistics().ledger.amount) == "0.01"


def test_on_limit_reject_never_waits(drive):
    """The plan may prefer a refusal to a wait."""
    bench = make_bench(make_plan(limits=per_second(1, on_limit="reject")), [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert bench.clock.now_s == 1000.0


def test_max_wait_bounds_the_wait(drive):
    """A turn in a second is too far for a caller who waits half of one."""
    bench = make_bench(make_plan(limits=per_second(1, max_wait_s=0.5)), [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)


def test_a_refusal_is_never_retried(drive):
    """Waiting is the limiter's own matter."""
    bench = make_bench(make_plan(limits=per_second(1, on_limit="reject"), retry=retries(5)), [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), RateLimited)
    assert "retry" not in [event.event for event in refused.events]


def test_every_attempt_takes_a_permit(drive):
    """Retries count against the limit too."""
    plan = make_plan(limits=per_second(2), retry=retries(3, initial_delay_s=0.0))
    bench = make_bench(plan, [Answer(503), Answer(503), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.stamps == pytest.approx([1000.0, 1000.0, 1001.0])


def test_a_permit_whose_request_never_left_is_given_back(drive):
    """A write that failed before its first byte costs no turn."""
    from intertie.core.errors import Reach

    plan = make_plan(limits=per_second(1), retry=retries(2, initial_delay_s=0.0))
    bench = make_bench(plan, [Failure("write", Reach.NO), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.clock.now_s == 1000.0


def test_a_429_pauses_everybody(drive):
    """One caller is throttled for two seconds; the other's call waits them out."""
    plan = make_plan(retry=retries(1), limits=per_second(100))
    bench = make_bench(plan, [Answer(429, headers={"Retry-After": "2"}), OK])
    throttled = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), ServiceError)
    assert (throttled.kind, throttled.error.status, throttled.error.retry_after_s) == (Kind.THROTTLED, 429, 2.0)
    assert_events(throttled.events, ["attempt", "classified", "pause"])
    assert_answered(drive(bench, bench.linked.run("create_thing", {})))
    assert bench.transport.stamps == pytest.approx([1000.0, 1002.0])


def test_a_429_pauses_without_declared_limits(drive):
    """What the service asks for holds whether or not the spec declares a rate."""
    bench = make_bench(make_plan(), [Answer(429, headers={"Retry-After": "2"}), OK])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.clock.now_s == pytest.approx(1002.0)


def test_a_429_is_tried_again_after_the_pause_though_nobody_lists_it(drive):
    """Throttling is retried within max_attempts and total."""
    quiet = retries(2, network_error=False, timeout=False, service_unavailable=False)
    bench = make_bench(make_plan(retry=quiet), [Answer(429, headers={"Retry-After": "3"}), OK])
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).attempts == 2
    assert bench.transport.stamps == pytest.approx([1000.0, 1003.0])


def test_a_429_without_a_header_takes_the_declared_pause_and_more_for_each_in_a_row(drive):
    """retry_after times backoff_multiplier."""
    limits = LimiterOptions(retry_after_s=1.0, backoff_multiplier=2.0)
    bench = make_bench(make_plan(limits=limits, retry=retries(3, initial_delay_s=0.0)), [Answer(429), Answer(429), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.stamps == pytest.approx([1000.0, 1001.0, 1003.0])


def test_a_pause_longer_than_the_call_is_exhausted_quota(drive):
    """The call fails at once, and says when the quota is renewed."""
    plan = make_plan(retry=retries(3), timeouts=timeouts(5.0))
    bench = make_bench(plan, [Answer(429, headers={"Retry-After": "600"}), OK])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert (failed.kind, failed.attempts, failed.error.retry_after_s) == (Kind.QUOTA_EXHAUSTED, 1, 600.0)
    assert bench.clock.now_s == 1000.0
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert len(bench.transport.received) == 1


@pytest.mark.parametrize(
    "step",
    [
        Answer(503, headers={"Retry-After": "2"}),
        Answer(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2"}),
        Answer(403, json={"message": "API rate limit exceeded"}, headers={"Retry-After": "2"}),
        Answer(200, json={"error": {"code": "rate_limited"}}, headers={"Retry-After": "2"}),
        Answer(200, json={"status": 429}, headers={"Retry-After": "2"}),
        Answer(200, json={"errors": [{"extensions": {"code": "THROTTLED"}}]}, headers={"Retry-After": "2"}),
        Answer(400, json={"__type": "ThrottlingException"}, headers={"Retry-After": "2"}),
    ],
)
def test_throttling_in_disguise_is_throttling(drive, step):
    """Pauses the limiter, is retried, and the breaker does not count it."""
    plan = make_plan(retry=retries(2), breaker=breaker(1))
    bench = make_bench(plan, [step, OK])
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).attempts == 2
    assert bench.transport.stamps[1] == pytest.approx(1002.0)
    assert bench.linked.statistics().breakers[""].state == "closed"


def test_a_success_that_says_nothing_is_left_holds_the_next_call_back(drive):
    """Hints tighten the declared limit before the service has to refuse."""
    bench = make_bench(
        make_plan(limits=per_second(100)),
        [Answer(json={}, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "5"}), OK],
    )
    for _ in range(2):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.stamps == pytest.approx([1000.0, 1005.0], abs=0.2)


def test_calls_in_flight_are_bounded():
    """concurrent_requests counts from permit to answer."""
    plan = make_plan(limits=LimiterOptions(concurrent=3))
    bench = make_bench(plan, [Answer(json={}, latency_s=0.5)])
    outcomes = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(10)))
    assert all(assert_answered(outcome) for outcome in outcomes)
    assert bench.transport.most_in_flight == 3


def test_a_stream_is_in_flight_until_it_ends(drive):
    """The place is free when the body was read or closed."""
    plan = make_plan(limits=LimiterOptions(concurrent=1), timeouts=timeouts(1.0))
    bench = make_bench(plan, [Answer(json={"id": 1})])
    first = assert_answered(drive(bench, bench.linked.run("get_thing", {}, stream=True)))
    assert first.data is None
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    drive(bench, first.response.stream.aclose())
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))


def test_a_free_turn_is_no_wait_however_long_the_store_takes(drive, monkeypatch):
    """`wait` is told of who stood in line, not of who asked a store."""
    bench = make_bench(make_plan(limits=per_second(5)), [Answer(json={})])
    limiter = bench.linked.guards.limiter

    async def slowly(*, deadline_s, again=False):
        bench.advance(0.002)
        return await type(limiter).acquire(limiter, deadline_s=deadline_s, again=again)

    monkeypatch.setattr(limiter, "acquire_nowait", lambda: None)
    monkeypatch.setattr(limiter, "acquire", slowly)
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert "wait" not in [event.event for event in answered.events]
