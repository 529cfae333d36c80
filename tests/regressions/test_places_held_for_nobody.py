"""Places in flight that nobody used any more, and that nobody else could have."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from intertie.adapters.stores import InlineOffload, open_coordination
from intertie.adapters.stores.sqlite.database import Database
from intertie.adapters.stores.sqlite.owners import Owner
from intertie.core.clock import BlockingClock
from intertie.core.rng import SystemRng
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import Permit
from intertie.runtime.stepping import run_blocking
from support.pace import PATIENCE_S, wait_until
from support.store_kit import KEY

OPTIONS = LimiterOptions((Window(1.0, 1000),), concurrent=20)


def opened(root):
    return open_coordination(
        "sqlite:///state.db", clock=BlockingClock(), rng=SystemRng(), offload=InlineOffload(), root=root
    )


def take(limiter) -> Permit:
    permit = limiter.acquire_nowait() or run_blocking(limiter.acquire(deadline_s=time.monotonic() + PATIENCE_S))
    assert isinstance(permit, Permit)
    return permit


def test_an_idle_process_gives_back_the_places_of_a_share_that_is_over(tmp_path):
    """After a burst, moments later, all places in flight are free for others, though the process itself does nothing more."""
    idle, other = opened(tmp_path), opened(tmp_path)
    try:
        limiter = idle.limiter(KEY, OPTIONS)
        for _ in range(40):
            limiter.finished(take(limiter))
        theirs = other.limiter(KEY, OPTIONS)
        wait_until(lambda: theirs.snapshot().in_flight == 0)
        for _ in range(OPTIONS.concurrent):
            take(theirs)
    finally:
        idle.close()
        other.close()


@pytest.fixture
def eager_threads():
    """Let threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_threads_that_come_first_together_are_one_owner(tmp_path):
    """Eight threads that ask for the process's name at once get the same one, and one lock file is made."""
    database = Database(tmp_path / "state.db", "sqlite:///state.db", durability="process")
    try:
        for attempt in range(20):
            owner = Owner(database, SystemRng())
            start = threading.Barrier(8)
            names: list[str] = []

            def ask(owner=owner, start=start, names=names) -> None:
                start.wait()
                names.append(owner.id)

            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(set(names)) == 1, attempt
            assert len(list((tmp_path / "state.db.owners").iterdir())) == 1
            owner.close()
    finally:
        database.close()
