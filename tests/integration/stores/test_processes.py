"""Real processes on one SQLite file, in real time, killed at random."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from intertie.adapters.stores import InlineOffload, open_journal
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.stepping import run_blocking
from support.pace import PATIENCE_S
from support.store_kit import most_within
from support.store_worker import BUDGET_CALLS, URL, queue_until_killed, spend_until_killed

TESTS = Path(__file__).parents[2]


def start(work: str, root: Path) -> subprocess.Popen:
    path = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    command = [sys.executable, "-m", "support.store_worker", work, str(root)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdin=pipe, stdout=pipe, text=True)


def opened(root: Path):
    return open_journal(URL, clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=root)


def taken_by_four(root: Path, seconds: float) -> list[dict]:
    """Return what each of four processes got in that time; no limit is passed however long or slow it goes."""
    workers = [start("take", root) for _ in range(4)]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 4
    until_s = time.monotonic() + seconds
    for worker in workers:
        worker.stdin.write(f"{until_s}\n")
        worker.stdin.flush()
    taken = [json.loads(worker.communicate(timeout=PATIENCE_S)[0]) for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    stamps = {name: sorted(s for one in taken for s in one[name]) for name in ("low", "bucket", "fixed")}
    assert most_within(stamps["low"], 1.0) <= 2
    assert most_within(stamps["bucket"], 1.0) <= 300
    # Fixed windows are aligned to UTC: no two neighbouring ones can hold more than twice the limit.
    ahead_s = utc_ahead_s()
    windows: dict[int, int] = {}
    for stamp_s in stamps["fixed"]:
        index = int((stamp_s + ahead_s - 1e-4) // 0.5)
        windows[index] = windows.get(index, 0) + 1
    assert max(windows.values()) <= 100
    flights = sorted([(begin, 1) for one in taken for begin, _ in one["concurrent"]]
                     + [(end, -1) for one in taken for _, end in one["concurrent"]])  # fmt: skip
    flying = most = 0
    for _, change in flights:
        flying += change
        most = max(most, flying)
    assert most <= 3
    return taken


def utc_ahead_s() -> float:
    """Return how far UTC is ahead of the monotonic clock, read where nothing came between the two readings."""
    readings = []
    for _ in range(1000):
        before_s, utc_s, after_s = time.monotonic(), time.time(), time.monotonic()
        readings.append((after_s - before_s, utc_s - before_s))
    return min(readings)[1]


def test_four_processes_never_pass_a_limit_together(tmp_path):
    """Low, high, fixed and concurrent limits hold across four processes, by the stamps of their own permits; they are used well, and leave nobody out.

    How well depends on what the machine lets four processes do: they get a second and a third chance, of more time. The
    limits get none: they hold each time.
    """
    for attempt, seconds in enumerate((2.2, 8.0, 20.0)):
        taken = taken_by_four(tmp_path / str(attempt), seconds)
        low, bucket = (sorted(stamp for one in taken for stamp in one[name]) for name in ("low", "bucket"))
        lasted_s = bucket[-1] - bucket[0]
        used = len(low) / (2 * lasted_s), len(bucket) / (300 * lasted_s)
        left_out = [name for one in taken for name in ("bucket", "fixed", "concurrent") if not one[name]]
        if min(used) >= 0.3 and not left_out:
            return
    raise AssertionError((used, left_out))


def forked(work, root: Path) -> int:
    """Start a process that does `work` without end; it knows all modules already, so it starts at once."""
    child = os.fork()
    if child == 0:
        try:
            work(root)
        finally:
            os._exit(1)
    return child


def kill_at_random(work, root: Path, seconds: float, seed: int) -> None:
    """Run three workers, kill one every now and then with SIGKILL and start another, and kill all in the end."""
    rng = random.Random(seed)
    workers = [forked(work, root) for _ in range(3)]
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        time.sleep(rng.random() * 0.3)
        index = rng.randrange(3)
        kill(workers[index])
        workers[index] = forked(work, root)
    for worker in workers:
        kill(worker)


def kill(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status), "the worker ended by itself"


@pytest.mark.kill
def test_a_killed_process_leaves_no_call_unbilled_and_no_overspend(tmp_path):
    """Whatever is killed when, all that was sent is settled or counted as left behind, and never more than the budget was sent."""
    kill_at_random(spend_until_killed, tmp_path, 4.0, seed=1)
    sent = (tmp_path / "witness").read_text().split().count("sent")
    journal = opened(tmp_path)
    (month,) = journal.months()
    covered = month.amount + month.unreconciled
    assert sent > 100
    assert sent * Decimal("0.01") <= covered <= Decimal(BUDGET_CALLS) / 100
    assert month.reserved == 0
    assert month.unreconciled > 0, "nobody was killed with a share in hand"
    (after,) = journal.reconcile(give_back=False) if month.unreconciled else (month,)
    assert (after.amount, after.unreconciled) == (covered, 0)
    journal.close()


@pytest.mark.kill
def test_a_killed_process_loses_no_queued_item_and_sends_none_twice(tmp_path):
    """What was stored is there; without an idempotency key nothing is sent twice, with one it is done in the end."""
    kill_at_random(queue_until_killed, tmp_path, 4.0, seed=2)
    lines = [line.split() for line in (tmp_path / "witness").read_text().splitlines()]
    enqueued = {words[1]: words[2] for words in lines if words[0] == "enqueued"}
    offered = {words[1] for words in lines if words[0] == "offering"}
    journal = opened(tmp_path)
    while (item := run_blocking(journal.claim())) is not None:
        lines.append(["sending", item.receipt])
        run_blocking(journal.complete(item.receipt, state="done"))
    everything = {item.receipt: item for item in journal.queue(states=("pending", "sending", "parked", "done"))}
    newest = set(list(enqueued)[-800:])
    done_lines = [words[1] for words in lines if words[0] == "done"]
    sendings = [words[1] for words in lines if words[0] == "sending"]
    assert len(enqueued) > 100
    # Only the newest thousand ended items are kept; of those that ended earlier the witness tells.
    assert newest <= set(everything) | set(done_lines)
    assert set(everything) <= offered
    assert len(done_lines) == len(set(done_lines))
    for receipt, item in everything.items():
        keyed = enqueued.get(receipt, "keyed" if item.idempotency_key else "keyless") == "keyed"
        assert item.state == "done" or (not keyed and item.state == "parked"), item
        if not keyed:
            assert sendings.count(receipt) <= 1
    journal.close()


def test_a_forked_child_owns_nothing_of_its_parent(tmp_path):
    """Parent and child go on after a fork; both settle exactly what they used."""
    worker = start("fork", tmp_path)
    out, _ = worker.communicate(timeout=PATIENCE_S)
    assert worker.returncode == 0
    status, calls, reserved, unreconciled = json.loads(out)
    assert (status, calls, Decimal(reserved), Decimal(unreconciled)) == (0, 150, 0, 0)
