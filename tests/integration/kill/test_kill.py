"""Real processes on one workspace, killed at random instants: what the service saw against what the journal holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import time
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

import intertie
from intertie.cli.main import run
from support.kill_workspace import (
    PRICE,
    Diary,
    Herd,
    make_workspace,
    no_limit_was_exceeded,
    note_permits,
    once_no_dead_prober_holds_the_circuit,
    work,
    work_async,
)
from support.pace import wait_until
from support.witness import REFUSING, SLOW, UNAVAILABLE, UP, Witness

pytestmark = pytest.mark.kill


@pytest.fixture
def diary(tmp_path, monkeypatch):
    diary = Diary(tmp_path / "diary")
    note_permits(diary, monkeypatch)
    monkeypatch.setenv("WITNESS_SENDER", str(os.getpid()))
    yield diary
    diary.close()


@contextlib.contextmanager
def herding(herd: Herd):
    try:
        yield herd
    finally:
        herd.end()


def test_processes_killed_everywhere_break_no_promise(tmp_path, diary, capfd):
    """A hundred and fifty workers die amid calls, waits, outages and replays: nothing is exceeded, unbilled, lost, doubled or wedged."""
    rng = random.Random(20261124)
    with Witness(tmp_path / "seen") as witness:
        spec = make_workspace(tmp_path, witness.url)
        before_fork = intertie.open(spec)
        before_fork.look(marker="parent:0")

        async def opened_on_a_loop(name: str, own: random.Random) -> None:
            await work_async(intertie.open_async(spec), name, diary, own)

        def life(name: str) -> None:
            own = random.Random(name)
            match int(name[1:]) % 4:
                case 0:  # some inherit what was opened before the fork, most open their own
                    work(before_fork, name, diary, own)
                case 1:
                    asyncio.run(opened_on_a_loop(name, own))
                case _:
                    work(intertie.open(spec), name, diary, own)

        with herding(Herd(life, rng)) as herd:
            herd.grow(6)
            while herd.kills < 150:
                time.sleep(rng.uniform(0.05, 0.4))
                witness.mode = rng.choices([UP, SLOW, UNAVAILABLE, REFUSING], weights=[6, 1, 1, 2])[0]
                herd.kill(rng.randint(1, 5))
                if rng.random() < 0.2:
                    with contextlib.suppress(intertie.CallError):
                        before_fork.look(marker="parent:1")  # the parent holds shares of its own meanwhile
                herd.grow(6)
            witness.mode = UP
            time.sleep(1.0)
        assert herd.kills >= 150
        before_fork.close()

        with intertie.open(spec) as api:
            final = once_no_dead_prober_holds_the_circuit(api)
            # What the dead had leased occupies its window for at most a share's life and the window itself: were it for
            # longer than the call's `total`, it would be refused.
            assert (final.attempts, final.fallback) == (1, None)
            api.look(marker="final:1")  # where the circuit was half-open, two successes close it
            assert {breaker.state for breaker in api.statistics().breakers.values()} == {"closed"}
            report = api.replay_queue()
            assert report.stopped is None
            wait_until(lambda: api.statistics().limiter.in_flight == 0)  # its own share's places, until the share ends
        seen = witness.seen()
    assert len(seen) > 500
    no_limit_was_exceeded(diary, seen)
    no_queued_call_was_lost(tmp_path, diary, seen, capfd)
    none_took_effect_twice(seen)
    every_call_is_covered(tmp_path, seen, budget=Decimal(5000), capfd=capfd)
    the_files_are_whole(tmp_path)


def test_processes_killed_while_they_spend_never_pass_the_budget(tmp_path, diary, capfd):
    """Fifty workers die as fast as they spend: the service never sees more than is paid for, and in the end the rest is refused."""
    rng = random.Random(7)
    with Witness(tmp_path / "seen") as witness:
        # No limit to speak of, so that each dies with much of its share spent and not yet told.
        spec = make_workspace(tmp_path, witness.url, budget="30.00", limit=5000)
        intertie.open(spec).close()  # every module is known before the first fork

        def life(name: str) -> None:
            work(intertie.open(spec), name, diary, random.Random(name), operations=("look",))

        with herding(Herd(life, rng)) as herd:
            while herd.kills < 50 or not diary.lines("refused"):
                herd.grow(3)
                time.sleep(rng.uniform(0.1, 0.35))
                herd.kill(rng.randint(1, 3))
        with intertie.open(spec) as api, pytest.raises(intertie.BudgetExceeded):
            spend_the_rest(api)
        seen = witness.seen()
    no_limit_was_exceeded(diary, seen, limit=5000)
    none_took_effect_twice(seen)
    every_call_is_covered(tmp_path, seen, budget=Decimal("30.00"), capfd=capfd)
    the_files_are_whole(tmp_path)


def spend_the_rest(api) -> None:
    while True:
        api.look(marker="final:0")


def no_queued_call_was_lost(root, diary, seen, capfd) -> None:
    queued = {receipt: (marker, operation) for marker, operation, receipt in diary.lines("queued")}
    assert len(queued) > 50
    states = states_of(root, capfd)
    effects = Counter(request.marker for request in seen if request.what == "effect")
    for receipt, (marker, operation) in queued.items():
        # Only the newest thousand that ended are kept: of an older one the service tells.
        state = states.get(receipt, "done")
        if state == "done":
            assert effects[marker] == 1, (receipt, marker)
        else:
            assert (state, operation) == ("parked", "note"), (receipt, state)
            assert effects[marker] <= 1


def states_of(root, capfd) -> dict[str, str]:
    capfd.readouterr()
    assert run(["--workspace", str(root), "queue", "list", "--all", "--format", "json"]) == 0
    return {item["receipt"]: item["state"] for item in json.loads(capfd.readouterr().out)["items"]}


def none_took_effect_twice(seen) -> None:
    effects = Counter(request.marker for request in seen if request.what == "effect")
    assert set(effects.values()) <= {1}
    keys = defaultdict(set)
    tries = Counter()
    for request in seen:
        if request.operation == "pay":
            keys[request.marker].add(request.key)
        elif request.operation == "note" and request.what != "unavailable":
            tries[request.marker] += 1
    assert {len(of_marker) for of_marker in keys.values()} <= {1}, "a call was sent under two keys"
    assert set(tries.values()) <= {1}, "a write without a key was sent again though it may have taken effect"


def every_call_is_covered(root, seen, *, budget, capfd) -> None:
    capfd.readouterr()
    price = Decimal(PRICE)
    assert run(["--workspace", str(root), "report", "cost", "--format", "json"]) == 0
    (line,) = json.loads(capfd.readouterr().out)["integrations"]
    amount, reserved, left = (Decimal(line[name]["amount"]) for name in ("amount", "reserved", "unreconciled"))
    assert reserved == 0
    assert left > 0, "nobody was killed with a share in hand"
    assert price * len(seen) <= amount + left <= budget
    assert run(["--workspace", str(root), "budget", "reconcile", "--format", "json"]) == 0
    (settled,) = json.loads(capfd.readouterr().out)["reconciled"]
    assert Decimal(settled["amount"]["amount"]) == amount + left
    assert run(["--workspace", str(root), "report", "cost", "--format", "json"]) == 0
    (line,) = json.loads(capfd.readouterr().out)["integrations"]
    assert Decimal(line["unreconciled"]["amount"]) == 0


def the_files_are_whole(root) -> None:
    files = list((root / ".intertie").glob("*.db"))
    assert files
    for file in files:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
