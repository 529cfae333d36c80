from __future__ import annotations

import pytest

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.state import Admission, Verdict


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
