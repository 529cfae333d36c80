"""Finished calls are kept as long as was declared, and no longer; nothing else ends with them."""

from __future__ import annotations

from decimal import Decimal
from math import inf

import pytest

from intertie.adapters.stores.sqlite.pruning import BATCH
from intertie.core.errors import Reach, StoreUnavailable
from intertie.core.money import ONE_UNIT
from intertie.runtime.state import CallRecord
from intertie.runtime.stepping import run_blocking
from support.background_by_hand import BackgroundByHand
from support.pace import wait_until
from support.store_kit import KEY, OTHERS, StoreKit, flat_price

DAY_S = 86400.0


def a_call(kit: StoreKit, name: str, *, age_s: float = 0.0, key=KEY, outcome: str = "success") -> CallRecord:
    at_s = kit.clock.utc_s() - age_s
    return CallRecord(key, name, at_s, "create", "", outcome, 200, 1, 0.1, "0.01", "EUR", None, "yes")


def names(journal) -> set[str]:
    return {record.call_id for record in journal.records(limit=100_000)}


def stored(journal, *records: CallRecord) -> None:
    for record in records:
        journal.record(record)
    journal.flush()


def pruned(journal) -> None:
    """Do what the background does, to the end, now."""
    while journal._pruning.delete_batch():
        pass


def test_calls_older_than_they_are_kept_go(kit):
    """By their age alone: whosever they are, and in whatever order they came."""
    journal = kit.journal(history_s=30 * DAY_S)
    others = [a_call(kit, f"old {key}", age_s=31 * DAY_S, key=key) for key in OTHERS]
    stored(journal, a_call(kit, "old", age_s=30 * DAY_S + 1), *others, a_call(kit, "kept", age_s=30 * DAY_S - 1))
    late = a_call(kit, "written late", age_s=40 * DAY_S)
    if kit.backend == "sqlite":
        stored(journal, late)
        pruned(journal)
    stored(journal, a_call(kit, "new"))
    assert names(journal) == {"kept", "new"}


def test_without_an_end_all_are_kept(kit):
    """`forever` deletes nothing."""
    journal = kit.journal(history_s=inf)
    stored(journal, a_call(kit, "ancient", age_s=4000 * DAY_S), a_call(kit, "new"))
    journal.close()
    assert names(kit.journal() if kit.backend == "sqlite" else journal) == {"ancient", "new"}


def test_a_strict_audit_is_not_ended_by_age(kit):
    """What was recorded under a strict audit stays, also where another process prunes."""
    audit = kit.journal(history_s=DAY_S, is_audit=True)
    run_blocking(audit.record_strict(a_call(kit, "began", age_s=9 * DAY_S, outcome="started")))
    stored(audit, a_call(kit, "ended", age_s=9 * DAY_S))
    if kit.backend == "memory":
        assert names(audit) == {"began", "ended"}
        return
    plain = kit.journal(history_s=DAY_S)
    stored(plain, a_call(kit, "plain", age_s=9 * DAY_S))
    pruned(plain)
    assert names(plain) == {"began", "ended"}


@pytest.fixture
def sqlite(tmp_path):
    kit = StoreKit("sqlite", tmp_path)
    yield kit
    kit.close()


def test_what_months_cost_outlives_their_calls(sqlite):
    """Totals are the ledger's: they are to the cent what they were once the calls are gone."""
    journal = sqlite.journal(history_s=DAY_S)
    ledger = journal.ledger(KEY, flat_price())
    for number in range(50):
        reservation = ledger.reserve_nowait(ONE_UNIT) or run_blocking(ledger.reserve(ONE_UNIT))
        ledger.settle(reservation, quantity=ONE_UNIT, reached=Reach.YES)
        journal.record(a_call(sqlite, str(number), age_s=2 * DAY_S))
    journal.flush()
    before = journal.months()
    pruned(journal)
    assert names(journal) == set()
    assert journal.months() == before
    assert (before[0].calls, before[0].amount) == (50, Decimal("0.50"))


def test_a_batch_is_small_and_others_get_between(sqlite):
    """However much is old, one transaction deletes `BATCH` calls, the oldest first."""
    journal = sqlite.journal(history_s=DAY_S)
    count = 3 * BATCH + 5
    stored(journal, *(a_call(sqlite, str(number), age_s=9 * DAY_S - number) for number in range(count)))
    left = []
    while journal._pruning.delete_batch():
        left.append(len(names(journal)))
    assert left == [count - BATCH, count - 2 * BATCH, count - 3 * BATCH]
    assert names(journal) == set()


def test_the_background_prunes_while_calls_are_recorded(sqlite):
    """Nobody asks for it: a process that records calls deletes old ones, batch by batch."""
    writer = sqlite.journal()
    stored(writer, *(a_call(sqlite, f"old {number}", age_s=9 * DAY_S) for number in range(2 * BATCH + 1)))
    journal = sqlite.journal(history_s=DAY_S)

    def is_done() -> bool:
        journal.record(a_call(sqlite, "new"))
        sqlite.clock.advance(0.1)
        return names(journal) == {"new"}

    wait_until(is_done)


@pytest.mark.parametrize("count", [1, 9, 10, 11, 99, 100, 101, 234])
def test_a_group_of_any_size_is_stored_in_its_order(sqlite, count):
    """Rows go many at a time, and all of them go, once."""
    journal = sqlite.journal()
    stored(journal, *(a_call(sqlite, f"call {number}") for number in range(count)))
    assert [record.call_id for record in journal.records(limit=1000)] == [f"call {n}" for n in reversed(range(count))]


def test_the_background_is_asked_once_a_group(sqlite, monkeypatch):
    """Calls that end while a group is stored, or that could not be stored, are asked for again; others need not be."""
    journal = sqlite.journal()
    hand = BackgroundByHand()
    monkeypatch.setattr(journal, "_background", hand)
    asked: list[str] = []
    ask = hand.ask
    monkeypatch.setattr(hand, "ask", lambda name, work, **when: (asked.append(name), ask(name, work, **when)))
    insert = journal._insert

    def insert_while_another_ends(connection, group):
        insert(connection, group)
        if len(asked) == 1:
            journal.record(a_call(sqlite, "meanwhile"))

    monkeypatch.setattr(journal, "_insert", insert_while_another_ends)
    for name in ("first", "second"):
        journal.record(a_call(sqlite, name))
    assert asked == ["records"]
    hand.run("records")
    assert asked == ["records"] * 2
    assert [record.call_id for record in journal._unstored] == ["meanwhile"]

    def fails(connection, group):
        raise StoreUnavailable("gone", url=journal.url)

    monkeypatch.setattr(journal, "_insert", fails)
    with pytest.raises(StoreUnavailable):
        hand.run("records")
    journal.record(a_call(sqlite, "after"))
    assert asked == ["records"] * 3
    monkeypatch.setattr(journal, "_insert", insert)
    hand.run("records")
    assert names(journal) == {"first", "second", "meanwhile", "after"}


def test_a_process_that_lives_short_deletes_its_batch_at_the_end(sqlite):
    """A command that makes one call has no time for the background; each deletes far more than it adds."""
    writer = sqlite.journal()
    stored(writer, *(a_call(sqlite, f"old {number}", age_s=9 * DAY_S) for number in range(BATCH + 1)))
    for number in range(2):
        journal = sqlite.journal(history_s=DAY_S)
        journal.record(a_call(sqlite, f"new {number}"))
        journal.close()
    assert names(writer) == {"new 0", "new 1"}


def test_pruning_waits_for_nobody(sqlite):
    """Where others hold the file, old calls go later, and that is no trouble to tell of."""
    journal, other = sqlite.journal(history_s=DAY_S), sqlite.journal()
    stored(journal, a_call(sqlite, "old", age_s=9 * DAY_S))
    write, patience = journal._database.write, []

    def noted(*, patience_s: float = inf):
        patience.append(patience_s)
        return write(patience_s=patience_s)

    vars(journal._database)["write"] = noted
    with other._database.write():
        assert journal._pruning.delete_batch()
    assert len(patience) == 1
    assert patience[0] <= 0.1
    assert journal.problems() == ()
    assert names(journal) == {"old"}
    assert not journal._pruning.delete_batch()
    assert names(journal) == set()


def test_a_look_is_as_cheap_in_a_long_history(sqlite):
    """Neither a look for old calls nor the deletion of a batch walks the history: both go by the index on the age."""
    journal = sqlite.journal(history_s=DAY_S)
    for sql in (
        "SELECT 1 FROM call WHERE audit = 0 AND at_s < ? LIMIT 1",
        "SELECT number FROM call WHERE audit = 0 AND at_s < ? ORDER BY at_s LIMIT 200",
    ):
        (step,) = journal._database.read(f"EXPLAIN QUERY PLAN {sql}", (1.0,))
        assert "INDEX call_by_age" in step[3]
