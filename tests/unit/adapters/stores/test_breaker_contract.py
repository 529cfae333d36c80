from __future__ import annotations

import pytest

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.state import Admission, CircuitRefusal, Verdict
from intertie.runtime.stepping import run_blocking
from support.store_kit import KEY

FAILED, FINE, NEUTRAL = Verdict(failure=True), Verdict(failure=False), Verdict(failure=None)


def admit(breaker, kit, lease_s=10.0):
    return run_blocking(breaker.admit(lease_until_s=kit.clock.monotonic_s() + lease_s))


def record(breaker, kit, admission, verdict):
    return run_blocking(breaker.record(admission, verdict, deadline_s=kit.clock.monotonic_s() + 10.0))


def still_admitted(breaker, kit, admission):
    still = breaker.still_admitted_nowait(admission)
    if still is None:
        still = run_blocking(breaker.still_admitted(admission, deadline_s=kit.clock.monotonic_s() + 10.0))
    return still


def tripped(kit, **options):
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=2, open_s=30.0, **options))
    for _ in range(2):
        record(breaker, kit, admit(breaker, kit), FAILED)
    return breaker


def test_it_opens_at_the_threshold_and_says_for_how_long(kit):
    """Consecutive failures open it; a success between them starts the count anew, a neutral result does nothing."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=3, open_s=30.0))
    results = [FAILED, FAILED, FINE, FAILED, NEUTRAL, FAILED]
    assert [record(breaker, kit, admit(breaker, kit), result) for result in results] == [None] * 6
    assert record(breaker, kit, admit(breaker, kit), FAILED) == "open"
    assert breaker.admit_nowait() is None
    refused = admit(breaker, kit)
    assert isinstance(refused, CircuitRefusal)
    assert (refused.state, refused.retry_after_s) == ("open", pytest.approx(30.0))


def test_a_ratio_needs_its_minimum_of_calls(kit):
    """Half of the last calls open it, but not before the minimum of calls has been seen."""
    options = BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=10, minimum_calls=4)
    breaker = kit.coordination().breaker(KEY, options)
    assert record(breaker, kit, admit(breaker, kit), FAILED) is None
    assert record(breaker, kit, admit(breaker, kit), FINE) is None
    assert record(breaker, kit, admit(breaker, kit), FINE) is None
    assert record(breaker, kit, admit(breaker, kit), FAILED) == "open"


def test_probes_are_bounded_and_close_it(kit):
    """After its time it lets as many probes out as allowed; enough successes close it."""
    breaker = tripped(kit, half_open_requests=2, success_threshold=2)
    kit.clock.advance(30.0)
    first, second = admit(breaker, kit), admit(breaker, kit)
    assert first.probe != second.probe
    assert isinstance(admit(breaker, kit), CircuitRefusal)
    assert record(breaker, kit, first, FINE) is None
    assert record(breaker, kit, second, FINE) == "closed"
    assert breaker.snapshot().state == "closed"


def test_one_failing_probe_opens_it_again(kit):
    """A probe's failure opens it for its whole time again."""
    breaker = tripped(kit)
    kit.clock.advance(30.0)
    assert record(breaker, kit, admit(breaker, kit), FAILED) == "open"
    assert breaker.snapshot().opens_for_s == pytest.approx(30.0)


def test_a_probe_that_never_tells_frees_its_place_at_its_lease(kit):
    """A prober that was killed wedges nothing: its lease ends."""
    breaker = tripped(kit)
    kit.clock.advance(30.0)
    assert admit(breaker, kit, lease_s=5.0).probe
    refused = admit(breaker, kit)
    assert isinstance(refused, CircuitRefusal)
    assert refused.retry_after_s == pytest.approx(5.0)
    kit.clock.advance(5.0)
    assert isinstance(admit(breaker, kit), Admission)


def test_an_unsent_probe_is_released(kit):
    """A probe whose attempt was never sent gives its place back at once, as does a neutral result."""
    breaker = tripped(kit)
    kit.clock.advance(30.0)
    breaker.release(admit(breaker, kit))
    record(breaker, kit, admit(breaker, kit), NEUTRAL)
    assert isinstance(admit(breaker, kit), Admission)


def test_results_from_before_a_change_are_ignored(kit):
    """What was admitted while closed says nothing once it is half-open."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=1, open_s=1.0))
    late = admit(breaker, kit)
    assert record(breaker, kit, admit(breaker, kit), FAILED) == "open"
    assert not still_admitted(breaker, kit, late)
    kit.clock.advance(1.0)
    probe = admit(breaker, kit)
    assert record(breaker, kit, late, FAILED) is None
    assert record(breaker, kit, probe, FINE) == "closed"


def test_an_operator_holds_it(kit):
    """Forced open it refuses, forced closed it admits whatever happens, and let go it starts afresh."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=1))
    breaker.force("open")
    assert isinstance(admit(breaker, kit), CircuitRefusal)
    breaker.force("closed")
    for _ in range(3):
        assert record(breaker, kit, admit(breaker, kit), FAILED) is None
    assert breaker.snapshot().forced == "closed"
    breaker.force(None)
    assert record(breaker, kit, admit(breaker, kit), FAILED) == "open"


def test_a_closed_breaker_answers_from_memory(kit):
    """Once asked, a closed breaker admits without touching the store."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions())
    admit(breaker, kit)
    assert breaker.admit_nowait() == Admission(1)


def test_what_is_recorded_later_counts_at_once_here(kit):
    """A caller who may not wait records a failure: this process knows it at once, and the state follows."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=2, open_s=30.0))
    admission = admit(breaker, kit)
    breaker.record_later(admission, FAILED)
    breaker.record_later(admission, NEUTRAL)
    assert (breaker.known().state, breaker.known().failures) == ("closed", 1)
    breaker.record_later(admission, FAILED)
    assert (breaker.known().state, breaker.known().opens_for_s) == ("open", pytest.approx(30.0))
    assert breaker.still_admitted_nowait(admission) is False
    assert isinstance(admit(breaker, kit), CircuitRefusal)


def test_results_are_told_in_the_order_they_came(kit):
    """A success that is told later still comes before the failure after it: one failure in a row is not two."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=2))
    record(breaker, kit, admit(breaker, kit), FAILED)
    breaker.record_later(admit(breaker, kit), FINE)
    assert record(breaker, kit, admit(breaker, kit), FAILED) is None
    assert breaker.snapshot().failures == 1


def test_a_released_probe_is_free_at_once(kit):
    """Who gives a probe back, or records a neutral result later, leaves its place to the next."""
    breaker = tripped(kit)
    kit.clock.advance(30.0)
    breaker.release(admit(breaker, kit))
    assert breaker.known().probes == 0
    breaker.record_later(admit(breaker, kit), NEUTRAL)
    probe = admit(breaker, kit)
    assert isinstance(probe, Admission)
    breaker.record_later(probe, FINE)
    assert breaker.known().state == "closed"


def test_the_second_look_sees_an_opening(kit):
    """An admission from before an opening is none any more, whether memory knows or the store must be asked."""
    breaker = kit.coordination().breaker(KEY, BreakerOptions(failure_threshold=1))
    early = admit(breaker, kit)
    assert still_admitted(breaker, kit, early)
    record(breaker, kit, admit(breaker, kit), FAILED)
    assert not still_admitted(breaker, kit, early)
    kit.clock.advance(1.0)
    assert not still_admitted(breaker, kit, early)
