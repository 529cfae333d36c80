"""Rows are told apart by every field of their key, in every store."""

from __future__ import annotations

import pytest

from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import CallRecord, Permit, QueueItem, Reservation
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, OTHERS, flat_price

ONE = ONE_UNIT


@pytest.mark.parametrize("other", OTHERS, ids=["integration", "environment", "origin", "tenant"])
class TestADifferenceInOneField:
    def test_is_another_limit(self, kit, other):
        """What one key has used up, another may still take."""
        coordination = kit.coordination()
        mine, theirs = (coordination.limiter(key, LimiterOptions((Window(60.0, 1),))) for key in (KEY, other))
        assert isinstance(run_blocking(mine.acquire(deadline_s=kit.clock.monotonic_s() + 1)), Permit)
        assert [limiter.snapshot().windows[0].used for limiter in (mine, theirs)] == [1, 0]
        assert set(coordination.keys()) >= {KEY}

    def test_is_another_breaker(self, kit, other):
        """A breaker that is held open holds up nobody else."""
        coordination = kit.coordination()
        mine, theirs = (coordination.breaker(key, BreakerOptions()) for key in (KEY, other))
        mine.force("open")
        assert [breaker.snapshot().forced for breaker in (mine, theirs)] == ["open", None]

    def test_is_another_cache(self, kit, other):
        """An answer is found under its own key alone."""
        coordination = kit.coordination()
        mine, theirs = (coordination.cache(key) for key in (KEY, other))
        mine.keep("digest", b"1", 200, ttl_s=60)
        theirs.keep("digest", b"2", 200, ttl_s=60)
        if kit.backend == "sqlite":
            mine.store()
            theirs.store()
        answers = [run_blocking(cache.find("digest", ttl_s=60)) for cache in (mine, theirs)]
        assert [answer.data for answer in answers] == [b"1", b"2"]

    def test_is_another_ledger(self, kit, other):
        """A month counts the attempts of its key."""
        journal = kit.journal()
        ledger = journal.ledger(KEY, flat_price())
        reservation = ledger.reserve_nowait(ONE) or run_blocking(ledger.reserve(ONE))
        assert isinstance(reservation, Reservation)
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
        assert ledger.month().key == KEY
        assert [journal.ledger(key, flat_price()).month().calls for key in (KEY, other)] == [1, 0]

    def test_is_another_history(self, kit, other):
        """A record is found under its own key."""
        journal = kit.journal()
        record = CallRecord(KEY, "c1", 1.0, "get", "", "success", 200, 1, 0.1, None, None, None, "yes")
        journal.record(record)
        journal.flush()
        assert (journal.records(KEY), journal.records(other)) == ([record], [])

    def test_is_another_queue(self, kit, other):
        """An item is seen and claimed by its own key alone, by receipt too."""
        journal = kit.journal()
        item = QueueItem("r1", KEY, "create", b"{}", "key", None, "", kit.clock.utc_s(), None)
        run_blocking(journal.enqueue(item))
        assert journal.queue(other) == []
        assert run_blocking(journal.claim(other)) is None
        assert run_blocking(journal.claim(other, receipt="r1")) is None
        assert journal.queue(KEY) == [item]
        assert run_blocking(journal.claim(KEY, receipt="r1")).key == KEY


def test_the_breaker_of_an_operation_is_its_own(kit):
    """A scope is a field of the row, not a part of a name."""
    coordination = kit.coordination()
    breakers = [coordination.breaker(KEY, BreakerOptions(), scope) for scope in ("", "get_thing", "create_thing")]
    breakers[1].force("open")
    assert [breaker.snapshot().forced for breaker in breakers] == [None, "open", None]
    assert coordination.breaker(KEY, BreakerOptions(), "get_thing").known().forced == "open"


def test_the_keys_on_record_are_those_that_sent_something(kit):
    """The one that was used last stands first."""
    coordination = kit.coordination()
    for key in (KEY, OTHERS[2]):
        limiter = coordination.limiter(key, LimiterOptions((Window(60.0, 5),)))
        permit = run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s() + 1))
        permit.departed()
        limiter.finished(permit)
        kit.clock.advance(1.0)
        limiter.snapshot()  # all is told: nothing is left that could be told in the background after the next one's use
    assert coordination.keys() == [OTHERS[2], KEY]
