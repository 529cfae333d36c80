"""Processes killed while they open a state file and while they prune its history, at every step of it in turn."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from intertie.adapters.stores import InlineOffload, open_journal
from intertie.adapters.stores.sqlite.migrations import APPLICATION_ID, scripts, statements
from intertie.adapters.stores.sqlite.pruning import BATCH
from intertie.core.clock import BlockingClock
from intertie.core.errors import Reach
from intertie.core.rng import SystemRng
from intertie.runtime.state import CallRecord, QueueItem
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, flat_price

pytestmark = pytest.mark.kill

URL = "sqlite:///state/journal.db"
DAY_S = 86400.0


def opened(root: Path, **options: Any):
    return open_journal(URL, clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=root, **options)


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed at its `step`-th statement of SQL or change of a folder; False where it ended before."""
    child = os.fork()
    if child == 0:
        try:
            _die_at(step)
            work()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def _die_at(step: int) -> None:
    steps = count(1)

    def tick(*_: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(tick)
        return connection

    sqlite3.connect = traced
    for name in ("link", "unlink", "rename"):
        setattr(os, name, _ticking(getattr(os, name), tick))


def _ticking(real: Callable[..., object], tick: Callable[[], None]) -> Callable[..., object]:
    def wrapped(*arguments: Any, **options: Any) -> object:
        tick()
        done = real(*arguments, **options)
        tick()
        return done

    return wrapped


def is_sound(root: Path) -> bool:
    connection = sqlite3.connect(root / "state" / "journal.db")
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def a_call(name: str, *, age_s: float = 0.0) -> CallRecord:
    at_s = BlockingClock().utc_s() - age_s
    return CallRecord(KEY, name, at_s, "create", "", "success", 200, 1, 0.1, "0.01", "EUR", None, "yes")


def use_fully(root: Path) -> None:
    """Reserve, settle, record, enqueue, claim and complete; nothing is told to be amiss."""
    journal = opened(root)
    ledger = journal.ledger(KEY, flat_price(monthly_limit=Decimal(1), hard_stop=True))
    reservation = ledger.reserve_nowait(Decimal(1)) or run_blocking(ledger.reserve(Decimal(1)))
    ledger.settle(reservation, quantity=Decimal(1), reached=Reach.YES)
    run_blocking(journal.enqueue(QueueItem("fresh", KEY, "create", b"{}", "k", None, "", 1.0, None)))
    journal.record(a_call("fresh"))
    assert run_blocking(journal.claim(receipt="fresh")).receipt == "fresh"
    run_blocking(journal.complete("fresh", state="done"))
    journal.flush()
    assert "fresh" in {record.call_id for record in journal.records(limit=10_000)}
    assert journal.problems() == ()
    journal.close()


def test_killed_at_any_step_of_a_first_opening(tmp_path):
    """There is no file under its name, or a whole one: never an empty one. The next process opens it and uses it fully."""
    for step in count(1):
        root = tmp_path / str(step)
        was_killed = killed_at(step, lambda root=root: opened(root))
        path = root / "state" / "journal.db"
        assert not path.exists() or path.stat().st_size > 0
        use_fully(root)
        assert is_sound(root)
        if not was_killed:
            break
    assert step > 30


def test_killed_at_any_step_of_a_migration(tmp_path):
    """A file of the first schema stays as it was or becomes a new one, with every row."""
    old = tmp_path / "old"
    (old / "state").mkdir(parents=True)
    connection = sqlite3.connect(old / "state" / "journal.db")
    for statement in statements(scripts()[0][1]):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    connection.execute(
        "INSERT INTO queued (receipt, key, operation, payload, caller, enqueued_s, state, attempts) "
        "VALUES ('r1', 'INT-001@production', 'create', x'7b7d', '', 5.0, 'pending', 0)"
    )
    connection.commit()
    connection.close()
    for step in count(1):
        root = tmp_path / str(step)
        copytree(old, root)
        was_killed = killed_at(step, lambda root=root: opened(root))
        journal = opened(root)
        assert [item.receipt for item in journal.queue()] == ["r1"]
        journal.close()
        use_fully(root)
        assert is_sound(root)
        if not was_killed:
            break
    assert step > 30


def test_killed_at_any_step_of_pruning(tmp_path):
    """Old calls are there or gone; those that are kept, the month and the queue lose nothing, and pruning goes on."""
    full = tmp_path / "full"
    journal = opened(full)
    ledger = journal.ledger(KEY, flat_price())
    reservation = ledger.reserve_nowait(Decimal(3)) or run_blocking(ledger.reserve(Decimal(3)))
    ledger.settle(reservation, quantity=Decimal(3), reached=Reach.YES)
    run_blocking(journal.enqueue(QueueItem("waiting", KEY, "create", b"{}", "k", None, "", 1.0, None)))
    kept = {f"kept {number}" for number in range(20)}
    for name in kept:
        journal.record(a_call(name, age_s=DAY_S / 2))
    for number in range(BATCH + 50):
        journal.record(a_call(f"old {number}", age_s=9 * DAY_S))
    journal.flush()
    months = journal.months()
    journal.close()

    def prune(root: Path) -> None:
        doomed = opened(root, history_s=DAY_S)
        while doomed._pruning.delete_batch():
            pass
        doomed.close()

    for step in count(1):
        root = tmp_path / str(step)
        copytree(full, root)
        was_killed = killed_at(step, lambda root=root: prune(root))
        journal = opened(root, history_s=DAY_S)
        left = {record.call_id for record in journal.records(limit=10_000)}
        assert kept <= left
        assert len(left) in {20, 20 + 50, 20 + 50 + BATCH}
        while journal._pruning.delete_batch():
            pass
        assert {record.call_id for record in journal.records(limit=10_000)} == kept
        assert journal.months() == months
        assert [item.receipt for item in journal.queue()] == ["waiting"]
        journal.close()
        assert is_sound(root)
        if not was_killed:
            break
    assert step > 8
