"""Latencies come out as the spec's targets say."""

from __future__ import annotations

import pytest

from intertie.core.rng import SeededRng
from intertie.mockserver.latency import LatencyCurve, LatencyDraws
from intertie.mockserver.profiles import Behaviour, Profile
from intertie.runtime.plan import Targets
from support.mock_plans import GET, Bench, plan


def percentile(values, share):
    ordered = sorted(values)
    return ordered[int(share * len(ordered)) - 1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "targets", [Targets(0.18, 0.6, 1.5), Targets(0.08, 0.25, 0.7), Targets(0.01, 0.05, 0.25), Targets(0.1, 0.1, 0.1)]
)
def test_ten_thousand_draws_meet_the_targets(targets, seed):
    """p50, p95 and p99 lie within 3 % of what is declared, and not above it."""
    draws = LatencyDraws(LatencyCurve(targets), SeededRng(seed))
    values = [draws.next_s() for _ in range(10_000)]
    for share, wanted in ((0.5, targets.p50_s), (0.95, targets.p95_s), (0.99, targets.p99_s)):
        assert wanted * 0.97 <= percentile(values, share) <= wanted


@pytest.mark.parametrize(
    "targets",
    [Targets(p50_s=0.1), Targets(p95_s=0.3), Targets(p99_s=0.6), Targets(p50_s=0.1, p99_s=0.2), Targets(0.5, 0.2, 0.1)],
)
def test_partial_and_contradicting_targets_make_a_rising_curve(targets):
    """What is missing is supposed; the curve never falls."""
    curve = LatencyCurve(targets)
    values = [curve.at(step / 1000) for step in range(1001)]
    assert values == sorted(values)
    assert values[0] > 0


def test_without_targets_answers_come_at_once():
    """No target, no delay."""
    assert LatencyDraws(LatencyCurve(Targets()), SeededRng(1)).next_s() == 0.0


def test_a_hundred_calls_already_meet_the_targets():
    """Every hundred draws hold one of each percent."""
    bench = Bench(plan(), latency=True, seed=3)
    delays = [bench.ask("GET", "/v1/charges/ch_3OqM2x").delay_s for _ in range(100)]
    assert sum(delay > GET.targets.p95_s * 0.99 for delay in delays) == 5
    assert percentile(delays, 0.5) <= GET.targets.p50_s


def test_a_profile_scales_latencies():
    """`latency_factor` multiplies what is drawn."""
    fast = Bench(plan(), latency=True, seed=1)
    slow = Bench(plan(), latency=True, seed=1, profile=Profile("x", Behaviour(latency_factor=5.0)))
    one, other = fast.ask("GET", "/v1/charges").delay_s, slow.ask("GET", "/v1/charges").delay_s
    assert one == other == 0.0  # no target is declared for lists
    one, other = fast.ask("GET", "/v1/charges/ch_3OqM2x").delay_s, slow.ask("GET", "/v1/charges/ch_3OqM2x").delay_s
    assert other == pytest.approx(5 * one)
