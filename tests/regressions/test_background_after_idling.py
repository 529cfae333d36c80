"""Work for the background that was asked for after a quiet time waited until something else woke the thread."""

from __future__ import annotations

import threading
import time

from intertie.adapters.stores.sqlite.background import Background
from intertie.core.clock import BlockingClock
from support.pace import PATIENCE_S


def test_work_asked_for_after_idling_is_done_in_its_time():
    """A thread with nothing to do hears of work that is due a little later, and does it then."""
    told: list[str | None] = []
    background = Background(BlockingClock(), told.append)
    try:
        for _ in range(3):
            done = threading.Event()
            asked_s = time.monotonic()
            background.ask("work", done.set, in_s=0.03)
            assert done.wait(PATIENCE_S)
            assert time.monotonic() - asked_s >= 0.03
            time.sleep(0.06)  # the thread has nothing to do and waits
    finally:
        background.stop()
    assert set(told) == {None}
