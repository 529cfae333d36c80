"""A journal that fails while calls are made: one clear failure where something must be written down first."""

from intertie.core.errors import ConnectError, JournalUnavailable, StoreUnavailable
from intertie.runtime.call import Kind
from intertie.runtime.policies.fallback.options import FallbackOptions
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
from support.plans import breaker, retries


async def down(*_arguments, **_named):
    raise StoreUnavailable("the state file x.db can't be used; check the disk", url="sqlite:///x.db")


def test_a_call_whose_cost_can_not_be_written_down_is_not_sent(drive, monkeypatch):
    """Never an uncovered call: refused at once, once, with the store's own sentence, and the breaker hears nothing."""
    plan = make_plan(pricing=price(), breaker=breaker(1), retry=retries(3))
    bench = make_bench(plan, [Answer(json={})])
    monkeypatch.setattr(bench.linked.guards.ledger, "reserve_nowait", lambda _quantity: None)
    monkeypatch.setattr(bench.linked.guards.ledger, "reserve", down)
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {}, explain=True)), JournalUnavailable)
    assert (failed.kind, failed.attempts, str(failed.reached)) == (Kind.REJECTED, 0, "no")
    assert "nothing was sent" in failed.error.message
    assert "check the disk" in failed.error.message
    assert failed.error.code == "journal_unavailable"
    assert_events(failed.events, ["admit", "unavailable"])
    assert bench.transport.received == []
    assert bench.linked.statistics().breakers[""].state == "closed"
    assert [record.outcome for record in bench.surroundings.journal.records()] == ["rejected"]


def test_a_strict_audit_that_can_not_be_stored_refuses_the_call(drive, monkeypatch):
    """Stored before it is sent, or not sent."""
    bench = make_bench(make_plan(audit="strict"), [Answer(json={})])
    monkeypatch.setattr(bench.surroundings.journal, "record_strict", down)
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), JournalUnavailable)
    assert "nothing was sent" in failed.error.message
    assert bench.transport.received == []


def test_a_strict_audit_that_fails_after_the_answer_keeps_the_answer(drive, monkeypatch):
    """What has happened has happened: the caller gets it, with a warning, and the entry is stored when it can be."""
    bench = make_bench(make_plan(audit="strict"), [Answer(json={"id": 1})])
    journal = bench.surroundings.journal
    strict, calls = journal.record_strict, []

    async def once(entry, **_deadline):
        calls.append(entry.outcome)
        await (strict if len(calls) == 1 else down)(entry)

    monkeypatch.setattr(journal, "record_strict", once)
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert answered.data == {"id": 1}
    assert "check the disk" in answered.warnings[0]
    assert [record.outcome for record in journal.records()] == ["success", "started"]


def test_what_can_not_be_queued_fails_as_it_failed(drive, monkeypatch):
    """The queue's own trouble never hides the service's."""
    bench = make_bench(make_plan(fallback=FallbackOptions("queue")), [Failure("connect")])
    monkeypatch.setattr(bench.surroundings.journal, "enqueue", down)
    failed = assert_failed(drive(bench, bench.linked.run("create_keyed_thing", {}, explain=True)), ConnectError)
    assert_events(failed.events, ["not_applied"])
    assert any("check the disk" in warning for warning in failed.warnings)
