"""While another process holds the file, no verb that a call needs does I/O on the loop, and each caller leaves in time.

That store I/O on a loop's thread raises is switched on for the whole suite, in `tests/conftest.py`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from intertie.adapters.stores import StoreUnavailable, ThreadOffload, open_coordination, open_journal
from intertie.adapters.stores.blocking import LoopBlockedError, refuses_on_loops
from intertie.adapters.stores.errors import StoreLocked
from intertie.adapters.stores.sqlite.combining import Combiner
from intertie.core.clock import AsyncioClock
from intertie.core.errors import Reach
from intertie.core.money import ONE_UNIT
from intertie.core.rng import SystemRng
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import (
    Admission,
    CallRecord,
    LimitRefusal,
    Permit,
    QueueItem,
    Reservation,
    ServerHint,
    Verdict,
)
from support.held_file import held
from support.pace import PATIENCE_S
from support.store_kit import KEY, flat_price

ONE = ONE_UNIT
FAILED = Verdict(failure=True)
CLOCK = AsyncioClock()


@pytest.fixture
def stores(tmp_path):
    around = {"clock": CLOCK, "rng": SystemRng(), "offload": ThreadOffload(), "root": tmp_path}
    coordination = open_coordination("sqlite:///state.db", **around)
    journal = open_journal("sqlite:///journal.db", **around)
    yield coordination, journal
    coordination.close()
    journal.close()


def soon(seconds: float = 0.1) -> float:
    return CLOCK.monotonic_s() + seconds


def record(operation: str = "get") -> CallRecord:
    return CallRecord(KEY, "c", 0.0, operation, "", "success", 200, 1, 0.1, None, None, None, "yes")


def test_store_io_on_a_loop_raises_in_every_test(stores):
    """A verb that blocks a loop fails the test that calls it, unless it is meant for an operator's hand."""
    coordination, _ = stores

    async def scene():
        with pytest.raises(LoopBlockedError):
            coordination._database.read("SELECT 1")
        with pytest.raises(LoopBlockedError), coordination._database.write():
            pass
        coordination.limiter(KEY, LimiterOptions()).snapshot()

    assert refuses_on_loops()
    asyncio.run(scene())
    assert coordination._database.read("SELECT 1") == [(1,)]


def test_nothing_is_refused_where_nobody_asked_for_it():
    """An application's own mistake costs it a moment of its loop, never a call: only tests switch it on."""
    asked = "from intertie.adapters.stores.blocking import refuses_on_loops; print(refuses_on_loops())"
    assert subprocess.check_output([sys.executable, "-c", asked], text=True) == "False\n"


def test_no_verb_of_a_call_does_io_on_the_loop(stores, tmp_path):
    """With both files held, every verb that a call needs ends by the call's deadline, and none touches a file on the loop."""
    coordination, journal = stores
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 10),), concurrent=5))
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=100))
    ledger = journal.ledger(KEY, flat_price())
    cache = coordination.cache(KEY)

    async def before():
        permit = await limiter.acquire(deadline_s=soon(PATIENCE_S))
        admission = await breaker.admit(lease_until_s=soon(PATIENCE_S))
        reservation = await ledger.reserve(ONE, deadline_s=soon(PATIENCE_S))
        assert isinstance(permit, Permit)
        assert isinstance(admission, Admission)
        assert isinstance(reservation, Reservation)
        return permit, admission, reservation

    async def while_held():
        await asyncio.gather(*(breaker.record(admission, FAILED, deadline_s=soon()) for _ in range(20)))
        await limiter.observe(ServerHint(pause_s=5.0, throttled=True), deadline_s=soon())
        assert await breaker.still_admitted(admission, deadline_s=soon())
        breaker.record_later(admission, FAILED)
        breaker.release(Admission(admission.epoch, "1.1"))
        assert breaker.known().failures == 21
        limiter.finished(permit)
        limiter.give_back(permit)
        assert isinstance(await limiter.acquire(deadline_s=soon()), LimitRefusal)
        assert isinstance(await breaker.admit(lease_until_s=soon()), Admission)
        ledger.settle(reservation, quantity=ONE, reached=Reach.YES)
        cache.keep("digest", b"1", 200, ttl_s=60.0)
        assert await cache.find("another", ttl_s=60.0, deadline_s=soon()) is None
        journal.record(record())
        coordination.problems()
        journal.problems()
        item = QueueItem("r", KEY, "create", b"{}", None, None, "", 0.0, None)
        for refused in (
            ledger.reserve(1000 * ONE, deadline_s=soon()),
            journal.record_strict(record(), deadline_s=soon()),
            journal.enqueue(item, deadline_s=soon()),
        ):
            with pytest.raises(StoreUnavailable):
                await refused

    permit, admission, reservation = asyncio.run(before())
    with held(tmp_path / "state.db"), held(tmp_path / "journal.db"):
        asyncio.run(while_held())


def test_what_was_not_told_in_time_is_told_later(stores, tmp_path):
    """Failures and a pause that the file did not take in time are in it once it can be written, each once."""
    coordination, _ = stores
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 10),)))
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=100))

    async def scene():
        admission = await breaker.admit(lease_until_s=soon(PATIENCE_S))
        with held(tmp_path / "state.db"):
            await asyncio.gather(*(breaker.record(admission, FAILED, deadline_s=soon()) for _ in range(7)))
            pause_s = await limiter.observe(ServerHint(pause_s=500.0, throttled=True), deadline_s=soon())
        assert pause_s > 400.0

    asyncio.run(scene())
    breaker.core.tell()
    limiter.core._sync()
    other = open_coordination(
        "sqlite:///state.db", clock=CLOCK, rng=SystemRng(), offload=ThreadOffload(), root=tmp_path
    )
    assert other.breaker(KEY, BreakerOptions(failure_threshold=100)).snapshot().failures == 7
    assert 0 < other.limiter(KEY, LimiterOptions((Window(60.0, 10),))).snapshot().paused_for_s <= 500.0
    other.close()


def test_a_failure_whose_caller_is_cancelled_is_counted_once(stores, tmp_path):
    """Cancelled while it waits for the file, a caller leaves at once, and its failure is told later."""
    coordination, _ = stores
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=1, open_s=60.0))

    async def scene():
        admission = await breaker.admit(lease_until_s=soon(PATIENCE_S))
        with held(tmp_path / "state.db"):
            telling = asyncio.ensure_future(breaker.record(admission, FAILED, deadline_s=soon(PATIENCE_S)))
            await asyncio.sleep(0)
            telling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await telling
            assert breaker.known().state == "open"

    asyncio.run(scene())
    breaker.core.tell()
    assert breaker.snapshot().state == "open"


def test_a_probe_of_a_caller_who_left_is_let_go(stores):
    """A caller that is cancelled once a probe is stored for it, and not yet handed over, leaves the place free."""
    coordination, _ = stores
    breaker = coordination.breaker(KEY, BreakerOptions(failure_threshold=1, open_s=0.001))
    transact, stored, go_on = breaker.core._changes._transact, threading.Event(), threading.Event()

    def slowly(take, patience_s):
        answers = transact(take, patience_s)
        stored.set()
        go_on.wait(PATIENCE_S)
        return answers

    async def scene():
        admission = await breaker.admit(lease_until_s=soon(PATIENCE_S))
        await breaker.record(admission, FAILED, deadline_s=soon(PATIENCE_S))
        await CLOCK.sleep_until(soon(0.01))
        breaker.core._changes._transact = slowly
        probing = asyncio.ensure_future(breaker.admit(lease_until_s=soon(600.0)))
        while not stored.is_set():
            await CLOCK.sleep_until(soon(0.001))
        probing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probing
        go_on.set()

    asyncio.run(scene())  # ends with its executor, so what was stored is handed over afterwards
    breaker.core.tell()
    again = asyncio.run(breaker.admit(lease_until_s=soon(PATIENCE_S)))
    assert isinstance(again, Admission)


def test_callers_leave_at_their_own_deadlines(stores, tmp_path):
    """Of eight who ask at once while the file is held, seven are refused before it is let go; the patient one is served then."""
    coordination, _ = stores
    limiter = coordination.limiter(KEY, LimiterOptions((Window(60.0, 10),)))
    asyncio.run(limiter.acquire(deadline_s=soon(PATIENCE_S)))

    async def scene():
        with held(tmp_path / "state.db") as let_go:
            # The first one waits for the file alone. When it gives up, the patient one waits for all who came meanwhile.
            first = asyncio.ensure_future(limiter.acquire(deadline_s=soon(0.4)))
            await CLOCK.sleep_until(soon(0.05))
            patient = asyncio.ensure_future(limiter.acquire(deadline_s=soon(600.0)))
            await asyncio.sleep(0)
            hasty = [first, *(limiter.acquire(deadline_s=soon(0.4 + 0.1 * number)) for number in range(1, 7))]
            answers = await asyncio.gather(*hasty)
            assert not patient.done(), "the hasty ones waited as long as the patient one"
            let_go()
            return answers, await patient

    answers, last = asyncio.run(scene())
    assert {answer.reason for answer in answers} == {"store_busy"}
    assert isinstance(last, Permit)


class Gate:
    """A store whose transactions wait at a gate, at most as long as they are told."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.entered = threading.Event()
        self.batches = []

    def transact(self, take, patience_s):
        self.entered.set()
        if not self.opened.wait(patience_s):
            raise StoreLocked("locked", url="")
        acts = take()
        self.batches.append(len(acts))
        return [(act(None, 0.0), 0.0) for act in acts]

    def combiner(self, offload=None):
        return Combiner(
            self.transact,
            offload=offload or ThreadOffload(),
            monotonic_s=CLOCK.monotonic_s,
            busy=lambda _patience_s: StoreLocked("busy", url=""),
        )


def test_a_synchronous_caller_leaves_while_another_has_the_turn():
    """A thread with little time leaves while one with much waits for the file, and its act is never done."""
    gate, done, left = Gate(), [], []
    combiner = gate.combiner()
    patient = threading.Thread(target=lambda: combiner.run(lambda *_: done.append("patient"), patience_s=PATIENCE_S))
    patient.start()
    assert gate.entered.wait(PATIENCE_S)
    with pytest.raises(StoreLocked):
        combiner.run(lambda *_: done.append("hasty"), patience_s=0.01, left=left.append)
    assert patient.is_alive()
    gate.opened.set()
    patient.join()
    assert (done, left) == (["patient"], [None])


def test_those_with_time_left_outlast_the_one_who_had_the_turn():
    """The one who waits for the file gives up first; the others go on waiting and are served together."""
    gate, done = Gate(), []
    combiner = gate.combiner()
    threads = []

    def ask(number, patience_s):
        try:
            combiner.run(lambda *_: done.append(number), patience_s=patience_s)
        except StoreLocked:
            done.append("gave up")
            gate.opened.set()

    hasty = threading.Thread(target=ask, args=(0, 0.2))
    hasty.start()
    assert gate.entered.wait(PATIENCE_S)
    threads = [threading.Thread(target=ask, args=(number, PATIENCE_S)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in (hasty, *threads):
        thread.join()
    assert done[0] == "gave up"
    assert sorted(done[1:]) == [1, 2, 3, 4]


def test_one_thread_works_for_all_on_a_loop():
    """However many wait on a loop, one thread waits for the file, and one transaction answers them all."""
    gate = Gate()
    combiner = gate.combiner()

    async def scene():
        asked = [
            asyncio.ensure_future(combiner.ask(lambda *_, n=number: n, patience_s=PATIENCE_S)) for number in range(50)
        ]
        await asyncio.sleep(0)
        threads = threading.active_count()
        gate.opened.set()
        answers = await asyncio.gather(*asked)
        return threads, [answer for answer, _ in answers]

    before = threading.active_count()
    threads, answers = asyncio.run(scene())
    assert answers == list(range(50))
    assert threads - before <= 1
    assert gate.batches == [50]


def test_who_comes_after_a_thread_that_could_not_start_is_served():
    """A process that is out of threads for a moment fails one caller, and wedges nothing."""
    gate, start = Gate(), ThreadOffload.start
    gate.opened.set()

    class Spent(ThreadOffload):
        spent = True

        def start(self, work, /):
            if self.spent:
                self.spent = False
                msg = "can't start new thread"
                raise RuntimeError(msg)
            start(self, work)

    combiner = gate.combiner(Spent())

    async def scene():
        with pytest.raises(RuntimeError, match="new thread"):
            await combiner.ask(lambda *_: 1, patience_s=PATIENCE_S)
        return await combiner.ask(lambda *_: 2, patience_s=PATIENCE_S)

    assert asyncio.run(scene()) == (2, 0.0)
    assert gate.batches == [1]


def test_an_error_after_a_transaction_began_reaches_all_of_its_batch():
    """A file that fails in the middle fails everybody who was in it, and `left` says that nothing was stored."""
    left = []

    def transact(take, patience_s):
        take()
        raise OSError("disk full")

    combiner = Gate().combiner()
    combiner._transact = transact

    async def scene():
        asked = (combiner.ask(lambda *_: 1, patience_s=PATIENCE_S, left=left.append) for _ in range(3))
        return await asyncio.gather(*asked, return_exceptions=True)

    errors = asyncio.run(scene())
    assert [type(error) for error in errors] == [StoreUnavailable] * 3
    assert left == [None] * 3
