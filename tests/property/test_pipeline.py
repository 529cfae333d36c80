"""What holds for every call, whatever the service does."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.core.errors import BudgetExceeded, CircuitOpen, Reach, RejectedError
from intertie.runtime.call import Answered, Failed, Kind
from intertie.runtime.event_catalogue import kind_of
from intertie.runtime.plan import LoggingOptions
from intertie.testing import Answer, Failure, make_bench, price
from intertie.testing import make_plan as loud_plan
from support.call_strategies import operations, plans, scripts
from support.plans import DRIVES, at_once, breaker, per_second, retries, timeouts

GRAIN_S = 1e-6


def make_plan(**fields):
    return loud_plan(logging=LoggingOptions(level="critical"), **fields)


def run(bench, operation, drive="blocking", **arguments):
    return DRIVES[drive](bench, bench.linked.run(operation, {}, explain=True, **arguments))


@settings(deadline=None, max_examples=120)
@given(plans(), scripts, operations, st.sampled_from(sorted(DRIVES)))
def test_no_call_outlives_its_total(plan, script, operation, drive):
    """Waits, retries, connects and reads together end at the deadline."""
    bench = make_bench(plan, script, pooled=False)
    for _ in range(3):
        started_s = bench.clock.now_s
        run(bench, operation, drive)
        assert bench.clock.now_s - started_s <= plan.timeouts.total_s + GRAIN_S


@settings(deadline=None, max_examples=120)
@given(plans(), scripts, operations)
def test_attempts_are_bounded_and_counted(plan, script, operation):
    """Never more than max_attempts; what is told is what was sent, plus connections that failed."""
    bench = make_bench(plan, script)
    outcome = run(bench, operation)
    names = [event.event for event in outcome.events]
    assert outcome.attempts <= plan.retry.max_attempts
    assert outcome.attempts == names.count("attempt") >= len(bench.transport.received)
    assert names.count("retry") <= max(outcome.attempts, 1)


@settings(deadline=None, max_examples=120)
@given(plans(), scripts)
def test_an_unsafe_request_is_never_sent_twice_after_an_ambiguous_failure(plan, script):
    """Between two sendings of one unkeyed POST lies only what cannot have taken effect."""
    bench = make_bench(plan, script)
    run(bench, "create_thing")
    for received in bench.transport.received[:-1]:
        step = received.step
        if isinstance(step, Failure):
            assert step.reached is Reach.NO
            assert step.kind in {"write", "read", "protocol"}
        else:
            assert step.latency_s < plan.timeouts.read_s
            assert step.status not in {408, 500, 502, 504, 599}


CODES = [None, {"error": {"code": "rate_limited"}}, {"error": {"code": "ThrottlingException"}}, {"status": 429}]
HINTS = [{}, {"Retry-After": "0"}, {"Retry-After": "1"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}]


@pytest.mark.parametrize(
    "status", [*range(400, 418), 421, 422, 425, 429, 451, *range(500, 512), 520, 522, 524, 529, 599]
)
def test_no_status_however_disguised_sends_an_unsafe_request_twice(status):
    """408 and every 5xx leave open what happened, but for those that say that nothing did: 429, 501, 503, 505."""
    for code in CODES:
        for headers in HINTS:
            plan = make_plan(retry=retries(3, retry_on=("4xx", "5xx")))
            bench = make_bench(plan, [Answer(status, json=code, headers=headers)])
            run(bench, "create_thing")
            if status == 408 or (status >= 500 and status not in {501, 503, 505}):
                assert len(bench.transport.received) == 1, (status, code, headers)
            bench = make_bench(plan, [Answer(status, json=code, headers=headers)])
            run(bench, "create_keyed_thing")
            assert len(bench.transport.received) == 3, (status, code, headers)


@settings(deadline=None, max_examples=100)
@given(plans(), scripts)
def test_one_key_for_all_attempts_of_a_call(plan, script):
    """Also for what is queued."""
    bench = make_bench(plan, script)
    run(bench, "create_keyed_thing")
    keys = {dict(received.request.headers)["Idempotency-Key"] for received in bench.transport.received}
    keys |= {item.idempotency_key for item in bench.surroundings.journal.queue(plan.key)}
    assert len(keys) <= 1


@settings(deadline=None, max_examples=100)
@given(plans(), scripts, operations)
def test_nothing_stays_taken(plan, script, operation):
    """After a call no permit is in flight, no cost reserved, no connection held."""
    bench = make_bench(plan, script)
    for _ in range(3):
        run(bench, operation)
    after = bench.linked.statistics()
    assert (after.limiter.in_flight, after.limiter.waiting) == (0, 0)
    if after.ledger is not None:
        assert after.ledger.reserved == 0
    assert bench.transport.reused + bench.transport.opened == len(bench.transport.received) + bench.transport.released


@settings(deadline=None, max_examples=100)
@given(plans(), scripts, operations)
def test_what_is_told_adds_up(plan, script, operation):
    """Cost, reach, warnings and events of the outcome are those of its attempts, and every event is in the catalogue."""
    bench = make_bench(plan, script)
    outcome = run(bench, operation)
    (record,) = bench.surroundings.journal.records()
    # What came back is told to the caller alone; the record holds decisions.
    assert record.decisions == tuple(event.event for event in outcome.events if event.event != "answer")
    assert record.attempts == outcome.attempts
    for event in outcome.events:
        kind = kind_of(event.stage, event.event)
        assert kind is not None, event
        assert set(event.detail) <= set(kind.detail)
    if isinstance(outcome, Failed):
        assert outcome.error.attempts == outcome.attempts
        assert outcome.error.operation == operation
        if outcome.kind is Kind.REJECTED:
            assert isinstance(outcome.error, RejectedError)
        if not bench.transport.received:
            assert outcome.error.reached is Reach.NO
    if plan.pricing is not None:
        ledger = bench.linked.statistics().ledger
        paid = outcome.cost.amount if outcome.cost is not None else Decimal(0)
        assert ledger.amount == paid
        assert ledger.calls <= len(bench.transport.received)


@settings(deadline=None, max_examples=60)
@given(plans(), scripts)
def test_a_refusal_is_never_retried_nor_counted(plan, script):
    """After a refusal of ours the call ends, and the breaker knows nothing of it."""
    bench = make_bench(plan, script)
    for _ in range(4):
        outcome = run(bench, "get_thing")
        names = [event.event for event in outcome.events]
        if "reject" in names:
            assert "retry" not in names[names.index("reject") :]
            assert "open" not in names[names.index("reject") :]
            assert "attempt" not in names[names.index("reject") :]


@settings(deadline=None, max_examples=60)
@given(plans(), scripts)
def test_mapping_faults_are_not_retried(plan, script):
    """An answer that can't be read ends the call."""
    broken = Answer(200, body=b"<html>", headers={"Content-Type": "application/json"})
    bench = make_bench(plan, [broken, *script])
    outcome = run(bench, "get_thing")
    if isinstance(outcome, Failed) and outcome.kind is Kind.MAPPING_FAULT:
        assert outcome.attempts <= 1


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 20), st.sampled_from([0.0, 0.05, 0.3]), st.booleans())
def test_a_budget_is_never_overshot_by_a_hundred_at_once(affordable, latency_s, failing):
    """Reserve, send, settle: whatever the interleaving, the month's limit holds."""
    plan = make_plan(pricing=price("0.01", monthly_limit=str(Decimal(affordable) / 100)), retry=retries(3))
    bench = make_bench(plan, lambda _, n: Answer(503 if failing and n % 3 else 200, json={}, latency_s=latency_s))
    outcomes = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(100)))
    ledger = bench.linked.statistics().ledger
    assert ledger.amount <= Decimal(affordable) / 100
    assert len(bench.transport.received) == ledger.calls <= affordable
    assert any(isinstance(getattr(outcome, "error", None), BudgetExceeded) for outcome in outcomes)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 10), st.integers(1, 40))
def test_no_span_of_a_second_holds_more_than_the_limit(limit, calls):
    """At the service, whatever the retries."""
    plan = make_plan(limits=per_second(limit), retry=retries(2), timeouts=timeouts(60.0))
    bench = make_bench(plan, lambda _, n: Answer(503 if n % 4 == 3 else 200, json={}, latency_s=0.03 * (n % 3)))
    at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(calls)))
    stamps = sorted(bench.transport.stamps)
    for index, stamp in enumerate(stamps[limit:]):
        assert stamp - stamps[index] >= 1.0 - GRAIN_S


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.floats(0.0, 1.0), st.integers(0, 10))
def test_the_retry_budget_bounds_amplification(calls, ratio, minimum):
    """An outage is multiplied by no more than the ratio, but for the free retries."""
    plan = make_plan(
        retry=retries(10, initial_delay_s=0.0, max_delay_s=0.0, budget_ratio=ratio, budget_minimum=minimum)
    )
    bench = make_bench(plan, [Answer(503)])
    for _ in range(calls):
        run(bench, "get_thing")
    assert len(bench.transport.received) - calls <= max(minimum, math.ceil(ratio * calls))


@settings(deadline=None, max_examples=60)
@given(scripts, st.integers(1, 3))
def test_an_open_circuit_costs_neither_money_nor_a_turn(script, threshold):
    """Refused by the breaker: ledger and limiter are as before."""
    plan = make_plan(breaker=breaker(threshold), pricing=price(), limits=per_second(50))
    bench = make_bench(plan, script)
    for _ in range(8):
        before = bench.linked.statistics()
        outcome = run(bench, "get_thing")
        if isinstance(outcome, Failed) and isinstance(outcome.error, CircuitOpen) and outcome.attempts == 0:
            after = bench.linked.statistics()
            assert (after.ledger, after.limiter.windows[0].used) == (before.ledger, before.limiter.windows[0].used)


@settings(deadline=None, max_examples=60)
@given(plans(), scripts, operations)
def test_fallback_answers_are_marked(plan, script, operation):
    """Whatever did not come from the service just now says so."""
    bench = make_bench(plan, script)
    outcome = run(bench, operation)
    if isinstance(outcome, Answered):
        if outcome.fallback is None:
            assert outcome.response is not None
            assert not outcome.stale
        else:
            assert outcome.response is None
            assert outcome.stale == (outcome.fallback == "cache")
            assert (outcome.receipt is not None) == (outcome.fallback == "queue")
