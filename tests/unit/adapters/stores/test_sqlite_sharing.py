"""Several handles on one file: what one does, the others obey."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import contextmanager
from decimal import Decimal

import pytest

from intertie.adapters.stores import InlineOffload, StoreUnavailable, open_journal
from intertie.adapters.stores.shared.measures import SHARE_S
from intertie.core.clock import BlockingClock
from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.core.rng import SystemRng
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import (
    Admission,
    BudgetRefusal,
    CircuitRefusal,
    LimitRefusal,
    Permit,
    QueueItem,
    Reservation,
    ServerHint,
    Verdict,
)
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import run_virtual
from support.background_by_hand import BackgroundByHand
from support.pace import PATIENCE_S
from support.store_kit import KEY, StoreKit, flat_price, most_within, per_second, sent
from support.store_kit import acquired as acquire

ONE = ONE_UNIT


@pytest.fixture
def kit(tmp_path):
    made = StoreKit("sqlite", tmp_path)
    yield made
    made.close()


def record(breaker, kit, admission, verdict):
    return run_blocking(breaker.record(admission, verdict, deadline_s=kit.clock.monotonic_s() + 10.0))


def after_all_due(store, kit) -> None:
    """Let the store's own thread do everything that is due within a second, in its order."""
    done = threading.Event()
    store._background.ask("after all that is due", done.set, in_s=1.0)
    kit.clock.advance(1.0)
    assert done.wait(PATIENCE_S)


def die(store) -> None:
    """What the kernel does to a killed process, for one of several handles in this one."""
    store._background.stop()
    os.close(store._owner._file)
    store._owner._file = -1


@contextmanager
def broken(store, *verbs: str):
    """The file can't be used for a while, or can't be written where that is said."""

    def fail(*args, **options):
        msg = "the state file can't be used (disk I/O error)"
        raise StoreUnavailable(msg, url=store.url)

    verbs = verbs or ("write", "read")
    whole = {verb: getattr(store._database, verb) for verb in verbs}
    vars(store._database).update(dict.fromkeys(verbs, fail))
    yield
    vars(store._database).update(whole)


@pytest.mark.parametrize("strategy", ["sliding_window", "fixed_window", "token_bucket"])
def test_two_handles_share_a_limit_exactly(kit, strategy):
    """A low limit has no shares: two handles in turn never pass it together, and lose nothing of it."""
    one, other = (kit.coordination().limiter(KEY, per_second(2, strategy)) for _ in range(2))
    stamps = [acquire((one, other)[n % 2], kit).stamp_s for n in range(12)]
    assert most_within(stamps, 1.0) <= (4 if strategy == "fixed_window" else 2)
    assert stamps[-1] - stamps[0] <= 6.0


def test_a_share_is_spent_in_memory_and_counted_for_others(kit):
    """Under demand a handle gets a share and spends it without the store; another handle sees it as used until it is settled."""
    one, other = (kit.coordination().limiter(KEY, per_second(100)) for _ in range(2))
    taken = 0
    for _ in range(60):
        taken += sent(one.acquire_nowait()) is not None or isinstance(acquire(one, kit, wait_s=0.0), Permit)
        kit.clock.advance(0.001)
    assert taken == 60
    assert one.core._shares
    rest = 0
    while isinstance(acquire(other, kit, wait_s=0.0), Permit):
        rest += 1
    assert 20 <= rest <= 40


@pytest.mark.parametrize("strategy", ["sliding_window", "fixed_window", "token_bucket"])
def test_two_who_take_all_they_can_get_never_pass_the_limit(kit, strategy):
    """Under demand both set shares aside, and neither more than the other leaves."""
    options = LimiterOptions((Window(60.0, 100),), strategy, burst=100)
    limiters = [kit.coordination().limiter(KEY, options) for _ in range(2)]
    taken = 0
    for turn in range(400):
        each = limiters[turn % 2]
        taken += isinstance(each.acquire_nowait() or acquire(each, kit, wait_s=0.0), Permit)
        kit.clock.advance(0.001)
    assert 80 <= taken <= 100


def test_a_share_of_a_dead_owner_is_wasted_not_exceeded(kit):
    """Nobody settles the share of a killed process: it counts until its end plus the window, and then no more."""
    coordination = kit.coordination()
    one, other = coordination.limiter(KEY, per_second(100)), kit.coordination().limiter(KEY, per_second(100))
    for _ in range(50):
        sent(one.acquire_nowait()) or acquire(one, kit)
        kit.clock.advance(0.001)
    die(coordination)
    used = 0
    while isinstance(acquire(other, kit, wait_s=0.0), Permit):
        used += 1
    assert used <= 50
    kit.clock.advance(1.5)
    assert isinstance(acquire(other, kit, wait_s=0.0), Permit)
    assert other.snapshot().windows[0].used <= 1 + 100


def test_a_share_that_is_settled_a_little_late_counts_for_what_was_used(kit):
    """Its owner is given a moment after its end to say so: what it did not use is the others' again."""
    one, other = (kit.coordination().limiter(KEY, per_second(100)) for _ in range(2))
    for _ in range(12):
        assert isinstance(sent(one.acquire_nowait()) or acquire(one, kit), Permit)
    held = other.snapshot().windows[0].used
    assert held > 12, "a share is out"
    kit.clock.advance(SHARE_S + 0.05)
    assert isinstance(acquire(other, kit, wait_s=0.0), Permit)
    one.snapshot()  # tells the store what is not told yet
    assert other.snapshot().windows[0].used == 13


def test_a_share_is_of_use_until_its_end_whatever_is_told_meanwhile(kit):
    """Talking to the store for another reason takes nothing away from those who spend without asking."""
    limiter = kit.coordination().limiter(KEY, per_second(100))
    for _ in range(12):
        assert isinstance(sent(limiter.acquire_nowait()) or acquire(limiter, kit), Permit)
    assert sent(limiter.acquire_nowait()) is not None, "a share is out"
    limiter.snapshot()  # tells the store what is not told yet
    assert sent(limiter.acquire_nowait()) is not None


def test_a_busy_process_has_its_next_share_before_the_last_is_spent(kit):
    """Once it is known how much it needs, its callers ask nobody: the background does, ahead of them."""
    limiter = kit.coordination().limiter(KEY, per_second(2000))
    background = limiter.core._background = BackgroundByHand()
    asked = []
    for number in range(400):
        permit = limiter.acquire_nowait()
        if permit is None:
            asked.append(number)
            permit = acquire(limiter, kit)
        else:
            sent(permit)
        limiter.finished(permit)
        kit.clock.advance(0.001)
        for name in [name for name in background.due if name.endswith("refill")]:
            background.due.pop(name)()
    assert asked
    assert max(asked) < 200


def test_a_pause_and_a_resume_reach_the_others(kit):
    """What one handle is told, the other obeys at its next transaction."""
    one, other = (kit.coordination().limiter(KEY, per_second(10)) for _ in range(2))
    assert isinstance(acquire(other, kit), Permit)
    run_blocking(one.observe(ServerHint(pause_s=5.0, throttled=True), deadline_s=kit.clock.monotonic_s() + 60.0))
    assert isinstance(acquire(other, kit, wait_s=1.0), LimitRefusal)
    one.resume()
    assert isinstance(acquire(other, kit, wait_s=1.0), Permit)


def test_a_place_is_free_for_others_soon_after_a_flight_ended(kit):
    """Nobody of the process that flew has to call again before another process gets the place."""
    options = LimiterOptions(concurrent=1)
    coordination = kit.coordination()
    one, other = coordination.limiter(KEY, options), kit.coordination().limiter(KEY, options)
    permit = acquire(one, kit)
    assert isinstance(permit, Permit)
    after_all_due(coordination, kit)  # nothing is left that would report the end by the way
    assert isinstance(acquire(other, kit, wait_s=0.0), LimitRefusal)
    one.finished(permit)
    after_all_due(coordination, kit)
    assert isinstance(acquire(other, kit, wait_s=0.0), Permit)


def test_what_is_given_back_is_free_for_others_soon(kit):
    """Nobody of the process that took it has to call again before another process may."""
    coordination, options = kit.coordination(), LimiterOptions((Window(60.0, 1),))
    one, other = coordination.limiter(KEY, options), kit.coordination().limiter(KEY, options)
    permit = run_blocking(one.acquire(deadline_s=kit.clock.monotonic_s() + 60.0))
    assert isinstance(permit, Permit)
    permit.departing()  # else it lapses by itself
    kit.clock.advance(0.03)
    one.snapshot()  # tells the store in time that it is still on its way
    after_all_due(coordination, kit)  # nothing is left that would tell of it by the way
    assert isinstance(acquire(other, kit, wait_s=0.0), LimitRefusal)
    one.give_back(permit)
    after_all_due(coordination, kit)
    assert isinstance(acquire(other, kit, wait_s=0.0), Permit)


def test_what_is_due_later_is_done_though_nothing_was_to_do_meanwhile(kit):
    """The store's own thread sleeps while it has nothing to do, and is woken for what is due in a while, too."""
    coordination = kit.coordination()
    for _ in range(5):
        after_all_due(coordination, kit)


def test_a_write_waits_for_its_queue_at_least_half_a_second(kit):
    """A call whose time is over has nothing else left; one with time waits for as long as others may."""
    journal, waited = kit.journal(), []

    def busy(*, patience_s):
        waited.append(patience_s)
        raise journal._database.busy(patience_s)

    item = QueueItem("r", KEY, "create", b"{}", None, None, "", kit.clock.utc_s(), None)
    vars(journal._database)["write"] = busy
    for left_s in (-1.0, 3.0):
        with pytest.raises(StoreUnavailable):
            run_blocking(journal.enqueue(item, deadline_s=kit.clock.monotonic_s() + left_s))
    del journal._database.write
    assert waited == [0.5, 1.5]


def test_a_forked_child_has_no_descriptor_of_its_parents_state_file(kit):
    """SQLite in a child would close it at some time, and with it every lock that the parent holds."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, per_second(100))
    assert isinstance(acquire(limiter, kit), Permit)
    state = coordination._database.path.stat()

    def is_state(file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), state)
        except OSError:
            return False

    assert any(map(is_state, range(1024)))
    child = os.fork()
    if not child:
        os._exit(any(map(is_state, range(1024))))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert isinstance(acquire(limiter, kit), Permit)


def test_places_and_tickets_of_a_dead_owner_are_freed(kit):
    """A killed process holds no place in flight for longer than it takes to notice."""
    options = LimiterOptions(concurrent=1)
    coordination = kit.coordination()
    one, other = coordination.limiter(KEY, options), kit.coordination().limiter(KEY, options)
    assert isinstance(acquire(one, kit), Permit)
    assert isinstance(acquire(other, kit, wait_s=0.1), LimitRefusal)
    die(coordination)
    assert isinstance(acquire(other, kit, wait_s=1.0), Permit)


def test_stamps_survive_a_restart_and_a_changed_limit(kit):
    """What left before a restart still counts, under the old limit and under a new one."""
    first = kit.coordination()
    for _ in range(5):
        assert isinstance(acquire(first.limiter(KEY, LimiterOptions((Window(60.0, 5),))), kit), Permit)
    first.close()
    second = kit.coordination()
    same = second.limiter(KEY, LimiterOptions((Window(60.0, 5),)))
    assert isinstance(acquire(same, kit, wait_s=1.0), LimitRefusal)
    second.close()
    changed = kit.coordination().limiter(KEY, LimiterOptions((Window(60.0, 7),)))
    taken = [isinstance(acquire(changed, kit, wait_s=1.0), Permit) for _ in range(3)]
    assert taken == [True, True, False]


@pytest.mark.parametrize(("store_down", "expected"), [("refuse", 0), ("fair_share", 5), ("allow", 40)])
def test_without_its_store_a_limit_does_what_it_was_told(kit, store_down, expected):
    """Of two who shared ten a second, one without store goes on with five, with none, or without limit, and says so."""
    coordination = kit.coordination(store_down=store_down)
    one, other = coordination.limiter(KEY, per_second(10)), kit.coordination().limiter(KEY, per_second(10))
    assert isinstance(acquire(other, kit), Permit)
    assert isinstance(acquire(one, kit), Permit)
    kit.clock.advance(0.5)
    with broken(coordination):
        until_s = kit.clock.monotonic_s() + 2.0
        taken = []
        for _ in range(40):
            answer = sent(run_blocking(one.acquire(deadline_s=until_s)))
            if isinstance(answer, Permit):
                taken.append(answer.stamp_s)
        assert most_within(taken, 1.0) == expected
        assert any("can't be used" in sentence for sentence in coordination.problems())
    kit.clock.advance(2.0)
    assert isinstance(acquire(one, kit), Permit)
    assert coordination.problems() == ()


def test_without_its_store_callers_leave_in_the_order_they_came(kit):
    """The line of a process that is on its own is as fair as the one that the store keeps."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, per_second(2))
    left = []

    async def one(number):
        sent(await limiter.acquire(deadline_s=kit.clock.monotonic_s() + 60.0))
        left.append(number)

    async def crowd():
        await asyncio.gather(*(one(number) for number in range(6)))

    with broken(coordination):
        run_virtual(crowd(), kit.clock)
    assert left == [0, 1, 2, 3, 4, 5]


def test_what_left_in_an_outage_counts_once_it_is_over(kit):
    """The store hears of what left without its leave: the limit holds over both."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 3),)))
    assert isinstance(acquire(limiter, kit), Permit)
    with broken(coordination):
        assert isinstance(acquire(limiter, kit), Permit)
    kit.clock.advance(2.0)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), Permit)
    assert isinstance(acquire(limiter, kit, wait_s=0.0), LimitRefusal)


def test_a_pause_that_was_asked_for_in_an_outage_holds_once_it_is_over(kit):
    """The service said it to a process that was alone; the store, and with it everybody else, hears of it then."""
    coordination = kit.coordination()
    limiter, other = (each.limiter(KEY, per_second(4)) for each in (coordination, kit.coordination()))
    with broken(coordination):
        assert isinstance(acquire(limiter, kit), Permit)
        hint = ServerHint(pause_s=30.0, throttled=True)
        paused_s = run_blocking(limiter.observe(hint, deadline_s=kit.clock.monotonic_s() + 5.0))
        assert paused_s == pytest.approx(30.0)
    kit.clock.advance(2.0)
    refusal = acquire(limiter, kit, wait_s=1.0)
    assert isinstance(refusal, LimitRefusal)
    assert refusal.reason == "pause"
    assert limiter.snapshot().paused_for_s == pytest.approx(28.0, abs=0.5)
    assert isinstance(acquire(other, kit, wait_s=1.0), LimitRefusal)


def test_permits_from_before_an_outage_are_given_back_in_it(kit):
    """Each goes back to whoever gave it; a window later the limit is what it was."""
    coordination = kit.coordination()
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 3),)))
    before = acquire(limiter, kit)
    kit.clock.advance(0.5)
    with broken(coordination):
        during = acquire(limiter, kit)
        assert isinstance(during, Permit)
        limiter.give_back(before)
        limiter.give_back(during)
    kit.clock.advance(70.0)
    taken = [isinstance(acquire(limiter, kit, wait_s=0.0), Permit) for _ in range(4)]
    assert taken == [True, True, True, False]


def test_a_breaker_opens_for_all_and_survives_a_restart(kit):
    """Failures seen by different handles count together; the opening is seen within a tenth of a second, and after a restart."""
    options = BreakerOptions(failure_threshold=2, open_s=30.0)
    first = kit.coordination()
    one, other = first.breaker(KEY, options), kit.coordination().breaker(KEY, options)

    def admit(breaker):
        return run_blocking(breaker.admit(lease_until_s=kit.clock.monotonic_s() + 5))

    admission = admit(other)
    assert record(one, kit, admit(one), Verdict(failure=True)) is None
    assert other.admit_nowait() is not None
    assert record(other, kit, admission, Verdict(failure=True)) == "open"
    kit.clock.advance(0.1)
    assert one.admit_nowait() is None
    assert isinstance(admit(one), CircuitRefusal)
    assert not one.still_admitted_nowait(admission)
    first.close()
    again = kit.coordination().breaker(KEY, options)
    assert isinstance(admit(again), CircuitRefusal)
    kit.clock.advance(30.0)
    assert isinstance(admit(again), Admission)
    assert isinstance(admit(other), CircuitRefusal), "the one probe is out"
    other.force("closed")
    kit.clock.advance(0.1)
    assert again.snapshot().forced == "closed"


def test_a_breaker_without_its_store_decides_alone_and_says_so(kit):
    """A store that is down opens and closes no breaker of others, but this process goes on counting."""
    coordination = kit.coordination()
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=1))
    admission = run_blocking(breaker.admit(lease_until_s=0.0))
    with broken(coordination):
        assert record(breaker, kit, admission, Verdict(failure=True)) == "open"
        assert "decides on its breaker alone" in coordination.problems()[0]


def test_what_is_not_told_yet_counts_beside_what_others_told(kit):
    """While it can only read, a process adds its own failures to what it reads; the store has them once it can write."""
    options = BreakerOptions(failure_threshold=4, open_s=30.0)
    coordination = kit.coordination()
    one, other = coordination.breaker(KEY, options), kit.coordination().breaker(KEY, options)
    admission = run_blocking(one.admit(lease_until_s=5.0))
    with broken(coordination, "write"):
        one.record_later(admission, Verdict(failure=True))
        assert record(other, kit, admission, Verdict(failure=True)) is None
        assert one.snapshot().failures == 2
        assert other.snapshot().failures == 1
    one.core.tell()
    assert other.snapshot().failures == 2
    assert one.snapshot().failures == 2


@pytest.mark.parametrize(
    ("verdict", "epoch", "forced"),
    [(None, 1, None), (False, 0, None), (False, 1, "closed"), (False, 1, None)],
)
def test_a_result_that_changes_nothing_costs_no_transaction(kit, verdict, epoch, forced):
    """With a closed breaker that counts nothing, most of all calls need no store; a failure does."""
    coordination = kit.coordination()
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=5))
    failed_before = epoch == 0 or verdict is None
    record(breaker, kit, Admission(1), Verdict(failure=failed_before))
    if forced is not None:
        breaker.force(forced)
        epoch = breaker.known().epoch
    with broken(coordination):
        breaker.record_later(Admission(epoch), Verdict(failure=verdict))
        breaker.core.tell()
        assert coordination.problems() == ()
        breaker.record_later(Admission(epoch), Verdict(failure=True))
        with pytest.raises(StoreUnavailable):
            breaker.core.tell()


def test_what_a_dead_owner_held_counts_until_it_is_reconciled(kit):
    """A killed process's share stays spent; an operator settles it as spent, or gives it back."""
    pricing = flat_price(monthly_limit=Decimal("0.04"), hard_stop=True)
    journal = kit.journal()
    for _ in range(3):
        assert isinstance(run_blocking(journal.ledger(KEY, pricing).reserve(ONE)), Reservation)
    die(journal)
    survivor = kit.journal()
    ledger = survivor.ledger(KEY, pricing)
    assert isinstance(run_blocking(ledger.reserve(ONE)), Reservation)
    assert isinstance(run_blocking(ledger.reserve(ONE)), BudgetRefusal)
    assert ledger.month().unreconciled == Decimal("0.03")
    (month,) = survivor.reconcile(give_back=True)
    assert (month.amount, month.unreconciled) == (0, 0)
    assert isinstance(run_blocking(ledger.reserve(ONE)), Reservation)


def test_a_closed_journal_returns_what_it_had_not_spent(kit):
    """A clean close leaves nothing reserved, and nothing to reconcile."""
    journal = kit.journal()
    ledger = journal.ledger(KEY, flat_price())
    for _ in range(30):
        reservation = ledger.reserve_nowait(ONE) or run_blocking(ledger.reserve(ONE))
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
        kit.clock.advance(0.05)
    journal.close()
    (month,) = kit.journal().months()
    assert (month.calls, month.reserved, month.unreconciled) == (30, 0, 0)


def test_a_refusal_waits_for_unspent_shares_of_the_living(tmp_path):
    """What one process holds unspent is clawed back before another is refused: together they spend the budget to the last call."""
    pricing = flat_price(monthly_limit=Decimal("3.00"), hard_stop=True)

    def opened():
        return open_journal(
            "sqlite:///s.db", clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=tmp_path
        )

    one, other = opened(), opened()
    spent = 0
    ledger = one.ledger(KEY, pricing)
    for _ in range(60):
        reservation = ledger.reserve_nowait(ONE) or run_blocking(ledger.reserve(ONE))
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
        spent += 1
    while isinstance(run_blocking(other.ledger(KEY, pricing).reserve(ONE)), Reservation):
        spent += 1
    assert spent == 300
    one.close()
    other.close()


def test_a_dead_sender_leaves_its_item_pending_or_unknown(kit):
    """With an idempotency key an item goes out again; without one it is parked, for nobody knows whether it was sent."""
    journal = kit.journal()
    for receipt, key in (("keyed", "once"), ("keyless", None)):
        item = QueueItem(receipt, KEY, "create", b"{}", key, None, "", kit.clock.utc_s(), None)
        run_blocking(journal.enqueue(item))
        assert run_blocking(journal.claim()).receipt == receipt
    survivor = kit.journal()
    assert run_blocking(survivor.claim()) is None
    run_blocking(survivor.complete("keyed", state="done"))
    assert [item.state for item in survivor.queue()] == ["sending", "sending"], "another's claim is left alone"
    die(journal)
    assert run_blocking(survivor.claim()).receipt == "keyed"
    assert [(i.receipt, i.state) for i in survivor.queue()] == [("keyed", "sending"), ("keyless", "parked")]


def test_the_cache_is_shared_and_outlives_a_restart(kit):
    """What one process keeps another finds, also later."""
    first = kit.coordination()
    first.cache(KEY).keep("digest", b"1", 200, ttl_s=60)
    first.close()
    assert run_blocking(kit.coordination().cache(KEY).find("digest", ttl_s=60)).data == b"1"


def test_many_threads_share_transactions(kit):
    """Threads that ask at once are answered together, each once, and never past the limit."""
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(1000.0, 150),), on_limit="reject"))
    got = []

    def take():
        for _ in range(25):
            answer = acquire(limiter, kit, wait_s=0.0)
            if isinstance(answer, Permit):
                got.append(answer)
                limiter.finished(answer)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 150


def test_a_caller_cancelled_in_the_middle_of_a_transaction_keeps_nothing(tmp_path):
    """On an event loop the work in a thread goes on after a cancellation; permit and reservation are given back then."""
    import asyncio

    from intertie.adapters.stores import ThreadOffload, open_coordination
    from intertie.core.clock import AsyncioClock

    around = {"clock": AsyncioClock(), "rng": SystemRng(), "offload": ThreadOffload(), "root": tmp_path}
    coordination = open_coordination("sqlite:///s.db", **around)
    journal = open_journal("sqlite:///s.db", **around)
    limiter = coordination.limiter(KEY, LimiterOptions((Window(1000.0, 1),)))
    ledger = journal.ledger(KEY, flat_price())

    run, go_on = limiter.core._store.run, threading.Event()

    def slowly(gather, **options):
        replies = run(gather, **options)
        go_on.wait(PATIENCE_S)
        return replies

    limiter.core._store.run = slowly

    async def cancelled(work):
        task = asyncio.ensure_future(work)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

    async def scene():
        await cancelled(limiter.acquire(deadline_s=AsyncioClock().monotonic_s() + 5))
        await cancelled(ledger.reserve(ONE))

    asyncio.run(scene())  # ends with its executor, so the work is done afterwards
    assert isinstance(asyncio.run(limiter.acquire(deadline_s=AsyncioClock().monotonic_s() + 1)), Permit)
    month = ledger.month()
    assert (month.calls, month.reserved) == (0, 0)
    coordination.close()
    journal.close()
