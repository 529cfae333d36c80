"""Rows that earlier versions wrote: a limit goes on from them, and what left then counts."""

from __future__ import annotations

import sqlite3

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY, StoreKit

OPTIONS = (
    '[{"windows":[{"window_s":60.0,"limit":10}],"strategy":"sliding_window","burst":null,"concurrent":4,'
    '"retry_after_s":1.0,"backoff_multiplier":2.0,"on_limit":"wait","max_wait_s":null,"max_pause_s":3600.0}]'
)
STATE = (
    b"\x84\xa5limit\x8b\xa5rules\x91\x93\x93\xcb@\x8f@\x00\x00\x00\x00\x00\xcb@\x8f@\x00\x00\x00\x00\x00\xcb@\x8f@\x00"
    b"\x00\x00\x00\x00\xc0\xcb\xff\xf0\x00\x00\x00\x00\x00\x00\xa9remaining\xc0\xa4pace\xc0\xaaremembered\x90"
    b"\xa9in_flight\x03\xaepaused_until_s\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xb0throttled_in_row\x00\xa4wave\x00"
    b"\xa4line\x90\xabnext_number\x01\xa6shares\x90\xa7flights\x81\xd9$299a9045-cb49-41fc-8c3d-b512963972de\x03"
    b"\xa6askers\x81\xd9$299a9045-cb49-41fc-8c3d-b512963972de\xcb@\x8f@\x00\x00\x00\x00\x00\xa8looked_s\xcb@\x8f@\x00"
    b"\x00\x00\x00\x00"
)
"""Three of ten in a minute left at second 1000, and are in flight: as the version with tickets in the file packed it."""


def test_a_row_of_the_version_with_tickets_goes_on_counting(tmp_path):
    """Its departures count, its dead owner's places are free, and a minute later the whole limit is."""
    kit = StoreKit("sqlite", tmp_path)
    limiter = kit.coordination().limiter(KEY, LimiterOptions((Window(60.0, 10),), concurrent=20, margin_s=0.0))
    with sqlite3.connect(next(tmp_path.rglob("state.db"))) as file:
        file.execute("DELETE FROM limiter")
        row = (KEY.integration, KEY.environment, KEY.origin, KEY.tenant, "", 1000.0, OPTIONS, STATE)
        file.execute("INSERT INTO limiter VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    file.close()

    def taken() -> int:
        count = 0
        while isinstance(answer := run_blocking(limiter.acquire(deadline_s=kit.clock.monotonic_s())), Permit):
            answer.departing()
            limiter.finished(answer)
            count += 1
        assert isinstance(answer, LimitRefusal)
        return count

    kit.clock.advance(1.0)
    assert limiter.snapshot().windows[0].used == 3
    assert taken() == 7
    kit.clock.advance(61.0)
    assert taken() == 10
    assert limiter.snapshot().in_flight == 0
    kit.close()
