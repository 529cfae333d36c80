"""Shares of a budget in the file: refilled ahead, kept over settlements, given back where another needs them."""

from __future__ import annotations

from decimal import Decimal
from math import inf

import pytest

from intertie.adapters.stores.sqlite import ledger, ledger_store
from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.runtime.policies.budget.options import PriceTier, PricingOptions
from intertie.runtime.state import BudgetRefusal, Reservation
from intertie.runtime.stepping import run_blocking
from support.background_by_hand import by_hand
from support.store_kit import KEY, StoreKit, flat_price

ONE = ONE_UNIT
HARD = {"monthly_limit": Decimal(1000), "hard_stop": True}


@pytest.fixture
def kit(tmp_path):
    made = StoreKit("sqlite", tmp_path)
    yield made
    made.close()


class Process:
    """A ledger as one process has it, with its background work in the test's hands."""

    def __init__(self, kit, pricing=None):
        self.kit = kit
        self.journal = kit.journal()
        self.ledger = self.journal.ledger(KEY, pricing or flat_price())
        self.core = self.ledger.core
        self.background = by_hand(self.journal, KEY)

    def reserve(self, quantity=ONE):
        return self.ledger.reserve_nowait(quantity) or run_blocking(self.ledger.reserve(quantity))

    def settle(self, reservation, reached=Reach.YES):
        return self.ledger.settle(reservation, quantity=reservation.quantity, reached=reached)

    def use(self, calls):
        for _ in range(calls):
            self.settle(self.reserve())

    def grow(self):
        """Have it hold a share, as after some seconds of calls."""
        for _ in range(30):
            self.use(10)
            self.kit.clock.advance(0.1)
        self.use(10)
        self.background.run("refill")
        assert self.core._now_books.left_calls > 15
        return self

    @property
    def row(self):
        """Its share in the file; None where it has none."""
        rows = self.core._database.read(
            "SELECT calls, quantity, unspent, recalled FROM share WHERE owner = ?", (self.core._owner.id,)
        )
        return rows[0] if rows else None


def test_telling_what_was_settled_ends_no_share(kit):
    """The store knows what was used, and the rest is still there to be spent without it."""
    process = Process(kit).grow()
    left = process.core._now_books.left_calls
    process.background.run("settle")
    assert process.core._now_books.left_calls == left
    assert (process.row[0], Decimal(process.row[1]), Decimal(process.row[2])) == (left, left, left)
    assert isinstance(process.ledger.reserve_nowait(ONE), Reservation)
    assert "settle" not in process.background.names()


def test_settlements_are_told_together(kit):
    """The background is asked once for all that is settled until it comes to it, and again for what is settled later."""
    process = Process(kit).grow()
    process.background.run("settle")
    process.background.due.clear()
    process.use(2)
    assert list(process.background.names()) == ["settle"]
    process.background.due.clear()
    process.use(1)
    assert process.background.names() == set(), "asked for already"
    process.core._tell_settled()
    process.use(1)
    assert "settle" in process.background.names()


def test_who_has_a_share_never_waits_for_the_store(kit, monkeypatch):
    """A refill is asked for while a third is left, so ten thousand calls a second go without one that waits."""
    process = Process(kit, flat_price(**HARD)).grow()
    waited = []
    monkeypatch.setattr(process.core, "_leased", lambda *_: waited.append(1))
    for number in range(5_000):
        reservation = process.ledger.reserve_nowait(ONE)
        assert reservation is not None, number
        process.settle(reservation)
        kit.clock.advance(0.0001)
        if number % 20 == 0:  # the background takes its time
            process.background.run()
    assert not waited
    assert 100 < process.core._now_books.left_calls <= 1000, "a tenth of a second's calls"


def test_a_refill_is_asked_for_once_when_a_third_is_left(kit):
    """Of calls as of quantity; a larger call may use up the quantity before the calls."""
    process = Process(kit).grow()
    process.background.due.clear()
    books = process.core._now_books
    size = books.left_calls
    while "refill" not in process.background.names():
        assert isinstance(process.ledger.reserve_nowait(ONE), Reservation)
    assert books.left_calls == size // 3
    process.background.due.clear()
    while process.ledger.reserve_nowait(ONE):
        assert process.background.names() == set()
    process.core._refill()
    process.background.due.clear()
    size = books.left
    process.ledger.reserve_nowait(size - size // 3)
    assert process.background.names() == set()
    process.ledger.reserve_nowait(ONE)
    assert "refill" in process.background.names()


def test_a_refill_is_written_down_before_it_is_handed_out(kit):
    """At any moment the row covers what is reserved and what is left."""
    process = Process(kit, flat_price(**HARD)).grow()
    reserved = [process.reserve() for _ in range(25)]
    process.core._refill()
    calls, quantity, unspent, _ = process.row
    books = process.core._now_books
    assert (calls, Decimal(quantity)) == (len(reserved) + books.left_calls, len(reserved) + books.left_calls)
    assert Decimal(unspent) == books.left_calls
    assert process.ledger.month().reserved == Decimal("0.25")


def test_a_share_that_can_not_be_refilled_is_not_handed_out(kit, monkeypatch):
    """A transaction that fails leaves the process with what it had, and the row with what covers it."""
    process = Process(kit).grow()
    books = process.core._now_books
    before = books.left_calls, process.row

    def fail(*_):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ledger_store, "put_share", fail)
        with pytest.raises(RuntimeError, match="disk is full"):
            process.core._refill()
    assert (books.left_calls, process.row) == before
    process.core._tell_settled()
    process.journal.flush()
    assert process.ledger.month().calls == 310


def test_a_share_in_use_is_renewed_before_its_time_is_over_and_an_idle_one_given_back(kit):
    """The look at a recall sees to both."""
    process = Process(kit).grow()
    process.core._refill()
    for _ in range(40):
        kit.clock.advance(0.05)
        process.use(1)
        process.background.run("recall", "settle")
        assert process.core._now_books.left_calls, "a share in use goes on"
    for _ in range(40):
        kit.clock.advance(0.05)
        process.background.run("recall", "settle")
    assert process.core._now_books.left_calls == 0
    assert process.row is None
    assert process.background.names() == set(), "who holds nothing looks at nothing"


def test_a_share_is_renewed_when_a_third_of_its_time_is_left(kit):
    """Not sooner: a look costs no transaction while there is time."""
    process = Process(kit).grow()
    process.core._refill()
    ends_s = process.core._share_ends_s
    assert ends_s - kit.clock.monotonic_s() == pytest.approx(1.0)
    process.use(1)
    for after_s, is_renewed in ((0.05, False), (0.6, False), (0.02, True)):
        kit.clock.advance(after_s)
        process.background.run("recall")
        assert (process.core._share_ends_s > ends_s) == is_renewed


def test_who_has_nothing_left_is_asked_for_nothing(kit):
    """The look ends with the share's last call; the next share begins it anew."""
    process = Process(kit).grow()
    while process.ledger.reserve_nowait(ONE):
        pass
    process.background.run("recall")
    assert "recall" not in process.background.names()
    process.core._refill()
    assert "recall" in process.background.names()


@pytest.mark.parametrize("how", ["_look_for_recall", "_tell_settled", "_refill"])
def test_a_recall_is_answered_by_whatever_comes_first(kit, how):
    """No transaction of the owner passes it over, and the refill is none."""
    process, other = Process(kit).grow(), Process(kit)
    with other.core._database.write() as connection:
        ledger_store.recall(connection, KEY, "2026-11", [process.core._owner.id])
    getattr(process.core, how)()
    assert process.core._now_books.left_calls == 0
    assert process.row is None


def test_what_another_holds_unspent_is_had_before_anybody_is_refused(kit, monkeypatch):
    """The refusal waits while the other is asked, and takes what it gives back; then it is final at once."""
    pricing = flat_price(monthly_limit=Decimal("5.00"), hard_stop=True)
    one, other = Process(kit, pricing), Process(kit, pricing)
    one.grow()
    slept = []

    async def sleep_until(instant_s):
        slept.append(instant_s)
        kit.clock.now_s = max(kit.clock.now_s, instant_s)
        if len(slept) == 2:
            one.core._look_for_recall()

    monkeypatch.setattr(kit.clock, "sleep_until", sleep_until)
    while isinstance(other.reserve(), Reservation):
        pass
    assert len(slept) == 2
    month = other.ledger.month()
    assert (month.calls, month.reserved) == (310, Decimal("1.90"))


def test_only_those_are_asked_who_have_something_unspent(kit):
    """Who has all of it under way goes on undisturbed, and so do all where what could come back is not enough."""
    pricing = flat_price(monthly_limit=Decimal("5.00"), hard_stop=True)
    busy, one, other = (Process(kit, pricing) for _ in range(3))
    one.grow()
    reservation = busy.reserve()
    assert run_blocking(other.core._leased(600 * ONE, inf))[1] is False
    assert (one.row[3], busy.row[3]) == (0, 0)
    answer, may_come_back = run_blocking(other.core._leased(189 * ONE, inf))
    assert (answer.limit, may_come_back) == (Decimal("5.00"), True)
    assert (one.row[3], busy.row[3]) == (1, 0)
    busy.settle(reservation)


def test_who_gave_its_share_back_gets_one_again_with_the_next_call(kit):
    """Having no row in the file is no recall."""
    process = Process(kit).grow()
    process.journal.flush()
    assert process.row is None
    process.use(1)
    assert process.core._now_books.left_calls > 15


def test_an_owner_that_does_not_answer_is_waited_for_about_a_second(kit, monkeypatch):
    """Then the refusal stands, in words and numbers of the budget."""
    pricing = flat_price(monthly_limit=Decimal("5.00"), hard_stop=True)
    one, other = Process(kit, pricing), Process(kit, pricing)
    one.grow()
    began_s = kit.clock.monotonic_s()
    while isinstance(answer := other.reserve(), Reservation):
        pass
    assert 1.1 < kit.clock.monotonic_s() - began_s < 1.4
    assert (answer.limit, answer.spent) == (Decimal("5.00"), Decimal("5.00"))
    assert answer.retry_after_s == pytest.approx(5.6 * 86400, rel=0.3)


def test_before_a_hard_stop_a_share_is_a_tenth_of_what_is_left(kit):
    """For two who share it a twentieth each, and none where that is less than a call."""
    pricing = flat_price(monthly_limit=Decimal("4.00"), hard_stop=True)
    process = Process(kit, pricing)
    process.use(300)
    kit.clock.advance(0.5)
    process.core._refill()
    assert process.core._now_books.left_calls == 10
    other = Process(kit, pricing)
    other.use(3)
    kit.clock.advance(0.1)
    process.journal.flush()
    process.reserve()
    process.core._refill()
    assert process.core._now_books.left_calls == 4
    process.use(89)
    process.journal.flush()
    process.settle(process.reserve(), Reach.NO)
    process.journal.flush()
    process.use(1)
    assert process.core._now_books.left_calls == 0


def test_calls_that_use_nothing_are_bound_by_nothing(kit):
    """A price per minute whose expected time is nothing: shares follow demand, to the hard stop and beyond it."""
    pricing = PricingOptions("per_minute", "EUR", (PriceTier("all", None, Decimal(1)),), **HARD)
    process = Process(kit, pricing)
    for _ in range(20):
        reservation = process.reserve(0)
        assert process.settle(reservation).amount == 0
    assert process.core._now_books.left_calls > 5
    process.background.due.clear()
    assert isinstance(process.ledger.reserve_nowait(0), Reservation)
    assert process.background.names() == set(), "there is no quantity to run out of"


def test_the_smallest_quantity_is_bound_as_any_other(kit):
    """A trillionth at a time: no share passes a tenth of what is left."""
    tiers = (PriceTier("all", None, Decimal(10**9)),)
    process = Process(
        kit, PricingOptions("per_gb", "EUR", tiers, monthly_limit=Decimal("0.1"), hard_stop=True)
    )  # a hundred trillionths
    for _ in range(50):
        process.settle(process.reserve(1))
    process.core._refill()
    assert process.core._now_books.left_calls == 5


def test_what_reached_nobody_is_left_again(kit):
    """It goes to the next caller without the store, and once the share is over back to all."""
    process = Process(kit).grow()
    left = process.core._now_books.left_calls
    taken = [process.ledger.reserve_nowait(ONE) for _ in range(left)]
    assert process.ledger.reserve_nowait(ONE) is None
    for reservation in taken[:3]:
        assert process.settle(reservation, Reach.NO).amount == 0
    assert [process.ledger.reserve_nowait(ONE) is None for _ in range(4)] == [False, False, False, True]
    process.settle(taken[3], Reach.NO)
    kit.clock.advance(1.5)
    assert process.ledger.reserve_nowait(ONE) is None
    process.core._tell_settled()
    assert process.row[0] == left - 1


def test_what_is_left_again_of_nothing_is_told_at_once(kit):
    """Before a hard stop others would be refused for what the file does not know; what the file knows can be recalled."""
    process = Process(kit, flat_price(monthly_limit=Decimal("0.04"), hard_stop=True))
    taken = [process.reserve() for _ in range(4)]
    process.settle(taken.pop())
    assert process.background.at_once == set()
    process.settle(taken.pop(), Reach.NO)
    assert process.background.at_once == {"settle"}
    process.background.at_once.clear()
    process.settle(taken.pop(), Reach.NO)
    assert process.background.at_once == set()
    process.background.run("settle")
    assert Decimal(process.row[2]) == 2
    unbound = Process(StoreKit("sqlite", kit.root / "unbound"))
    unbound.settle(unbound.reserve(), Reach.NO)
    assert unbound.background.at_once == set()
    unbound.journal.close()


def test_a_share_ends_with_its_month(kit):
    """What is left of November is not spent in December; what was reserved in it is settled in it."""
    process = Process(kit).grow()
    reservation = process.ledger.reserve_nowait(ONE)
    kit.clock.advance(kit.clock.utc_now().replace(month=12, day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
                      - kit.clock.utc_s() - 0.25)  # fmt: skip
    process.use(20)
    process.core._refill()
    assert process.core._now_books.left_calls
    kit.clock.advance(0.3)
    assert process.ledger.reserve_nowait(ONE) is None
    process.core._refill()
    assert process.core._now_books.name == "2026-12"
    assert process.row[0] == 1
    process.settle(reservation)
    process.use(1)
    process.journal.flush()
    assert process.row is None
    assert [(month.month, month.calls) for month in process.journal.months()] == [("2026-11", 331), ("2026-12", 1)]
    assert list(process.core._books) == ["2026-12"]


def test_a_lower_budget_ends_a_share_even_within_a_transaction(kit, monkeypatch):
    """The plan that comes while a refill is being written holds at once: nothing of it is handed out."""
    process = Process(kit, flat_price(**HARD)).grow()
    put_share = ledger_store.put_share

    def meanwhile(*arguments):
        process.ledger.reconfigure(flat_price(monthly_limit=Decimal("1.00"), hard_stop=True))
        put_share(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(ledger_store, "put_share", meanwhile)
        process.core._refill()
    assert process.ledger.reserve_nowait(ONE) is None
    assert isinstance(process.reserve(), BudgetRefusal)


def test_who_is_refused_while_the_budget_goes_away_is_refused_in_its_words(kit, monkeypatch):
    """The budget that was in force when it was asked says why; the next one to ask may go."""
    process = Process(kit, flat_price(monthly_limit=Decimal("0.01"), hard_stop=True))
    process.use(1)
    tier_cost = ledger.tier_cost

    def meanwhile(*arguments):
        process.ledger.reconfigure(flat_price())
        return tier_cost(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "tier_cost", meanwhile)
        refused = process.reserve()
    assert (refused.limit, refused.spent) == (Decimal("0.01"), Decimal("0.01"))
    assert isinstance(process.reserve(), Reservation)


def test_what_comes_back_over_a_lowered_budget_is_not_handed_out_again(kit):
    """More is reserved than the new budget allows: a call that reached nobody makes no room for another."""
    process = Process(kit, flat_price(**HARD))
    taken = [process.reserve() for _ in range(10)]
    process.ledger.reconfigure(flat_price(monthly_limit=Decimal("0.08"), hard_stop=True))
    for reservation in taken[:2]:
        process.settle(reservation, Reach.NO)
        process.core._refill()
        assert process.ledger.reserve_nowait(ONE) is None
        assert isinstance(process.reserve(), BudgetRefusal)
    process.settle(taken[2], Reach.NO)
    assert isinstance(process.reserve(), Reservation)


def test_a_forked_child_ends_what_its_parent_reserved_for_itself_alone(kit):
    """A reservation copied by a fork is settled by the parent; the child's copy changes nothing."""
    process = Process(kit).grow()
    reservation = process.ledger.reserve_nowait(ONE)
    process.core.after_fork_in_child()
    process.settle(reservation)
    assert process.core._books == {}
    assert process.ledger.reserve_nowait(ONE) is None
