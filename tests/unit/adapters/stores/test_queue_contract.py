from __future__ import annotations

import pytest

from intertie.runtime.state import CallRecord, QueueItem
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, OTHERS


def item(kit, receipt, key=KEY, **changes):
    values = {"idempotency_key": f"key-{receipt}", "version": None, "caller": "", "not_after_s": None, **changes}
    return QueueItem(receipt, key, "create", b'{"a": 1}', enqueued_s=kit.clock.utc_s(), **values)


def fill(kit, journal, *receipts, **changes):
    for receipt in receipts:
        run_blocking(journal.enqueue(item(kit, receipt, **changes)))
        kit.clock.advance(1.0)


def claim(journal, key=None, **options):
    return run_blocking(journal.claim(key, **options))


def test_the_oldest_item_of_a_key_goes_first(kit):
    """Claims come in the order of storing, for one key or for all."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2")
    fill(kit, journal, "r3", key=OTHERS[0])
    assert claim(journal, OTHERS[0]).receipt == "r3"
    first = claim(journal)
    assert (first.receipt, first.state, first.attempts, first.payload) == ("r1", "sending", 1, b'{"a": 1}')
    assert claim(journal, KEY).receipt == "r2"
    assert claim(journal) is None


def test_a_claim_ends_done_parked_or_pending_again(kit):
    """What is done is gone from the queue, what is parked says why, what failed waits for another try."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2", "r3")
    for receipt, state in (("r1", "done"), ("r2", "parked"), ("r3", "pending")):
        assert claim(journal, receipt=receipt).receipt == receipt
        run_blocking(journal.complete(receipt, state=state, reason="because"))
    assert [(i.receipt, i.state, i.reason) for i in journal.queue()] == [
        ("r2", "parked", "because"),
        ("r3", "pending", "because"),
    ]
    assert claim(journal).attempts == 2
    run_blocking(journal.complete("r2", state="pending"))
    assert claim(journal).receipt == "r2"


def test_a_receipt_claims_its_own_item(kit):
    """Whoever sends at once what it has just stored takes no older item instead."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2")
    assert claim(journal, receipt="r2").receipt == "r2"
    assert claim(journal, receipt="r2") is None
    assert claim(journal).receipt == "r1"


def test_only_a_claim_or_what_is_parked_ends(kit):
    """A late answer changes nothing of what is done or was never claimed, nor does one for a receipt nobody knows."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2")
    claim(journal, receipt="r1")
    run_blocking(journal.complete("r1", state="done"))
    for receipt, state in (("r1", "pending"), ("r2", "done"), ("r9", "done")):
        run_blocking(journal.complete(receipt, state=state))
    assert [(i.receipt, i.state) for i in journal.queue()] == [("r2", "pending")]


def test_an_item_whose_key_is_forgotten_is_parked(kit):
    """After its `not_after_s` an item is never sent: the service would take it for a new one."""
    journal = kit.journal()
    fill(kit, journal, "r1", not_after_s=kit.clock.utc_s() + 10)
    kit.clock.advance(20)
    assert claim(journal) is None
    assert [(i.state, "idempotency key" in i.reason) for i in journal.queue()] == [("parked", True)]


def test_a_receipt_is_stored_once(kit):
    """Storing the same receipt again changes nothing."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r1")
    assert len(journal.queue()) == 1


def test_pending_and_parked_items_can_be_dropped(kit):
    """What is being sent can't be dropped; what waits can, and leaves no payload behind."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2")
    claim(journal, receipt="r1")
    assert [journal.drop(receipt) for receipt in ("r1", "r2", "r9")] == [False, True, False]
    assert [i.payload for i in journal.queue(states=("dropped",))] == [b""]


def record(number, key=KEY):
    return CallRecord(
        key, f"c{number}", 1.0 * number, "get", "", "success", 200, 1, 0.1, None, None, None, "yes", ("a",)
    )


def test_records_come_newest_first(kit):
    """History is stored in groups, or at once where that is asked for, and read newest first."""
    journal = kit.journal()
    journal.record(record(1))
    journal.record(record(2, key=OTHERS[0]))
    journal.flush()
    run_blocking(journal.record_strict(record(3)))
    assert [entry.call_id for entry in journal.records()] == ["c3", "c2", "c1"]
    assert journal.records(KEY, limit=1) == [record(3)]


def test_records_of_one_spec_are_those_of_all_its_environments(kit):
    """History is read by the spec's id, wherever its calls went, or by one key."""
    journal = kit.journal()
    for number, key in enumerate((KEY, *OTHERS)):
        journal.record(record(number, key=key))
    journal.flush()
    assert [entry.call_id for entry in journal.records(integration=KEY.integration)] == ["c4", "c3", "c2", "c0"]
    assert [entry.key for entry in journal.records(integration=KEY.integration)] == [*reversed(OTHERS[1:]), KEY]
    assert [entry.call_id for entry in journal.records(KEY)] == ["c0"]
    assert journal.records(KEY, integration="INT-002") == []


def test_a_cached_answer_lives_for_its_time(kit):
    """A last good answer is found with its age until it is too old for whoever asks, or has ended."""
    cache = kit.coordination().cache(KEY)
    cache.keep("digest", b'{"x": 1}', 200, ttl_s=60)
    kit.clock.advance(10)
    found = run_blocking(cache.find("digest", ttl_s=60))
    assert (found.data, found.status, round(found.age_s)) == (b'{"x": 1}', 200, 10)
    assert run_blocking(cache.find("digest", ttl_s=5)) is None
    assert run_blocking(cache.find("other", ttl_s=60)) is None
    kit.clock.advance(51)
    assert run_blocking(cache.find("digest", ttl_s=600)) is None


@pytest.mark.parametrize("ttl_s", [0.5, 1.0])
def test_an_answer_is_kept_for_as_short_as_it_is_told(kit, ttl_s):
    """A second, or less, is a time like any other."""
    cache = kit.coordination().cache(KEY)
    cache.keep("digest", b"1", 200, ttl_s=ttl_s)
    assert run_blocking(cache.find("digest", ttl_s=60)).data == b"1"
    kit.clock.advance(ttl_s + 0.001)
    assert run_blocking(cache.find("digest", ttl_s=60)) is None


def test_the_cache_is_bounded(kit):
    """With more than a thousand answers the oldest leave."""
    coordination = kit.coordination()
    cache = coordination.cache(KEY)
    for number in range(1010):
        cache.keep(f"d{number}", b"x", 200, ttl_s=1000)
        kit.clock.advance(0.001)
    if kit.backend == "sqlite":
        cache.store()
    assert run_blocking(cache.find("d9", ttl_s=1000)) is None
    assert run_blocking(cache.find("d10", ttl_s=1000)) is not None


def test_the_cache_is_bounded_in_bytes(kit, monkeypatch):
    """Where the answers are too big together the oldest leave; one replaced by a smaller one counts as the smaller."""
    for module in ("memory", "sqlite"):
        monkeypatch.setattr(f"intertie.adapters.stores.{module}.cache.MOST_BYTES", 100)
    cache = kit.coordination().cache(KEY)

    def kept(*digests):
        return [run_blocking(cache.find(digest, ttl_s=1000)) is not None for digest in digests]

    for digest, size in (("a", 60), ("a", 20), ("b", 40), ("c", 40), ("huge", 101)):
        cache.keep(digest, b"x" * size, 200, ttl_s=1000)
        kit.clock.advance(0.001)
    assert kept("a", "b", "c", "huge") == [True, True, True, False]
    cache.keep("d", b"x", 200, ttl_s=1000)
    if kit.backend == "sqlite":
        cache.store()
    assert kept("a", "b", "c", "d") == [False, True, True, True]


def test_all_is_well(kit):
    """A store that works tells of no problems."""
    assert kit.coordination().problems() == ()
    assert kit.journal().problems() == ()


def test_a_parked_item_is_let_go_on_by_its_own_key(kit):
    """A person who has looked lets it go on, once; no other state and no other key is touched."""
    journal = kit.journal()
    fill(kit, journal, "r1", "r2")
    claim(journal, receipt="r1")
    run_blocking(journal.complete("r1", state="parked", reason="because"))
    assert not run_blocking(journal.unpark("r1", OTHERS[0]))
    assert not run_blocking(journal.unpark("r2", KEY))
    assert run_blocking(journal.unpark("r1", KEY))
    assert not run_blocking(journal.unpark("r1", KEY))
    assert [(i.receipt, i.state, i.reason) for i in journal.queue()] == [
        ("r1", "pending", None),
        ("r2", "pending", None),
    ]


def test_a_write_is_queued_although_its_call_has_no_time_left(kit):
    """A deadline that is past does not lose a write."""
    journal = kit.journal()
    run_blocking(journal.enqueue(item(kit, "r1"), deadline_s=kit.clock.monotonic_s() - 1.0))
    assert [i.receipt for i in journal.queue()] == ["r1"]


def test_an_answer_is_found_although_its_call_has_no_time_left(kit):
    """The last good answer is for calls whose time is over, too."""
    cache = kit.coordination().cache(KEY)
    cache.keep("digest", b"1", 200, ttl_s=60)
    assert run_blocking(cache.find("digest", ttl_s=60, deadline_s=kit.clock.monotonic_s() - 1.0)).data == b"1"
