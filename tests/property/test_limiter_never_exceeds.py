"""Two million simulated arrivals and more: whatever the strategy, no window ever holds more than its limit."""

from __future__ import annotations

import random

import pytest

from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState, Share
from intertie.runtime.state import ServerHint
from support.store_kit import most_aligned, most_within

UTC_AHEAD_S = 1_795_510_800.25

WINDOWS = [
    (Window(1.0, 10),),
    (Window(1.0, 3), Window(60.0, 100)),
    (Window(0.5, 50), Window(10.0, 400), Window(3600.0, 20_000)),
    (Window(1.0, 5000),),
]


def holds(options: LimiterOptions, stamps: list[float]) -> bool:
    aligned = options.strategy == "fixed_window"
    for window in options.windows:
        # A fixed window ends a microsecond late, so its stamps are looked at as of a microsecond ago.
        utc = [stamp_s + UTC_AHEAD_S - 2e-6 for stamp_s in stamps]
        most = most_aligned(utc, window.window_s) if aligned else most_within(stamps, window.window_s)
        if most > window.limit:
            return False
    shortest = options.windows[0]
    if options.burst is not None and options.strategy != "token_bucket":
        return most_within(stamps, shortest.window_s / 10) <= options.burst
    if options.strategy == "token_bucket":
        burst = shortest.limit if options.burst is None else options.burst
        tokens, last_s = float(burst), stamps[0] if stamps else 0.0
        for stamp_s in stamps:
            tokens = min(burst, tokens + (stamp_s - last_s) * shortest.limit / shortest.window_s) - 1
            last_s = stamp_s
            if tokens < -1e-6:
                return False
    return True


def gaps(rng: random.Random, rate: float) -> float:
    # Quiet times and floods in turn.
    return rng.expovariate(rate * 4) if rng.random() < 0.98 else rng.random() * 20 / rate


@pytest.mark.parametrize("strategy", ["fixed_window", "sliding_window", "token_bucket"])
@pytest.mark.parametrize("burst", [None, 2, 40])
def test_no_window_is_ever_passed(strategy, burst):
    """Of 236,000 arrivals per case (2.1 million in all) every window, burst and bucket holds, and the limit is really used."""
    rng = random.Random(f"{strategy}{burst}")
    for windows in WINDOWS:
        options = LimiterOptions(windows, strategy, burst=burst, margin_s=0.0)
        state = LimiterState(options, lambda: UTC_AHEAD_S)
        rate = windows[0].limit / windows[0].window_s
        now_s, stamps = 1000.0, []
        for _ in range(59_000):
            now_s += gaps(rng, rate)
            if state.take(now_s):
                state.depart(now_s)
                stamps.append(now_s)
                state.finish()
        assert holds(options, stamps), options
        assert len(stamps) > 50


@pytest.mark.parametrize("margin_s", [0.0, 0.02])
@pytest.mark.parametrize("strategy", ["fixed_window", "sliding_window", "token_bucket"])
def test_late_departures_pauses_and_returns_never_pass_a_window(strategy, margin_s):
    """Whoever has leave departs whenever it can, or never: counted at departure, each window holds, its margin included."""
    rng = random.Random(f"{strategy}{margin_s}")
    options = LimiterOptions((Window(1.0, 8), Window(10.0, 50)), strategy, burst=4, margin_s=margin_s)
    for _ in range(8):
        state = LimiterState(options, lambda: UTC_AHEAD_S)
        now_s, stamps, out, paused_until_s = 1000.0, [], [], 0.0
        for _ in range(1500):
            now_s += rng.expovariate(25)
            out = [last_s for last_s in out if last_s >= now_s or state.put_back()]  # what lapsed is given back
            choice = rng.random()
            if choice < 0.01:
                paused_until_s = now_s + state.observe(ServerHint(pause_s=rng.random()), now_s)
            elif choice < 0.5:
                if state.take(now_s):
                    assert now_s >= paused_until_s
                    out.append(min(now_s + 0.3, state.last_s(now_s)))
            elif choice < 0.85 and out:
                out.pop(rng.randrange(len(out)))
                state.depart(now_s)
                state.finish()
                stamps.append(now_s)
            elif out:
                out.pop()
                state.put_back()
        assert holds(options, stamps)
        if margin_s and strategy != "fixed_window":
            assert most_within(stamps, 1.0 + margin_s) <= 8
            assert most_within(stamps, 10.0 + margin_s) <= 50
        if margin_s and strategy == "fixed_window":
            assert all(margin_s - 1e-5 <= (stamp_s + UTC_AHEAD_S) % 1.0 <= 1 - margin_s + 1e-5 for stamp_s in stamps)
        assert len(stamps) > 100


@pytest.mark.parametrize("strategy", ["fixed_window", "sliding_window", "token_bucket"])
def test_shares_used_at_any_instant_never_pass_a_window(strategy):
    """Owners who use their shares early, late, partly or never (killed), told late or not at all, never pass a window together."""
    rng = random.Random(f"shares {strategy}")
    options = LimiterOptions((Window(1.0, 60), Window(5.0, 200)), strategy, burst=25, margin_s=0.0)
    for _ in range(8):
        state = LimiterState(options, lambda: UTC_AHEAD_S)
        now_s, stamps, held, number = 1000.0, [], [], 0
        for _ in range(1200):
            now_s += rng.expovariate(60)
            state.expire(now_s, 0.2)
            if rng.random() < 0.01:
                state.pause_until(now_s + rng.random() / 4, now_s)
            paused = now_s < state.paused_until_s
            for share, used in held:
                if now_s < share.end_s and len(used) < share.count and rng.random() < 0.7:
                    used.append(now_s)
                    stamps.append(now_s)
            choice = rng.random()
            if choice < 0.3:
                if state.take(now_s):
                    state.depart(now_s)
                    stamps.append(now_s)
                    state.finish()
            elif choice < 0.7:
                count = min(rng.randint(1, 20), state.room(now_s))
                end_s = min(now_s + 0.1, state.last_s(now_s))
                assert not (paused and count)
                if count and end_s > now_s:
                    number += 1
                    share = Share(number, "o", count, end_s)
                    state.lease(share, now_s)
                    held.append((share, []))
            elif held:
                share, used = held.pop(rng.randrange(len(held)))
                if rng.random() < 0.8:  # else its owner was killed: nobody settles
                    state.settle("o", share.number, used)
                    if now_s < share.end_s:
                        continue
        assert holds(options, sorted(stamps)), strategy
        assert len(stamps) > 300


def test_a_dump_restores_the_same_decisions():
    """A limiter written down and read back decides as the one that went on."""
    rng = random.Random(7)
    for strategy in ("fixed_window", "sliding_window", "token_bucket"):
        options = LimiterOptions((Window(1.0, 10), Window(30.0, 9000)), strategy, burst=5)
        kept = LimiterState(options, lambda: UTC_AHEAD_S)
        now_s = 1000.0
        for _ in range(400):
            now_s += rng.expovariate(15)
            restored = LimiterState(options, lambda: UTC_AHEAD_S)
            restored.load(kept.dump(), now_s)
            assert restored.snapshot(now_s) == kept.snapshot(now_s)
            assert restored.room(now_s) == kept.room(now_s)
            assert restored.take(now_s) == kept.take(now_s)
