"""Fallback answers, and when there is none."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from intertie.core.errors import CircuitOpen, ConnectError, RateLimited, ServiceError
from intertie.runtime.call import Kind
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
    price,
    rows,
)
from support.plans import breaker, per_second, retries, timeouts

OK = Answer(json={"id": 1})
CACHE = FallbackOptions("cache", cache_ttl_s=300.0)
QUEUE = FallbackOptions("queue", idempotency_ttl_s=3600.0)


def queued(bench):
    return bench.surroundings.journal.queue(bench.plan.key)


def test_the_last_good_answer_is_given_and_marked(drive):
    """Same request, young enough, stale by name, with what the failed attempts cost."""
    plan = make_plan(fallback=CACHE, pricing=price())
    bench = make_bench(plan, [Answer(json={"id": 7}), Answer(500)])
    assert_answered(drive(bench, bench.linked.run("get_thing", {"id": "7"})))
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {"id": "7"}, explain=True)))
    assert (answered.data, answered.fallback, answered.stale, answered.status) == ({"id": 7}, "cache", True, 200)
    assert (answered.attempts, str(answered.cost)) == (1, "0.01 EUR")
    assert_events(answered.events, ["attempt", "fallback"])
    assert bench.linked.statistics().cache == {"kept": 1, "served": 1, "missed": 0}


def test_another_request_has_no_last_good_answer(drive):
    """Keyed by the canonical request: the failure is told as it is."""
    bench = make_bench(make_plan(fallback=CACHE), [OK, Answer(500)])
    assert_answered(drive(bench, bench.linked.run("get_thing", {"id": "7"})))
    assert_failed(drive(bench, bench.linked.run("get_thing", {"id": "8"})), ServiceError)


def test_an_old_answer_is_no_answer(drive):
    """cache_ttl bounds its age."""
    bench = make_bench(make_plan(fallback=CACHE), [OK, Answer(500)])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    bench.advance(301)
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)


def test_no_store_is_honoured(drive):
    """What must not be stored is not there later."""
    bench = make_bench(
        make_plan(fallback=CACHE), [Answer(json={}, headers={"Cache-Control": "private, no-store"}), Answer(500)]
    )
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert_events(answered.events, ["not_kept"])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert bench.linked.statistics().cache == {"kept": 0, "served": 0, "missed": 1}


def test_a_service_that_forbids_storing_is_reported_once(drive):
    """A fallback that has nothing to give is known before the outage, and not on every call."""
    answers = [Answer(json={}, headers={"Cache-Control": "no-store"}) for _ in range(3)]
    bench = make_bench(make_plan(fallback=CACHE), answers)
    first, second, third = (assert_answered(drive(bench, bench.linked.run("get_thing", {}))) for _ in range(3))
    (warning,) = first.warnings
    assert "no-store" in warning
    assert "fallback" in warning
    assert (second.warnings, third.warnings) == ((), ())


def test_what_is_no_read_and_what_has_no_cache_is_not_warned_about(drive):
    """Nobody would have kept these answers."""
    said = {"Cache-Control": "no-store"}
    without = make_bench(make_plan(), [Answer(json={}, headers=said)])
    assert assert_answered(drive(without, without.linked.run("get_thing", {}))).warnings == ()
    writes = make_bench(make_plan(make_operation(method="POST"), fallback=CACHE), [Answer(json={}, headers=said)])
    assert assert_answered(drive(writes, writes.linked.run("get_thing", {}))).warnings == ()


def test_another_credential_sees_none_of_it(drive):
    """Two credentials on one state never share answers."""
    plan = make_plan(fallback=CACHE, auth=AuthOptions("api_key", secret="env:KEY"))
    mine = make_bench(plan, [OK, Answer(500)], secrets={"env:KEY": "mine"})
    assert_answered(drive(mine, mine.linked.run("get_thing", {})))
    other = make_bench(plan, [Answer(500)], secrets={"env:KEY": "other"}, state=mine.surroundings, clock=mine.clock)
    assert_failed(drive(other, other.linked.run("get_thing", {})), ServiceError)
    assert assert_answered(drive(mine, mine.linked.run("get_thing", {}))).fallback == "cache"


def test_types_survive_the_cache(drive):
    """A decimal that went in comes out a decimal."""
    from intertie.runtime.plain import decode_plain, encode_plain

    assert decode_plain(encode_plain({"amount": Decimal("12.50")})) == {"amount": Decimal("12.50")}


def test_the_cache_answers_no_writes(drive):
    """A POST fails as mapped."""
    bench = make_bench(make_plan(fallback=CACHE), [OK, Answer(500)])
    assert_answered(drive(bench, bench.linked.run("create_thing", {})))
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {}, explain=True)), ServiceError)
    assert_events(failed.events, ["not_applied"])


def test_the_default_response_is_a_copy(drive):
    """A caller who changes it changes nothing for the next."""
    plan = make_plan(fallback=FallbackOptions("default", default_response={"items": []}))
    bench = make_bench(plan, [Answer(500)])
    first = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert (first.data, first.fallback, first.stale, first.status) == ({"items": []}, "default", False, None)
    first.data["items"].append(1)
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).data == {"items": []}


@pytest.mark.parametrize("step", [Failure("connect"), Failure("read"), Failure("hang"), Answer(503), Answer(500)])
def test_network_failures_match_a_5xx_row(drive, step):
    """`5xx: fallback` answers for timeouts, resets and an open circuit too."""
    plan = make_plan(
        fallback=FallbackOptions("default", default_response={}),
        errors=rows(("5xx", "DOWN", "fallback")),
        breaker=breaker(1),
        timeouts=timeouts(),
    )
    bench = make_bench(plan, [step])
    for _ in range(2):
        assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).fallback == "default"


def test_only_the_rows_that_name_fallback_have_it(drive):
    """A 402 that the author fails stays a failure; so does what no row names."""
    plan = make_plan(
        fallback=FallbackOptions("default", default_response={}),
        errors=rows(("5xx", "DOWN", "fallback"), ("card_declined", "DECLINED", "fail")),
    )
    bench = make_bench(plan, [Answer(402, json={"error": {"code": "card_declined"}}), Answer(404), Answer(429)])
    declined = assert_failed(drive(bench, bench.linked.run("create_thing", {})), ServiceError)
    assert (declined.error.code, declined.error.external_code) == ("DECLINED", "card_declined")
    assert assert_failed(drive(bench, bench.linked.run("create_thing", {}))).error.code == "service_error"


def test_without_any_row_the_strategy_answers_what_the_service_could_not(drive):
    """A declared strategy is no decoration; the caller's own mistakes stay failures."""
    plan = make_plan(fallback=FallbackOptions("default", default_response={}), limits=per_second(2, on_limit="reject"))
    bench = make_bench(plan, [Answer(500), Answer(404)])
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).fallback == "default"
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).fallback == "default"


def test_circuit_break_fails_fast_with_what_the_breaker_knows(drive):
    """It never trips before its threshold, and tells how long the circuit stays open."""
    plan = make_plan(
        fallback=FallbackOptions("circuit_break"), breaker=breaker(2), errors=rows(("5xx", "DOWN", "fallback"))
    )
    bench = make_bench(plan, [Answer(500)])
    first = assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert (first.error.code, first.error.retry_after_s) == ("DOWN", None)
    second = assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert second.error.retry_after_s == 10.0
    third = assert_failed(drive(bench, bench.linked.run("get_thing", {})), CircuitOpen)
    assert (third.error.code, third.error.retry_after_s) == ("DOWN", 10.0)


def test_a_write_that_reached_nobody_is_queued(drive):
    """Stored durably, with a receipt; the data is none."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect")])
    answered = assert_answered(drive(bench, bench.linked.run("create_thing", {"a": 1}, caller="shop")))
    assert (answered.data, answered.fallback, answered.status) == (None, "queue", None)
    (item,) = queued(bench)
    assert (item.receipt, item.operation, item.caller, item.payload) == (
        answered.receipt,
        "create_thing",
        "shop",
        b'{"a":1}',
    )
    assert (item.idempotency_key, item.not_after_s) == (None, None)


@pytest.mark.parametrize("step", [Failure("read"), Failure("hang"), Answer(500), Answer(503)])
def test_a_write_that_may_have_arrived_is_not_queued_without_a_key(drive, step):
    """It fails as mapped: a replay could double it."""
    plan = make_plan(fallback=QUEUE, errors=rows(("5xx", "DOWN", "fallback")), timeouts=timeouts())
    bench = make_bench(plan, [step])
    failed = assert_failed(drive(bench, bench.linked.run("create_thing", {})))
    assert (failed.error.code, queued(bench)) == ("DOWN", [])


def test_with_a_key_it_is_queued_under_the_same_key(drive):
    """What was sent and what waits have one key, with the vendor's lifetime."""
    bench = make_bench(make_plan(fallback=QUEUE, retry=retries(2)), [Failure("read")])
    assert assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}))).fallback == "queue"
    (item,) = queued(bench)
    sent = {dict(received.request.headers)["Idempotency-Key"] for received in bench.transport.received}
    assert sent == {item.idempotency_key}
    assert item.not_after_s == pytest.approx(item.enqueued_s + 3600.0)


def test_reads_are_not_queued(drive):
    """A read that nobody waits for helps nobody."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect")])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), ConnectError)


def test_what_an_open_circuit_refuses_is_queued(drive):
    """No attempt was made, so nothing can have reached the service."""
    bench = make_bench(
        make_plan(fallback=QUEUE, breaker=breaker(1), errors=rows(("5xx", "DOWN", "fallback"))), [Answer(500)]
    )
    assert_failed(drive(bench, bench.linked.run("create_thing", {})))
    assert assert_answered(drive(bench, bench.linked.run("create_thing", {}))).fallback == "queue"


def test_replay_sends_oldest_first_under_the_stored_key(drive):
    """Each item once, in order, through the same guards."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect")] * 3 + [OK])
    for name in ("a", "b", "c"):
        assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {"name": name})))
        bench.advance(1)
    items = queued(bench)
    report = drive(bench, bench.linked.replay())
    assert report.sent == tuple(item.receipt for item in items)
    assert [r.request.body for r in bench.transport.received] == [b'{"name":"a"}', b'{"name":"b"}', b'{"name":"c"}']
    assert [dict(r.request.headers)["Idempotency-Key"] for r in bench.transport.received] == [
        item.idempotency_key for item in items
    ]
    assert queued(bench) == []


def test_replay_stops_when_the_service_is_down(drive):
    """The item waits on, in its place, and is not queued again."""
    bench = make_bench(make_plan(fallback=QUEUE, retry=retries(1)), [Failure("connect")] * 3 + [OK])
    receipts = [assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}))).receipt for _ in range(2)]
    report = drive(bench, bench.linked.replay())
    assert (report.sent, report.put_back) == ((), receipts[0])
    assert "connect_error" in report.stopped
    assert [item.state for item in queued(bench)] == ["pending", "pending"]
    assert drive(bench, bench.linked.replay()).sent == tuple(receipts)


def test_replay_parks_what_the_service_refuses(drive):
    """A 422 stays a 422: a person has to look."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect"), Failure("connect"), Answer(422), OK])
    receipts = [assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}))).receipt for _ in range(2)]
    report = drive(bench, bench.linked.replay())
    assert (report.sent, list(report.parked)) == ((receipts[1],), [receipts[0]])
    assert [item.state for item in queued(bench)] == ["parked"]


def test_replay_parks_what_cannot_be_known(drive):
    """Without a key, a reset in the middle of the replay is not tried again by itself."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect"), Failure("read"), OK])
    receipt = assert_answered(drive(bench, bench.linked.run("create_thing", {}))).receipt
    report = drive(bench, bench.linked.replay())
    assert list(report.parked) == [receipt]
    assert "unknown" in report.parked[receipt]
    assert len(bench.transport.received) == 1


def test_a_parked_item_is_sent_where_a_person_names_it(drive):
    """By itself nothing sends it again; its receipt does."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect"), Answer(422), OK])
    receipt = assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}))).receipt
    assert list(drive(bench, bench.linked.replay()).parked) == [receipt]
    assert drive(bench, bench.linked.replay()).sent == ()
    assert drive(bench, bench.linked.replay(receipt="another")).sent == ()
    assert drive(bench, bench.linked.replay(receipt=receipt)).sent == (receipt,)
    assert queued(bench) == []


@pytest.mark.parametrize("queued_at_a_mock", [True, False])
def test_an_item_is_never_sent_to_another_origin(drive, queued_at_a_mock):
    """What was queued at a mock the service never gets, by its receipt neither, parked or not; nor the other way round."""
    here = make_plan(fallback=QUEUE, is_own_origin=not queued_at_a_mock)
    there = make_plan(fallback=QUEUE, is_own_origin=queued_at_a_mock)
    mine = make_bench(here, [Failure("connect"), OK])
    theirs = make_bench(there, [OK], state=mine.surroundings, clock=mine.clock)
    receipt = assert_answered(drive(mine, mine.linked.run("create_keyed_thing", {}))).receipt
    assert drive(theirs, theirs.linked.replay()).sent == ()
    assert drive(theirs, theirs.linked.replay(receipt=receipt)).sent == ()
    assert theirs.linked.statistics().queue == {}
    assert theirs.transport.received == []
    assert drive(mine, mine.linked.replay()).sent == (receipt,)


def test_replay_never_sends_after_the_key_is_forgotten(drive):
    """Past idempotency_ttl the item is parked, not sent."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect"), OK])
    assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {})))
    bench.advance(3601)
    assert drive(bench, bench.linked.replay()).sent == ()
    assert [item.state for item in queued(bench)] == ["parked"]
    assert bench.transport.received == []


def test_replay_can_be_limited_and_aimed(drive):
    """`limit` counts items; `receipt` names one."""
    bench = make_bench(make_plan(fallback=QUEUE), [Failure("connect")] * 3 + [OK])
    receipts = [assert_answered(drive(bench, bench.linked.run("create_keyed_thing", {}))).receipt for _ in range(3)]
    assert drive(bench, bench.linked.replay(receipt=receipts[2])).sent == (receipts[2],)
    assert drive(bench, bench.linked.replay(limit=1)).sent == (receipts[0],)
    assert [item.receipt for item in queued(bench)] == [receipts[1]]


def test_replay_parks_what_the_spec_no_longer_takes(drive):
    """An operation that is gone, or an input that no longer fits, waits for a person."""
    before = make_bench(make_plan(fallback=QUEUE), [Failure("connect")])
    assert_answered(drive(before, before.linked.run("create_thing", {"a": 1})))
    plan = make_plan(make_operation("other"), fallback=QUEUE)
    after = make_bench(plan, [OK], state=before.surroundings, clock=before.clock)
    report = drive(after, after.linked.replay())
    (reason,) = report.parked.values()
    assert "no operation create_thing" in reason


def test_a_refusal_of_the_limit_is_fallen_back_on_by_a_429_row(drive):
    """What the service would have answered decides the row."""
    plan = make_plan(
        fallback=FallbackOptions("default", default_response={}),
        errors=rows(("429", "BUSY", "fallback")),
        limits=per_second(1, on_limit="reject"),
    )
    bench = make_bench(plan, [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).fallback == "default"
    plain = replace(plan, fallback=None)
    bench = make_bench(plain, [OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert (refused.kind, refused.error.code) == (Kind.REJECTED, "BUSY")
