"""Whatever delays callers between any two steps, and however many processes there are: counted at departure, no window is passed."""

from __future__ import annotations

import random

import pytest

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.testing.virtual_time import run_virtual
from support.crowds import Crowd
from support.scheduling import LoopScheduler
from support.store_kit import KEY, StoreKit, most_aligned, most_within

SECONDS = 12.0
PLACES = [("memory", 1), ("sqlite", 1), ("sqlite", 3)]


def opened(kit, processes):
    """Open stores whose background runs in virtual time."""
    stores = [kit.coordination() for _ in range(processes)]
    if kit.backend == "sqlite":
        for store in stores:
            store._background.stop()
            store._background = LoopScheduler(kit.clock)
    return stores


@pytest.mark.parametrize("margin_s", [0.0, 0.02])
@pytest.mark.parametrize("strategy", ["sliding_window", "fixed_window", "token_bucket"])
@pytest.mark.parametrize(("backend", "processes"), PLACES)
@pytest.mark.parametrize("limit", [4, 60])
def test_counted_at_departure_no_window_is_ever_passed(tmp_path, backend, processes, strategy, margin_s, limit):
    """Tasks delayed at random between grant, departing, departed and finished, cancelled and lapsed, in one process or three."""
    rng = random.Random(f"{backend}{processes}{strategy}{margin_s}{limit}")
    kit = StoreKit(backend, tmp_path)
    options = LimiterOptions((Window(1.0, limit), Window(3.0, 2 * limit)), strategy, burst=limit, margin_s=margin_s)
    limiters = [store.limiter(KEY, options) for store in opened(kit, processes)]
    crowd = Crowd(kit.clock, rng, limiters)
    run_virtual(crowd.run(15, SECONDS), kit.clock)
    stamps = sorted(crowd.departed)
    for window in options.windows:
        if strategy == "fixed_window":
            utc = [stamp_s - kit.clock.monotonic_s() + kit.clock.utc_s() - 1.5e-6 for stamp_s in stamps]
            assert most_aligned(utc, window.window_s) <= window.limit
        else:
            assert most_within(stamps, window.window_s + margin_s) <= window.limit
    assert len(stamps) > SECONDS / 3 * 2 * limit * 0.4, "the limit is hardly used"
    kit.clock.advance(5.0)
    for limiter in limiters:
        limiter.snapshot()
    assert limiters[0].snapshot().windows[0].used == 0, "something still holds room"
    assert (limiters[0].snapshot().in_flight, limiters[0].snapshot().waiting) == (0, 0)
    kit.close()
