"""One integration in many threads, tasks and processes, on real sockets and the default state in files."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import intertie
from support.kill_workspace import (
    PRICE,
    Diary,
    make_workspace,
    no_limit_was_exceeded,
    note_permits,
    once_no_dead_prober_holds_the_circuit,
    sign,
)
from support.pace import PATIENCE_S, at_any_pace
from support.witness import SLOW, UNAVAILABLE, UP, Witness

TESTS = Path(__file__).parents[2]


@pytest.fixture
def witness(tmp_path, monkeypatch):
    monkeypatch.setenv("WITNESS_SENDER", str(os.getpid()))
    with Witness(tmp_path / "seen") as witness:
        yield witness


@pytest.fixture
def spec(tmp_path, witness):
    return make_workspace(tmp_path, witness.url, limit=2000, concurrent=64, total_s=PATIENCE_S)


def eventually(look, wanted, within_s=PATIENCE_S):
    """Look until it is as wanted: what is told to a store in groups is there within moments."""
    end_s = time.monotonic() + within_s
    while (found := look()) != wanted and time.monotonic() < end_s:
        time.sleep(0.02)
    assert found == wanted


def taken(api) -> tuple[int, int, Decimal, int]:
    """In flight, waiting, reserved, and connections in use."""
    now = api.statistics()
    used = now.transport["open"] - now.transport["idle"]
    return now.limiter.in_flight, now.limiter.waiting, now.ledger.reserved, used


NOTHING = (0, 0, Decimal(0), 0)


async def soon_nothing(api) -> None:
    """The same on a loop, which must go on meanwhile."""
    end_s = time.monotonic() + PATIENCE_S
    while taken(api) != NOTHING and time.monotonic() < end_s:  # noqa: ASYNC110  # the store tells nobody when it was told
        await asyncio.sleep(0.02)
    assert taken(api) == NOTHING


def forked(work) -> int:
    """Do `work` in a forked child; return the child's process id. The child ends with 0 where it did not raise."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001  # told where the parent's test shows it
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)
    return child


def ended_well(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def pay(api, name: str, times: int) -> None:
    """Each answer must be that of its own call."""
    for number in range(times):
        assert api.pay(marker=f"{name}:{number}")["marker"] == f"{name}:{number}"


def test_many_threads_share_one_integration(spec, witness):
    """Sixteen threads get their own answers; every call is billed once and nothing stays taken."""
    failures: list[BaseException] = []
    with intertie.open(spec) as api:

        def life(name: str) -> None:
            try:
                pay(api, name, 20)
            except BaseException as failure:  # noqa: BLE001  # the test tells it
                failures.append(failure)

        threads = [threading.Thread(target=life, args=(f"t{number}",)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        eventually(lambda: taken(api), NOTHING)
        month = api.statistics().ledger
    seen = witness.seen()
    assert len(seen) == len({request.key for request in seen}) == 320
    assert (month.calls, month.amount) == (320, Decimal(PRICE) * 320)


def test_two_hundred_calls_at_once_on_one_loop(spec, witness):
    """`asyncio.gather` of two hundred calls: each its own answer, at most as many in flight as declared."""

    async def all_at_once():
        async with intertie.open_async(spec) as api:
            answers = await asyncio.gather(*(api.pay(marker=f"g:{number}") for number in range(200)))
            assert [answer["marker"] for answer in answers] == [f"g:{number}" for number in range(200)]
            await soon_nothing(api)
            return api.statistics()

    now = asyncio.run(all_at_once())
    assert len(witness.seen()) == 200
    assert now.ledger.calls == 200
    assert now.transport["opened_total"] <= 64


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # asyncio's own, about what the closed loop left behind
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_integration_outlives_a_loop(spec, witness):
    """Connections belong to their loop, the integration does not: a second `asyncio.run` goes on with it."""
    kept = []

    async def first():
        kept.append(intertie.open_async(spec))
        return (await kept[0].look(marker="one")).status

    async def second():
        async with kept[0] as api:
            return (await api.look(marker="two")).status

    assert [asyncio.run(first()), asyncio.run(second())] == [200, 200]
    gc.collect()  # what the closed loop left behind is warned about here, not in the next test
    assert [request.marker for request in witness.seen()] == ["one", "two"]


def test_cancelled_tasks_keep_nothing_and_every_request_is_billed(spec, witness):
    """Three hundred tasks are cancelled at random instants, on real sockets and files; then nothing is taken and all that was seen is paid."""
    rng = random.Random(5)
    witness.mode = SLOW

    async def storm():
        async with intertie.open_async(spec) as api:
            for _ in range(6):
                tasks = [asyncio.ensure_future(api.pay(marker=f"c:{rng.random()}")) for _ in range(50)]
                for task in tasks:
                    await asyncio.sleep(rng.random() * 0.005)
                    rng.choice(tasks).cancel()
                    if rng.random() < 0.5:
                        task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            await soon_nothing(api)
            witness.mode = UP
            after = await api.look(marker="after")
            assert (after.attempts, taken(api)[1]) == (1, 0)
            return api.statistics().ledger

    month = asyncio.run(storm())
    seen = witness.seen()
    assert len(seen) > 50
    # A request that was cancelled while it was written may not have been seen; one that was seen is paid.
    assert len(seen) <= month.calls <= 301


@pytest.mark.parametrize("when", ["before any call", "after calls", "in a thread's middle"])
def test_a_fork_after_opening_gives_two_that_work(spec, witness, when):
    """Parent and child go on with what was opened before the fork; neither gets the other's answers, each call is billed once."""
    with intertie.open(spec) as api:
        busy = threading.Thread(target=pay, args=(api, "busy", 60))
        if when == "after calls":
            pay(api, "early", 10)
        elif when == "in a thread's middle":
            busy.start()
            eventually(lambda: len(witness.seen()) > 5, wanted=True)

        def life() -> None:
            pay(api, "child", 30)
            eventually(lambda: taken(api), NOTHING)
            api.close()

        child = forked(life)
        pay(api, "parent", 30)
        assert ended_well(child)
        if busy.ident is not None:
            busy.join()
        eventually(lambda: taken(api), NOTHING)
        month = api.statistics().ledger
    assert month.calls == len(witness.seen()) == {"before any call": 60, "after calls": 70}.get(when, 120)
    assert (month.unreconciled, month.reserved) == (0, 0)


def test_two_processes_share_a_limit(tmp_path, witness, monkeypatch):
    """Two processes flat out, with more to send than fits into two windows: in no second do they get more permits than the spec allows, and no request comes before its permit."""
    spec = make_workspace(tmp_path / "two", witness.url, limit=60, total_s=PATIENCE_S)
    diary = Diary(tmp_path / "diary")
    note_permits(diary, monkeypatch)

    def life() -> None:
        sign()
        with intertie.open(spec) as api:
            for _ in range(75):
                api.look(marker="x")

    children = [forked(life), forked(life)]
    assert [ended_well(child) for child in children] == [True, True]
    seen = witness.seen()
    diary.close()
    assert Counter(int(request.sender) for request in seen) == dict.fromkeys(children, 75)
    no_limit_was_exceeded(diary, seen, limit=60)


@at_any_pace(1.0, 8.0, 30.0)
def test_two_processes_share_a_breaker(tmp_path, witness, pace_s):
    """What one process saw fail opens the circuit of the other; the other's probes close it for the first.

    The pace is how long the circuit stays open: longer than the other process takes to start.
    """
    spec = make_workspace(tmp_path / f"{pace_s}", witness.url, total_s=PATIENCE_S, open_s=pace_s)
    witness.mode = UNAVAILABLE
    never = f"never:{pace_s}"
    with intertie.open(spec) as api:
        for _ in range(2):
            with pytest.raises(intertie.ServiceError):
                api.look(marker="down")

        def finds_it_open() -> None:
            with intertie.open(spec) as other, pytest.raises(intertie.CircuitOpen):
                other.look(marker=never)

        assert ended_well(forked(finds_it_open))
        witness.mode = UP

        def probes() -> None:
            with intertie.open(spec) as other:
                assert once_no_dead_prober_holds_the_circuit(other).status == 200
                assert other.look(marker="probe").status == 200

        assert ended_well(forked(probes))
        eventually(lambda: [breaker.state for breaker in api.statistics().breakers.values()], ["closed"])
        assert api.look(marker="up").status == 200
    assert never not in {request.marker for request in witness.seen()}


def test_a_call_after_a_quiet_time_is_soon_known_to_all(spec):
    """What one process did is settled for the others within moments, though it does nothing more."""
    with intertie.open(spec) as api, intertie.open(spec) as other:
        for calls in (1, 2):
            api.look(marker="x")
            eventually(lambda: (other.statistics().ledger.calls, other.statistics().ledger.reserved), (calls, 0))
            time.sleep(1.3)  # shares end, and nothing is left to do


UNCLOSED = """
import asyncio, sys, intertie
if sys.argv[2] == "sync":
    api = intertie.open(sys.argv[1])
    for _ in range(3):
        api.look(marker="x")
else:
    async def main():
        global api
        api = intertie.open_async(sys.argv[1])
        for _ in range(3):
            await api.look(marker="x")
    asyncio.run(main())
"""
CLOSED = """
import asyncio, gc, sys, intertie
with intertie.open(sys.argv[1]) as api:
    api.look(marker="x")
del api
async def main():
    async with intertie.open_async(sys.argv[1]) as api:
        await api.look(marker="x")
asyncio.run(main())
gc.collect()
"""


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_program_that_forgets_to_close_ends_quietly_and_billed(spec, witness, face):
    """At exit what is grouped is written and what is leased goes back, and nothing is printed."""
    done = subprocess.run(
        [sys.executable, "-c", UNCLOSED, str(spec), face],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with intertie.open(spec) as api:
        month = api.statistics().ledger
    assert (month.calls, month.reserved, month.unreconciled) == (3, 0, 0)


def test_a_program_that_closes_warns_of_nothing(spec, witness):
    """In development mode with warnings as errors, an integration that was closed leaves no socket, file, task or thread to warn of."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", CLOSED, str(spec)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    quiet = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]  # a slow machine's turn
    assert (done.returncode, done.stdout, quiet) == (0, "", [])
