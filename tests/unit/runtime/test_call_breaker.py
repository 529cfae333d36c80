"""What opens the circuit, what does not, and what an open one spends."""

import pytest

from intertie.core.errors import CircuitOpen, RateLimited, ServiceError
from intertie.runtime.call import Kind
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
ALL = ""


def state(bench) -> str:
    return bench.linked.statistics().breakers[ALL].state


def test_it_opens_at_its_threshold_and_closes_after_a_probe(drive):
    """Three failures open it; after its time one success closes it."""
    bench = make_bench(make_plan(breaker=breaker(3)), [Answer(500), Answer(500), Answer(500), OK])
    for _ in range(2):
        assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    opening = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert_events(opening.events, ["attempt", "classified", "open"])
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), CircuitOpen)
    assert (refused.kind, refused.attempts, refused.error.retry_after_s) == (Kind.REJECTED, 0, 10.0)
    assert_events(refused.events, ["reject"])
    bench.advance(10)
    probe = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert_events(probe.events, ["half_open", "attempt", "close"])
    assert state(bench) == "closed"


def test_an_outage_that_uses_up_the_quota_opens_it(drive):
    """A 503 with nothing left is down, not throttling: it says that the quota is spent, not that this is why."""
    spent = Answer(503, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0"})
    bench = make_bench(make_plan(breaker=breaker(2)), [spent, spent])
    for _ in range(2):
        assert assert_failed(drive(bench, bench.linked.run("get_thing", {}))).kind is Kind.SERVICE_FAULT
    assert state(bench) == "open"


def test_an_open_circuit_spends_nothing(drive):
    """No budget, no permit, no connection, no retry."""
    plan = make_plan(breaker=breaker(1), pricing=price(), limits=per_second(2), retry=retries(3))
    bench = make_bench(plan, [Answer(500), OK])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    before = bench.linked.statistics()
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {})), CircuitOpen)
    after = bench.linked.statistics()
    assert refused.attempts == 0
    assert (after.ledger, after.limiter, after.transport) == (before.ledger, before.limiter, before.transport)


@pytest.mark.parametrize(
    "step",
    [
        Answer(404), Answer(400, json={"error": {"code": "x"}}), Answer(401), Answer(403), Answer(429),
        Answer(200, body=b"<html>", headers={"Content-Type": "application/json"}), Answer(302),
    ],
)  # fmt: skip
def test_what_is_not_the_services_fault_never_counts(drive, step):
    """The caller's mistakes, our credential, throttling and unreadable answers leave it closed."""
    bench = make_bench(make_plan(breaker=breaker(1), retry=retries(1)), [step])
    for _ in range(3):
        assert_failed(drive(bench, bench.linked.run("get_thing", {})))
        bench.advance(30)
    assert state(bench) == "closed"


@pytest.mark.parametrize("step", [Failure("read"), Failure("connect"), Failure("hang"), Answer(500), Answer(599)])
def test_what_counts(drive, step):
    """Network errors, timeouts and 5xx."""
    bench = make_bench(make_plan(breaker=breaker(1), timeouts=timeouts()), [step])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert state(bench) == "open"


def test_a_refusal_of_ours_never_counts(drive):
    """Neither a limit without a turn nor a spent budget says anything about the service."""
    plan = make_plan(breaker=breaker(1), limits=per_second(1, on_limit="reject"))
    bench = make_bench(plan, [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert state(bench) == "closed"


def test_retries_of_a_call_stop_when_the_circuit_opens(drive):
    """The breaker counts attempts; its refusal ends the call, which fails with what the service answered."""
    bench = make_bench(make_plan(breaker=breaker(2), retry=retries(5)), [Answer(503)])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), ServiceError)
    assert (failed.attempts, len(bench.transport.received)) == (2, 2)
    assert failed.error.status == 503
    given_up = [event.detail for event in failed.events if (event.stage, event.event) == ("retry", "give_up")]
    assert given_up == [{"reason": "circuit_open", "attempts": 2}]
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), CircuitOpen)


def test_who_waited_for_a_permit_looks_again():
    """The circuit opened meanwhile: nothing is sent, and the permit and the reservation go back."""
    plan = make_plan(breaker=breaker(1), limits=per_second(1), pricing=price())
    bench = make_bench(plan, [Answer(500, latency_s=0.2)])
    first, second = at_once(bench, *(bench.linked.run("get_thing", {}, explain=True) for _ in range(2)))
    assert_failed(first)
    refused = assert_failed(second, CircuitOpen)
    assert ("circuit_breaker_again", "reject") in [(event.stage, event.event) for event in refused.events]
    after = bench.linked.statistics()
    assert len(bench.transport.received) == 1
    assert (after.ledger.calls, str(after.ledger.amount), after.ledger.reserved) == (1, "0.01", 0)
    assert after.limiter.in_flight == 0
    assert after.limiter.windows[0].used == 0
    assert bench.transport.released == 1


def test_each_endpoint_may_have_its_own(drive):
    """`scope: endpoint`: one endpoint's failures leave the other callable."""
    bench = make_bench(make_plan(breaker=breaker(1, scope="endpoint")), [Answer(500), OK])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), CircuitOpen)
    assert_answered(drive(bench, bench.linked.run("create_thing", {})))
    assert bench.linked.statistics().breakers["get_thing"].state == "open"


def test_half_open_lets_few_through():
    """Two probes in flight; the others are refused meanwhile."""
    bench = make_bench(
        make_plan(breaker=breaker(1, half_open_requests=2)),
        lambda _, number: Answer(500) if number == 0 else Answer(json={}, latency_s=0.5),
    )
    assert_failed(at_once(bench, bench.linked.run("get_thing", {}))[0])
    bench.advance(10)
    outcomes = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(5)))
    assert sum(type(outcome).__name__ == "Answered" for outcome in outcomes) == 2
    assert len(bench.transport.received) == 3


def test_an_operator_may_hold_it_open(drive):
    """A forced circuit refuses whatever the service answers."""
    bench = make_bench(make_plan(breaker=breaker()), [OK])
    bench.linked.guards.breakers[ALL].force("open")
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), CircuitOpen)
    bench.linked.guards.breakers[ALL].force(None)
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))


def test_a_circuit_that_an_operator_holds_open_says_so(drive):
    """Nobody waits for what only a person can end."""
    plan = make_plan(breaker=breaker(3))
    bench = make_bench(plan, [Answer(json={})])
    bench.linked.guards.breakers[ALL].force("open")
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), CircuitOpen)
    assert "held open by an operator" in failed.error.message
    assert "try again" not in failed.error.message
    reject = next(event for event in failed.events if event.event == "reject")
    assert reject.detail["forced"] is True
