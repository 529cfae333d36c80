from __future__ import annotations

import pytest

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.state import Admission, BreakerSnapshot, CircuitRefusal, Verdict


def test_a_late_timeout_of_a_probe_still_counts():
    """A probe's failure is told a moment after its lease ended; it opens the breaker all the same."""
    circuit = Circuit(BreakerOptions(failure_threshold=1, open_s=10.0))
    circuit.record(circuit.admit(0.0, 5.0), Verdict(failure=True), 1.0)
    probe = circuit.admit(11.0, 12.0)
    assert isinstance(probe, Admission)
    assert circuit.record(probe, Verdict(failure=True), 12.001) == "open"


def test_the_window_of_a_ratio_forgets_the_oldest():
    """Only the last calls count: old failures leave the window."""
    circuit = Circuit(BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=4, minimum_calls=4))
    for failure in (True, False, False, False, False):
        circuit.record(Admission(1), Verdict(failure=failure), 0.0)
    assert circuit.snapshot(0.0).failures == 0


def test_a_ratio_that_is_not_reached_opens_nothing():
    """One failure of four, two of five, and then three of six at a ratio of a half."""
    circuit = Circuit(BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=10, minimum_calls=4))
    results = (False, False, False, True, True, True)
    told = [circuit.record(Admission(1), Verdict(failure=failure), 0.0) for failure in results]
    assert told == [None, None, None, None, None, "open"]


@pytest.mark.parametrize("thresholds", [(1, 2), (2, 1)])
def test_of_two_plans_the_one_that_wants_more_successes_holds(thresholds):
    """A circuit that both share closes when it is closed for the stricter one."""
    plans = [BreakerOptions(failure_threshold=1, open_s=10.0, success_threshold=each) for each in thresholds]
    circuit = Circuit(*plans)
    circuit.record(circuit.admit(100.0, 105.0), FAILURE, 100.0)
    told = [circuit.record(circuit.admit(now_s, 120.0), SUCCESS, now_s) for now_s in (110.0, 111.0)]
    assert told == [None, "closed"]


def test_a_success_never_opens_a_breaker():
    """A success that fills the window to `minimum_calls` leaves the share of failures above the ratio; it stays closed."""
    circuit = Circuit(BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=6, minimum_calls=3))
    told = [circuit.record(Admission(1), Verdict(failure=failure), 0.0) for failure in (True, True, False)]
    assert told == [None, None, None]
    assert circuit.snapshot(0.0).failures == 2
    assert circuit.record(Admission(1), Verdict(failure=True), 0.0) == "open"


def test_only_open_closed_and_none_can_be_forced():
    """An operator's typing error changes nothing."""
    with pytest.raises(ValueError, match="half_open"):
        Circuit(BreakerOptions()).force("half_open")


FAILURE, SUCCESS = Verdict(failure=True), Verdict(failure=False)


def opened(**options) -> Circuit:
    """A breaker that opened at 100.0, for ten seconds."""
    circuit = Circuit(BreakerOptions(failure_threshold=1, open_s=10.0, **options))
    assert circuit.record(circuit.admit(100.0, 105.0), FAILURE, 100.0) == "open"
    return circuit


def restarted(circuit: Circuit) -> Circuit:
    """What another process makes of it: one that was open for another reason, and reads what the first one wrote."""
    other = opened()
    other.terms = circuit.terms
    other.load(circuit.dump())
    return other


def test_a_snapshot_shows_each_state():
    """What counts in a state is shown, all else is nothing; every change begins an epoch."""
    closed = Circuit(BreakerOptions(failure_threshold=2))
    assert closed.snapshot(100.0) == BreakerSnapshot("closed", 0, 0, 0, 0.0, None, 1)
    closed.record(closed.admit(100.0, 105.0), FAILURE, 100.0)
    assert closed.snapshot(100.0) == BreakerSnapshot("closed", 1, 0, 0, 0.0, None, 1)
    circuit = opened(half_open_requests=2, success_threshold=2)
    assert circuit.snapshot(103.0) == BreakerSnapshot("open", 0, 0, 0, 7.0, None, 2)
    first = circuit.admit(110.0, 115.0)
    assert circuit.snapshot(110.0) == BreakerSnapshot("half_open", 0, 0, 1, 0.0, None, 3)
    circuit.record(first, SUCCESS, 111.0)
    assert circuit.snapshot(111.0) == BreakerSnapshot("half_open", 0, 1, 0, 0.0, None, 3)
    circuit.force("open")
    assert circuit.snapshot(111.0) == BreakerSnapshot("open", 0, 0, 0, 0.0, "open", 4)


def test_every_state_survives_being_written_down():
    """Open ends when it would have, half-open knows its probes and successes, closed its failures."""
    circuit = opened(half_open_requests=1, success_threshold=2)
    assert restarted(circuit).snapshot(103.0) == circuit.snapshot(103.0)
    assert isinstance(restarted(circuit).admit(109.9, 115.0), CircuitRefusal)
    probe = circuit.admit(110.0, 115.0)
    assert restarted(circuit).snapshot(110.0) == circuit.snapshot(110.0)
    circuit.record(probe, SUCCESS, 111.0)
    again = restarted(circuit)
    assert again.admit(111.0, 116.0).probe == circuit.admit(111.0, 116.0).probe != probe.probe
    ratio = BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=4, minimum_calls=3)
    for closed in (Circuit(BreakerOptions(failure_threshold=3)), Circuit(ratio)):
        for _ in range(2):
            closed.record(closed.admit(100.0, 105.0), FAILURE, 100.0)
        kept = restarted(closed)
        assert kept.snapshot(100.0) == closed.snapshot(100.0)
        assert kept.record(kept.admit(100.0, 105.0), FAILURE, 100.0) == "open"


def test_a_refusal_while_probes_are_out_waits_for_the_first_of_them():
    """The lease that ends first frees the next place."""
    circuit = opened(half_open_requests=2)
    circuit.admit(110.0, 118.0)
    circuit.admit(110.0, 114.0)
    assert circuit.admit(111.0, 120.0) == CircuitRefusal("half_open", 3.0)


def test_a_probe_may_go_once_the_time_is_over_and_a_place_is_free():
    """Not a moment earlier, not beside as many as are allowed, and never against an operator's hand."""
    circuit = opened(half_open_requests=1)
    assert [circuit.may_probe(now_s) for now_s in (100.0, 109.0, 109.999, 110.0)] == [False, False, False, True]
    probe = circuit.admit(110.0, 115.0)
    assert not circuit.may_probe(111.0)
    circuit.release(probe)
    assert circuit.may_probe(111.0)
    for forced in ("open", "closed"):
        circuit.force(forced)
        assert not circuit.may_probe(200.0)


def test_a_success_says_something_with_a_ratio_or_after_a_failure():
    """Where it would change nothing nobody has to hear of it."""
    assert Circuit(BreakerOptions(failure_threshold=None, failure_ratio=0.5)).counts_successes
    in_row = Circuit(BreakerOptions(failure_threshold=2))
    assert not in_row.counts_successes
    in_row.record(in_row.admit(100.0, 105.0), FAILURE, 100.0)
    assert in_row.counts_successes
    in_row.record(in_row.admit(100.0, 105.0), FAILURE, 100.0)
    assert not in_row.counts_successes


def test_who_was_admitted_before_it_opened_is_so_no_more():
    """An earlier admission holds in closed alone, one of this epoch as long as it is not open."""
    circuit = Circuit(BreakerOptions(failure_threshold=1, open_s=10.0))
    early, failing = circuit.admit(100.0, 105.0), circuit.admit(100.0, 105.0)
    assert circuit.still_admitted(early)
    circuit.record(failing, FAILURE, 100.0)
    assert not circuit.still_admitted(early)
    probe = circuit.admit(110.0, 115.0)
    assert circuit.still_admitted(probe)
    assert not circuit.still_admitted(early)
    assert circuit.record(probe, SUCCESS, 111.0) == "closed"
    assert circuit.still_admitted(early)


def test_a_snapshot_counts_what_can_open_the_circuit():
    """With a ratio alone the failures of its window; beside a threshold the failures in a row too, where they are more."""
    by_ratio = BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=2, minimum_calls=10)
    alone, beside = Circuit(by_ratio), Circuit(by_ratio, BreakerOptions(failure_threshold=5))
    for circuit in (alone, beside):
        for _ in range(3):
            assert circuit.record(circuit.admit(1.0, 9.0), FAILURE, 1.0) is None
    assert (alone.snapshot(1.0).failures, beside.snapshot(1.0).failures) == (2, 3)
