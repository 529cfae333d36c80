"""The line of a process: no overtaking, one question at a time, turns that follow demand, and nothing that stays behind."""

from __future__ import annotations

import asyncio
import threading

import pytest

from intertie.adapters.stores import ThreadOffload, open_coordination
from intertie.adapters.stores.blocking import blocks
from intertie.core.clock import AsyncioClock
from intertie.core.rng import SystemRng
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit, PermitLapsed, ServerHint
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import run_virtual
from support.pace import PATIENCE_S
from support.scheduling import LoopOffload, LoopScheduler
from support.store_kit import KEY, StoreKit, acquired, per_second, sent


def opened(kit, options, processes=1):
    """Return the limiters of so many processes, whose background runs in virtual time, and their exchanges with the store."""
    exchanges = []
    limiters = []
    for _ in range(processes):
        store = kit.coordination()
        if kit.backend == "sqlite":
            store._background.stop()
            store._background = LoopScheduler(kit.clock)
        limiter = store.limiter(KEY, options)
        if kit.backend == "sqlite":
            limiter.core._store.run = counted(limiter.core._store.run, exchanges)
        limiters.append(limiter)
    return limiters, exchanges


def counted(run, exchanges):
    def running(gather, **options):
        exchanges.append(1)
        return run(gather, **options)

    return running


@pytest.mark.parametrize("limit", [3, 40])
def test_nobody_overtakes(kit, limit):
    """Callers that come one after another, each asking in its own way, are served in the order in which they came."""
    (limiter,), _ = opened(kit, per_second(limit))
    served = []

    async def one(number):
        await kit.clock.sleep_until(1000.0 + number * 0.003)
        permit = limiter.acquire_nowait() or await limiter.acquire(deadline_s=5000.0)
        served.append(number)
        await kit.clock.sleep_until(kit.clock.monotonic_s() + 0.001 * (number % 7))
        sent(permit)
        limiter.finished(permit)

    async def crowd():
        await asyncio.gather(*(one(number) for number in range(8 * limit)))

    run_virtual(crowd(), kit.clock)
    assert served == sorted(served)


def test_who_takes_anew_stands_at_the_head(kit):
    """A permit that lapsed is taken anew before all who wait, since its turn had come."""
    (limiter,), _ = opened(kit, per_second(1))
    served = []

    async def late():
        permit = await limiter.acquire(deadline_s=5000.0)
        await kit.clock.sleep_until(permit.not_after_s + 0.01)
        with pytest.raises(PermitLapsed):
            permit.departing()
        limiter.give_back(permit)
        sent(await limiter.acquire(deadline_s=5000.0, again=True))
        served.append("late")

    async def waiting(number):
        sent(await limiter.acquire(deadline_s=5000.0))
        served.append(number)

    async def scene():
        first = sent(await limiter.acquire(deadline_s=5000.0))
        limiter.finished(first)
        task = asyncio.ensure_future(late())
        await asyncio.sleep(0)
        await asyncio.gather(task, waiting(1), waiting(2))

    run_virtual(scene(), kit.clock)
    # In memory its room may be another's by then; behind that one it is the next.
    assert served in ([1, "late", 2], ["late", 1, 2])


def test_those_who_take_anew_keep_their_order(kit):
    """Of several whose permits lapsed, the one that came back first goes first."""
    (limiter,), _ = opened(kit, per_second(3))
    served = []

    async def anew(number):
        sent(await limiter.acquire(deadline_s=5000.0, again=True))
        served.append(number)

    async def scene():
        permits = [await limiter.acquire(deadline_s=5000.0) for _ in range(3)]
        await kit.clock.sleep_until(kit.clock.monotonic_s() + 2.0)
        for permit in permits:
            with pytest.raises(PermitLapsed):
                permit.departing()
            limiter.give_back(permit)
        await limiter.observe(ServerHint(pause_s=2.0), deadline_s=5000.0)
        await asyncio.gather(*(anew(number) for number in range(3)))

    run_virtual(scene(), kit.clock)
    assert served == [0, 1, 2]


def test_waiting_costs_nothing_beyond_granting(tmp_path):
    """Two hundred callers wait at one a second: the store is asked about once for each permit, however many wait."""
    kit = StoreKit("sqlite", tmp_path)
    (limiter,), exchanges = opened(kit, per_second(1))

    async def one():
        permit = sent(await limiter.acquire(deadline_s=5000.0))
        await kit.clock.sleep_until(kit.clock.monotonic_s() + 0.01)
        limiter.finished(permit)

    async def crowd():
        await asyncio.gather(*(one() for _ in range(200)))

    run_virtual(crowd(), kit.clock)
    assert kit.clock.monotonic_s() < 1000.0 + 201
    assert len(exchanges) <= 200 * 1.1 + 10
    kit.close()


@pytest.mark.parametrize("limit", [4, 20, 400])
def test_turns_between_processes_follow_demand(tmp_path, limit):
    """Of two processes with eight and twenty-four callers one gets a quarter of the limit, the other three quarters."""
    kit = StoreKit("sqlite", tmp_path)
    limiters, _ = opened(kit, per_second(limit), processes=2)
    for limiter in limiters:
        limiter.core._offload = LoopOffload()
        limiter.core._is_at_work = lambda: False  # its work is the loop's own
    taken = [0, 0]

    async def caller(which):
        until_s = 1010.0
        while kit.clock.monotonic_s() < until_s:
            permit = sent(await limiters[which].acquire(deadline_s=until_s + 10.0))
            taken[which] += kit.clock.monotonic_s() > 1002.0  # the first second's permits lay ready
            await kit.clock.sleep_until(kit.clock.monotonic_s() + 0.004)
            limiters[which].finished(permit)

    async def crowd():
        await asyncio.gather(*(caller(0) for _ in range(8)), *(caller(1) for _ in range(24)))

    run_virtual(crowd(), kit.clock)
    assert 0.2 <= taken[0] / sum(taken) <= 0.3
    assert sum(taken) >= 7.5 * limit
    kit.close()


def test_a_caller_is_refused_at_once_where_its_turn_can_not_come_in_time(kit):
    """Behind ten others at one a second, who has five seconds is told so without waiting; who has twelve gets its turn."""
    (limiter,), _ = opened(kit, per_second(1))

    async def one(wait_s):
        began_s = kit.clock.monotonic_s()
        answer = sent(await limiter.acquire(deadline_s=began_s + wait_s))
        return isinstance(answer, Permit), kit.clock.monotonic_s() - began_s

    async def crowd():
        waiting = [asyncio.ensure_future(one(100.0)) for _ in range(11)]
        await asyncio.sleep(0.01)
        hasty = await one(5.0)
        patient = asyncio.ensure_future(one(12.0))
        await asyncio.gather(*waiting)
        return hasty, await patient

    hasty, patient = run_virtual(crowd(), kit.clock)
    assert hasty == (False, 0.0)
    assert patient[0]


@pytest.mark.parametrize("left_s", [0.001, 0.5, 3.0])
def test_cancelled_callers_leave_nothing_behind(kit, left_s):
    """However many leave the line, and whoever leads it: the next ones get their turns at the limit's pace."""
    (limiter,), _ = opened(kit, per_second(2))

    async def scene():
        tasks = [asyncio.ensure_future(one()) for _ in range(20)]
        await kit.clock.sleep_until(1000.0 + left_s)
        for task in tasks[::2]:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        return [answer for answer in answers if isinstance(answer, float)]

    async def one():
        limiter.finished(sent(await limiter.acquire(deadline_s=5000.0)))
        return kit.clock.monotonic_s()

    stamps = run_virtual(scene(), kit.clock)
    assert len(stamps) >= 10
    assert max(stamps) <= 1000.0 + 12
    assert limiter.snapshot().waiting == 0


def test_threads_and_tasks_stand_in_one_line(tmp_path):
    """Threads that come after tasks, on another loop, are served after them; one of them leads where the task has left."""
    stores = {
        "clock": AsyncioClock(), "rng": SystemRng(), "offload": ThreadOffload(), "root": tmp_path,
    }  # fmt: skip
    coordination = open_coordination("memory://", **stores)
    limiter = coordination.limiter(KEY, LimiterOptions((Window(0.1, 1),), margin_s=0.0))
    served, standing = [], threading.Semaphore(0)

    def on_a_loop_of_its_own(name, ahead):
        async def one():
            task = asyncio.ensure_future(limiter.acquire(deadline_s=AsyncioClock().monotonic_s() + PATIENCE_S))
            await asyncio.sleep(0)
            standing.release()
            served.append((name, sent(await task)))

        asyncio.run(one())

    sent(asyncio.run(limiter.acquire(deadline_s=AsyncioClock().monotonic_s() + PATIENCE_S)))
    threads = []
    for number in range(6):
        thread = threading.Thread(target=on_a_loop_of_its_own, args=(number, number))
        thread.start()
        assert standing.acquire(timeout=PATIENCE_S)
        threads.append(thread)
    for thread in threads:
        thread.join()
    stamps = [permit.stamp_s for _, permit in sorted(served, key=lambda one: one[0])]
    assert stamps == sorted(stamps)
    coordination.close()


def test_an_interrupt_in_line_leaves_nothing_behind(kit):
    """Whatever is raised while a blocking caller waits goes through, and its place is free."""
    (limiter,), _ = opened(kit, per_second(1))
    sent(run_blocking(limiter.acquire(deadline_s=5000.0)))
    bell = kit.clock.bell

    class Interrupted:
        def ring(self):
            pass

        async def wait_until(self, instant_s, *, working=False):
            raise KeyboardInterrupt

    kit.clock.bell = Interrupted
    with pytest.raises(KeyboardInterrupt):
        run_blocking(limiter.acquire(deadline_s=5000.0))
    kit.clock.bell = bell
    assert limiter.snapshot().waiting == 0
    assert isinstance(run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s())), LimitRefusal)
    assert isinstance(run_blocking(limiter.acquire(deadline_s=5000.0)), Permit)


@pytest.fixture
def shared(tmp_path):
    made = StoreKit("sqlite", tmp_path)
    yield made
    made.close()


def test_nothing_departs_uncounted_once_a_store_is_closed(shared):
    """What has a permit when its process closes the store leaves no more, or counts: another process may use the rest."""
    (closing, other), _ = opened(shared, per_second(3), processes=2)
    waits, leaves = (run_blocking(closing.acquire(deadline_s=1060.0)) for _ in range(2))
    leaves.departing()
    closing.core.close()
    with pytest.raises(PermitLapsed):
        waits.departing()
    leaves.departed()
    closing.finished(leaves)
    closing.give_back(waits)
    taken = [acquired(other, shared, wait_s=0.0) for _ in range(3)]
    assert [isinstance(one, Permit) for one in taken] == [True, True, False]


def test_who_waits_for_a_turn_hears_that_the_store_is_closed(shared):
    """Neither whoever stands in line nor whoever comes later goes on alone."""
    (limiter,), _ = opened(shared, per_second(1))

    async def crowd():
        sent(await limiter.acquire(deadline_s=5000.0))
        waiting = [asyncio.ensure_future(limiter.acquire(deadline_s=5000.0)) for _ in range(3)]
        await shared.clock.sleep_until(shared.clock.monotonic_s() + 0.2)
        blocks(limiter.core.close)()
        answers = [*await asyncio.gather(*waiting), await limiter.acquire(deadline_s=5000.0)]
        assert [answer.reason for answer in answers] == ["closed"] * 4
        assert limiter.acquire_nowait() is None

    run_virtual(crowd(), shared.clock)
