"""Attempts, delays and what is never sent again."""

import pytest

from intertie.core.errors import ConnectError, DeadlineExceeded, Reach, ReadError, ServiceError
from intertie.runtime.call import Kind
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
    rows,
)
from support.plans import retries, timeouts

OK = Answer(json={"id": 1})


def test_the_first_attempt_counts(drive):
    """Three attempts mean two retries, after the delays of the plan."""
    bench = make_bench(make_plan(retry=retries(3)), [Answer(503)])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert (failed.attempts, failed.error.attempts, len(bench.transport.received)) == (3, 3, 3)
    assert bench.transport.stamps == pytest.approx([1000.0, 1000.1, 1000.2])
    assert failed.error.status == 503
    assert failed.error.elapsed_s == pytest.approx(0.2)


@pytest.mark.parametrize("failure", ["read", "connect"])
def test_a_retry_succeeds(drive, failure):
    """The caller hears of the success and of the attempts it took, each by its number."""
    bench = make_bench(make_plan(retry=retries(3)), [Answer(503), Failure(failure), OK])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert (answered.data, answered.attempts) == ({"id": 1}, 3)
    assert_events(answered.events, ["attempt", "retry", "attempt", "retry", "attempt"])
    numbers = [event.detail["attempt"] for event in answered.events if event.event in ("attempt", "retry")]
    assert numbers == [1, 2, 2, 3, 3]


def test_a_status_is_retried_only_where_it_is_listed(drive):
    """A 500 is not retried by a plan that lists 502."""
    bench = make_bench(make_plan(retry=retries(3, retry_on=("502",))), [Answer(500)])
    assert assert_failed(drive(bench, bench.linked.run("get_thing", {}))).attempts == 1
    bench = make_bench(make_plan(retry=retries(3, retry_on=("502",))), [Answer(502), OK])
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).attempts == 2


def test_conditions_can_be_off(drive):
    """Neither network errors, nor timeouts, nor 503 are retried where the plan does not name them."""
    never = retries(3, network_error=False, timeout=False, service_unavailable=False)
    for step in (Failure("read"), Failure("connect"), Failure("hang"), Answer(503)):
        bench = make_bench(make_plan(retry=never, timeouts=timeouts()), [step])
        assert assert_failed(drive(bench, bench.linked.run("get_thing", {}))).attempts == 1


@pytest.mark.parametrize(
    "step", [Failure("read"), Failure("write"), Failure("hang"), Answer(500), Answer(502), Answer(504)]
)
def test_an_unsafe_request_is_never_sent_again_after_an_ambiguous_failure(drive, step):
    """A POST that may have taken effect is left alone, and the error says so."""
    plan = make_plan(retry=retries(5, retry_on=("5xx", "408")), timeouts=timeouts())
    bench = make_bench(plan, [step])
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {})))
    assert failed.effect_unknown
    assert len(bench.transport.received) == 1
    assert failed.error.reached is not Reach.NO


@pytest.mark.parametrize("step", [Answer(503), Answer(429), Failure("connect"), Failure("write", Reach.NO)])
def test_an_unsafe_request_is_sent_again_where_nothing_can_have_happened(drive, step):
    """429, 503 and connections that never carried a byte are no risk."""
    bench = make_bench(make_plan(retry=retries(5)), [step, OK])
    assert assert_answered(drive(bench, bench.linked.run("create_thing", {}))).attempts == 2


def test_an_idempotency_key_makes_a_post_safe_and_stays_the_same(drive):
    """Every try of a call has the same key; the next call has another."""
    bench = make_bench(make_plan(retry=retries(3)), [Failure("read"), Answer(503), OK, OK])
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {})))
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {})))
    keys = [dict(received.request.headers)["Idempotency-Key"] for received in bench.transport.received]
    assert len(keys) == 4
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_a_caller_may_give_the_key(drive):
    """The caller's own key is sent, where the operation has one."""
    bench = make_bench(make_plan(), [OK])
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}, idempotency_key="mine")))
    assert dict(bench.transport.received[0].request.headers)["Idempotency-Key"] == "mine"


def test_idempotent_true_makes_a_post_safe(drive):
    """The author vouches for it."""
    plan = make_plan(make_operation("put_twice", method="POST", idempotent=True), retry=retries(3))
    bench = make_bench(plan, [Failure("read"), OK])
    assert assert_answered(drive(bench, bench.linked.run("put_twice", {}))).attempts == 2


def test_the_servers_retry_after_wins_when_longer(drive):
    """A 503 that says two seconds is tried again after two seconds, not a tenth."""
    bench = make_bench(make_plan(retry=retries(2)), [Answer(503, headers={"Retry-After": "2"}), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.stamps[1] - bench.transport.stamps[0] == pytest.approx(2.0)


def test_the_backoff_wins_when_longer(drive):
    """A Retry-After below the plan's own delay does not hasten it."""
    slow = retries(2, initial_delay_s=3.0, max_delay_s=3.0)
    bench = make_bench(make_plan(retry=slow), [Answer(429, headers={"Retry-After": "1"}), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.stamps[1] - bench.transport.stamps[0] == pytest.approx(3.0)


def test_a_delay_that_does_not_fit_is_not_waited_for(drive):
    """The call ends at once with what the service said last."""
    bench = make_bench(make_plan(retry=retries(9), timeouts=timeouts(5.0)), [Answer(503, headers={"Retry-After": "7"})])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), ServiceError)
    assert (failed.attempts, bench.clock.now_s) == (1, 1000.0)
    assert failed.error.retry_after_s == 7.0


def test_full_jitter_draws_from_the_injected_rng(drive):
    """Delays lie between zero and the computed one, and are the same for the same seed."""
    plan = make_plan(retry=retries(4, jitter=True, initial_delay_s=1.0, max_delay_s=1.0))
    stamps = []
    for _ in range(2):
        bench = make_bench(plan, [Answer(503)])
        drive(bench, bench.linked.run("get_thing", {}))
        stamps.append(bench.transport.stamps)
    assert stamps[0] == stamps[1]
    waits = [later - earlier for earlier, later in zip(stamps[0], stamps[0][1:], strict=False)]
    assert all(0 <= wait < 1 for wait in waits)
    assert len(set(waits)) == 3


def test_a_row_that_says_fail_forbids_the_retry(drive):
    """`action: fail` wins over `retry_on`."""
    plan = make_plan(retry=retries(3, retry_on=("409",)), errors=rows(("409", "BUSY", "fail")))
    bench = make_bench(plan, [Answer(409)])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert (failed.attempts, failed.error.code) == (1, "BUSY")


def test_a_row_that_says_retry_is_as_good_as_retry_on(drive):
    """Within the retry policy, and never against replay safety."""
    plan = make_plan(retry=retries(3), errors=rows(("409", "BUSY", "retry"), ("500", "BROKEN", "retry")))
    bench = make_bench(plan, [Answer(409), OK])
    assert assert_answered(drive(bench, bench.linked.run("create_thing", {}))).attempts == 2
    bench = make_bench(plan, [Answer(500)])
    assert assert_failed(drive(bench, bench.linked.run("create_thing", {}))).attempts == 1


def test_the_retry_budget_bounds_amplification(drive):
    """In an outage, retries stay at a fifth of the calls once the free ones are used."""
    plan = make_plan(retry=retries(4, initial_delay_s=0.0, max_delay_s=0.0))
    bench = make_bench(plan, [Answer(503)])
    for _ in range(200):
        drive(bench, bench.linked.run("get_thing", {}))
    assert len(bench.transport.received) == 200 + 40
    assert bench.linked.statistics().retries == 40


def test_the_retry_budget_comes_back_with_time(drive):
    """Ten retries in ten seconds are always allowed."""
    plan = make_plan(retry=retries(4, initial_delay_s=0.0, max_delay_s=0.0, budget_ratio=0.0))
    bench = make_bench(plan, [Answer(503)])
    for _ in range(10):
        drive(bench, bench.linked.run("get_thing", {}))
    assert len(bench.transport.received) == 20
    bench.advance(11)
    drive(bench, bench.linked.run("get_thing", {}))
    assert len(bench.transport.received) == 24


def test_a_refused_connection_is_an_attempt_that_reached_nobody(drive):
    """The caller sees how often it was tried and that nothing left."""
    bench = make_bench(make_plan(retry=retries(3)), [Failure("connect")])
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {})), ConnectError)
    assert (failed.attempts, failed.reached, bench.transport.received) == (3, Reach.NO, [])


def test_the_strongest_reach_of_all_attempts_is_told(drive):
    """First the connection broke in the middle, then there was none: it may have arrived."""
    bench = make_bench(make_plan(retry=retries(2)), [Failure("read"), Failure("connect")])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), ConnectError)
    assert failed.error.reached is Reach.MAYBE


def test_each_timeout_is_clipped_to_what_is_left(drive):
    """The last attempt gets what the total leaves, not its own full time."""
    plan = make_plan(retry=retries(9), timeouts=timeouts(2.5))
    bench = make_bench(plan, [Failure("hang")])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), DeadlineExceeded)
    assert bench.clock.now_s == pytest.approx(1002.5)
    assert (failed.attempts, failed.error.phase, failed.kind) == (3, "total", Kind.SERVICE_FAULT)


def test_a_caller_may_shorten_the_total_but_not_lengthen_it(drive):
    """The plan's total bounds whatever the caller asks for."""
    for asked, expected in ((0.5, 0.5), (60.0, 2.5)):
        bench = make_bench(make_plan(retry=retries(9), timeouts=timeouts(2.5)), [Failure("hang")])
        assert_failed(drive(bench, bench.linked.run("get_thing", {}, timeout_s=asked)), DeadlineExceeded)
        assert bench.clock.now_s == pytest.approx(1000.0 + expected)


def test_a_slow_connect_is_a_timeout_by_its_own_name(drive):
    """`phase` says connect, and nothing reached the service."""
    bench = make_bench(make_plan(timeouts=timeouts()), [Failure("connect_timeout")])
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {})), DeadlineExceeded)
    assert (failed.error.phase, failed.reached, bench.clock.now_s) == ("connect", Reach.NO, 1001.0)


def test_a_reset_after_an_answer_began_is_ambiguous(drive):
    """`reached` is yes, and a POST is not repeated."""
    bench = make_bench(make_plan(retry=retries(3)), [Failure("read", Reach.YES)])
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {})), ReadError)
    assert (failed.reached, failed.attempts, failed.effect_unknown) == (Reach.YES, 1, True)
