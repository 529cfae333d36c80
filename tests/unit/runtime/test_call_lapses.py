"""Permits that are too old when their request would leave."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from intertie.core.errors import RateLimited, Reach
from intertie.runtime.call import Kind
from intertie.runtime.policies.auth import credentials
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.auth.schemes import SCHEMES
from intertie.runtime.policies.bulkhead.options import BulkheadOptions
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_operation,
    make_plan,
    price,
    run_virtual,
)
from support.lapsing import LATE_S, lapsing_bench
from support.plans import breaker, per_second, retries, timeouts
from support.signed_scheme import Signed

OK = Answer(json={"id": 1})


@pytest.mark.parametrize("fused", [True, False])
def test_the_attempt_goes_on_with_another_permit(drive, fused):
    """Given back and taken again at the head of the line; the service sees one request, and one attempt is counted."""
    plan = make_plan(limits=per_second(1), retry=retries(1), breaker=breaker(1), pricing=price())
    bench, limits = lapsing_bench(plan, [OK], [True, True, False], fused=fused)
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert (answered.attempts, len(bench.transport.received), bench.clock.now_s) == (1, 1, 1000.0)
    assert limits.again == [True, True]
    assert (len(limits.given_back), len(limits.finished_permits)) == (2, 1)
    assert bench.transport.released == 2
    assert str(bench.linked.statistics().ledger.amount) == "0.01"
    assert limits.snapshot().in_flight == 0


def test_a_lapse_is_one_event_within_the_attempt(drive):
    """It is told how late it was; the attempt itself is told once."""
    bench, _ = lapsing_bench(make_plan(limits=per_second(1)), [OK], [True])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    assert_events(answered.events, ["connect", "permit", "attempt", "lapse", "connect", "permit", "classified"])
    assert [event.event for event in answered.events].count("attempt") == 1
    assert next(event for event in answered.events if event.event == "lapse").detail == {"late_s": LATE_S}


def test_a_body_in_pieces_is_not_begun_by_a_permit_that_lapses(drive):
    """An iterator can be read once: it is read by the exchange that leaves."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"abc"

    body = BodyPlan("application/octet-stream", "binary", None, required=True)
    bench, _ = lapsing_bench(make_plan(make_operation("upload", method="PUT", body=body)), [OK], [True])
    assert_answered(drive(bench, bench.linked.run("upload", {"body": pieces()})))
    assert [received.streamed for received in bench.transport.received] == [b"abcabcabc"]


def test_a_signature_of_the_time_is_made_anew(drive, monkeypatch):
    """The request that leaves is signed when its own permit was there, not when the lapsed one was."""
    monkeypatch.setattr(credentials, "SCHEMES", {**SCHEMES, "signed": Signed})
    plan = make_plan(limits=per_second(1), auth=AuthOptions("signed", secret="env:KEY"))
    bench, limits = lapsing_bench(plan, [OK], [True], secrets={"env:KEY": "s"})
    acquire = limits.acquire

    async def slowly(**options):
        bench.advance(2.0 if options["again"] else 0.0)
        return await acquire(**options)

    monkeypatch.setattr(limits, "acquire", slowly)
    began_s = bench.clock.utc_s()
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    (received,) = bench.transport.received
    assert dict(received.request.headers)["X-Signed-At"] == f"{began_s + 2.0:.1f}"


@pytest.mark.parametrize("fused", [True, False])
def test_where_no_turn_is_left_in_time_the_call_is_refused(drive, fused, monkeypatch):
    """Nothing has left: no attempt is counted, nothing is paid, no circuit opens, and every place is free."""
    places = {"bulkhead": BulkheadOptions(1)}
    plan = make_plan(
        make_operation("get_thing", guards=places),
        limits=per_second(1),
        timeouts=timeouts(0.5),
        pricing=price(),
        breaker=breaker(1),
    )
    bench, limits = lapsing_bench(plan, [OK], [True], fused=fused)
    give_back = limits.give_back

    def and_lose_it(permit):
        give_back(permit)
        limits.acquire_nowait()  # another process is quicker

    monkeypatch.setattr(limits, "give_back", and_lose_it)
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {})), RateLimited)
    assert (refused.kind, refused.reached, refused.attempts) == (Kind.REJECTED, Reach.NO, 0)
    assert bench.transport.received == []
    assert bench.linked.statistics().ledger.amount == 0
    assert bench.linked.statistics().breakers[""].state == "closed"
    assert bench.linked.statistics().guards["bulkhead"]["get_thing"]["in_flight"] == 0


def test_who_is_cancelled_on_the_way_to_another_permit_leaves_nothing_taken():
    """The permit was given back when it lapsed, and what stood around it is given back when the caller goes."""
    plan = make_plan(make_operation("get_thing", guards={"bulkhead": BulkheadOptions(1)}), limits=per_second(1))
    bench, limits = lapsing_bench(replace(plan, pricing=price()), [OK], [False, True])
    assert_answered(run_virtual(bench.linked.run("get_thing", {}), bench.clock))
    bench.advance(1.5)
    acquire = limits.acquire

    async def slowly(*, deadline_s, again=False):
        if again:
            await bench.clock.sleep_until(bench.clock.now_s + 1.0)
        return await acquire(deadline_s=deadline_s, again=again)

    async def scene():
        task = asyncio.ensure_future(bench.linked.run("get_thing", {}))
        await bench.clock.sleep_until(bench.clock.now_s + 0.01)
        task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    limits.acquire = slowly
    (ended,) = run_virtual(scene(), bench.clock)
    assert isinstance(ended, asyncio.CancelledError)
    assert len(bench.transport.received) == 1
    assert len(limits.given_back) == 1
    assert str(bench.linked.statistics().ledger.amount) == "0.01"
    assert bench.linked.statistics().guards["bulkhead"]["get_thing"]["in_flight"] == 0


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize(
    ("failure", "given_back"),
    [
        (Failure("write", Reach.NO), True),
        (Failure("write", Reach.MAYBE), False),
        (Failure("read", Reach.MAYBE), False),
        (Failure("read", Reach.YES), False),
        (Failure("hang"), False),
        (Failure("protocol"), False),
        (Answer(500), False),
        (Answer(429), False),
        (Answer(401), False),
        (Answer(302), False),
        (Answer(404, json={}), False),
        (Answer(200, body=b"{"), False),
        (Answer(200, body=b"<p>", headers={"Content-Type": "text/html"}), False),
        (Answer(200, json={"error": {"code": "rate_limited"}}), False),
    ],
)
def test_a_permit_is_given_back_only_where_no_byte_has_left(drive, fused, failure, given_back):
    """Departing is no proof, and an answer is none that nothing left: what says whether a byte did is `reached`."""
    plan = make_plan(limits=per_second(5), retry=retries(1), timeouts=timeouts(2.0))
    bench, limits = lapsing_bench(plan, [failure], [], fused=fused)
    assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert (len(limits.given_back), len(limits.finished_permits)) == ((1, 0) if given_back else (0, 1))


@pytest.mark.parametrize("fused", [True, False])
def test_a_permit_is_not_given_back_by_who_is_cancelled_in_an_exchange(fused):
    """Bytes may have left, whether or not all of them have."""
    bench, limits = lapsing_bench(make_plan(limits=per_second(5)), [Answer(json={}, latency_s=5.0)], [], fused=fused)

    async def scene():
        task = asyncio.ensure_future(bench.linked.run("get_thing", {}))
        await bench.clock.sleep_until(bench.clock.now_s + 0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(scene(), bench.clock)
    # To end it once more does nothing.
    assert (len(limits.given_back), len(set(limits.finished_permits))) == (0, 1)
