from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler import Settings
from intertie.compiler.settings import Setting
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.limiter.options import Window
from support.spec_builder import compiled, findings_of, plan_of, spec


def with_defaults(**values):
    return Settings(Path("/nowhere"), defaults={key.replace("__", "."): Setting(v, "x") for key, v in values.items()})


def test_a_bare_spec_has_the_defaults_and_no_guards():
    """What is absent is off, and the timeouts are the documented ones."""
    plan = plan_of()
    assert plan.timeouts == TimeoutOptions()
    assert plan.retry.max_attempts == 1
    assert (plan.limits, plan.breaker, plan.pricing, plan.version, plan.fallback) == (None,) * 5
    assert plan.auth.type == "none"


def test_max_retries_counts_one_less():
    """`max_retries: 3` are four attempts."""
    assert plan_of(retry={"max_retries": 3}).retry.max_attempts == 4


def test_retry_lists_mix_statuses_classes_and_conditions():
    """Statuses, classes and conditions are told apart wherever they stand."""
    retry = plan_of(retry={"max_attempts": 2, "retry_on": ["429", "5xx", "timeout", "network_error"]}).retry
    assert retry.retry_on.written == ("429", "5xx")
    assert (retry.timeout, retry.network_error, retry.service_unavailable) == (True, True, False)


def test_a_retry_block_without_causes_has_the_usual_ones():
    """A block that says only how often retries what is usually retried."""
    retry = plan_of(retry={"max_attempts": 2}).retry
    assert retry.retry_on.written == ("500", "502", "503", "504")
    assert (retry.timeout, retry.network_error, retry.service_unavailable) == (True, True, True)


def test_one_list_alone_is_all_there_is():
    """Given statuses only, no condition is retried, and the other way round."""
    assert plan_of(retry={"retry_on": ["503"]}).retry.timeout is False
    assert not plan_of(retry={"retry_conditions": ["timeout"]}).retry.retry_on


def test_unreadable_causes_are_findings():
    """A cause that is neither status nor condition is told at its place."""
    assert findings_of(retry={"retry_on": ["900", "mood"]}) == ["invalid-status", "unknown-condition"]


def test_the_longest_delay_is_never_below_the_first():
    """An initial delay above the default cap is meant as written."""
    retry = plan_of(retry={"initial_delay": 10.0}).retry
    assert (retry.initial_delay_s, retry.max_delay_s) == (10.0, 10.0)


def test_configuration_fills_what_the_spec_leaves_open():
    """`[defaults]` is taken where the spec is silent, even where it has no block; the spec wins where it speaks."""
    settings = with_defaults(retry__max_attempts=5, timeouts__total=3.0, circuit_breaker__timeout=9.0)
    plan = compiled(spec(timeouts={"total": 7.0}), settings=settings).plan
    assert plan.timeouts.total_s == 7.0
    assert plan.retry.max_attempts == 5
    assert plan.breaker.open_s == 9.0
    retry = next(stage for stage in plan.operations["get_thing"].stages if stage.stage == "retry")
    assert (retry.sources["max_attempts"], retry.sources["backoff"]) == ("config", "default")


def test_switched_off_blocks_are_off_and_said():
    """`enabled: false` leaves no policy, and the plan says so."""
    plan = plan_of(
        retry={"max_attempts": 4, "enabled": False},
        circuit_breaker={"enabled": False, "failure_threshold": "5"},
        rate_limits={"requests_per_second": 3, "enabled": False},
        fallback_behavior={"strategy": "cache", "enabled": False},
    )
    assert (plan.retry.max_attempts, plan.breaker, plan.limits, plan.fallback) == (1, None, None, None)
    said = {item.what for item in plan.not_enforced if "switched off" in item.why}
    assert said == {"retry", "circuit breaker", "rate limits", "fallback"}


def test_switched_off_beats_the_configuration():
    """What the spec switches off, the configuration does not switch on."""
    settings = with_defaults(circuit_breaker__timeout=9.0, retry__max_attempts=5)
    plan = compiled(spec(circuit_breaker={"enabled": False}, retry={"enabled": False}), settings=settings).plan
    assert (plan.breaker, plan.retry.max_attempts) == (None, 1)


def test_breaker_counts_failures_in_a_row():
    """A whole number is failures in a row."""
    breaker = plan_of(circuit_breaker={"failure_threshold": "5", "timeout": 15.0}).breaker
    assert (breaker.failure_threshold, breaker.failure_ratio, breaker.open_s) == (5, None, 15.0)
    assert breaker.statuses.written == ("5xx",)
    assert breaker.network_error
    assert breaker.timeout


@pytest.mark.parametrize(("window", "minimum"), [(30, 15), (6, 5), (4, 4), (20, 10)])
def test_breaker_share_has_half_the_window_as_minimum(window, minimum):
    """A share counts from half the window on, at least 5 calls, never more than the window."""
    breaker = plan_of(circuit_breaker={"failure_threshold": "50%", "window": window}).breaker
    assert (breaker.failure_threshold, breaker.failure_ratio, breaker.minimum_calls) == (None, 0.5, minimum)


def test_breaker_threshold_must_be_readable():
    """Words and zero are no threshold."""
    for text in ("often", "0", "150%", "2.5"):
        assert findings_of(circuit_breaker={"failure_threshold": text}) == ["invalid-threshold"]


def test_throttling_never_counts_as_failure():
    """A 429 is neutral to the breaker even where `failure_on` or its class lists it."""
    breaker = plan_of(circuit_breaker={"failure_on": ["429", "4xx", "service_unavailable"]}).breaker
    assert 429 not in breaker.statuses
    assert 404 in breaker.statuses
    assert 503 in breaker.statuses
    assert not breaker.timeout


def test_windows_are_sorted_and_prose_is_merged():
    """All windows hold at once, shortest first; a rate in prose is one of them and the smaller of two holds."""
    plan = plan_of(
        rate_limits={"requests_per_minute": 100, "requests_per_second": 5, "rate_limit": "60 RPM, 1,000 requests/hour"}
    )
    assert plan.limits.windows == (Window(1.0, 5), Window(60.0, 60), Window(3600.0, 1000))


def test_unreadable_rates_are_errors_and_no_limit_is_none():
    """A rate that can't be kept is an error; `no limit` is one that need not be."""
    assert findings_of(rate_limits={"rate_limit": "plenty"}) == ["unreadable-rate"]
    assert plan_of(rate_limits={"rate_limit": "No limit"}).limits is None


def test_a_bucket_without_size_has_the_shortest_window():
    """A token bucket without `burst_size` holds the shortest window's limit."""
    limits = plan_of(rate_limits={"requests_per_second": 8}, throttling={"strategy": "token_bucket"}).limits
    assert limits.burst == 8
    assert plan_of(rate_limits={"requests_per_second": 8}).limits.burst is None


def test_throttling_alone_only_pauses():
    """Without limits, throttling still says how a 429 pauses everybody."""
    limits = plan_of(throttling={"retry_after": 3.0}).limits
    assert (limits.windows, limits.concurrent, limits.retry_after_s) == ((), None, 3.0)


def test_configured_windows_stand_in_for_missing_ones():
    """Configured windows hold where the spec gives none, and are not added to the spec's own."""
    settings = with_defaults(rate_limits__requests_per_minute=10)
    assert compiled(spec(), settings=settings).plan.limits.windows == (Window(60.0, 10),)
    own = compiled(spec(rate_limits={"requests_per_second": 2}), settings=settings).plan
    assert own.limits.windows == (Window(1.0, 2),)
