"""A permit by itself."""

from math import inf

import pytest

from intertie.runtime.held import Exchanged, Held
from intertie.runtime.state import Permit, PermitLapsed


class Limit:
    """Gives permits: its clock is moved by hand."""

    def __init__(self) -> None:
        self.at_s = 10.0
        self.left: list[Permit] = []

    def now_s(self) -> float:
        return self.at_s

    def departed(self, permit: Permit) -> None:
        self.left.append(permit)


def test_a_permit_is_good_to_its_last_instant():
    """At `not_after_s` its request may still begin to leave, and no later."""
    limit = Limit()
    permit = Permit(limit, 10.0, 10.25)
    limit.at_s = 10.25
    permit.departing()
    limit.at_s = 10.5
    with pytest.raises(PermitLapsed) as lapsed:
        permit.departing()
    assert lapsed.value.late_s == 0.25
    assert limit.left == []


def test_a_permit_that_no_window_counts_does_not_lapse():
    """A place in flight is no matter of time."""
    limit = Limit()
    permit = Permit(limit, 10.0)
    limit.at_s = 1e9
    permit.departing()
    assert (permit.not_after_s, permit.waited_s) == (inf, 0.0)


def test_a_departure_is_told_to_who_gave_the_permit():
    """With the permit itself, so that one who gave several knows which."""
    limit = Limit()
    permit = Permit(limit, 10.0, 11.0, 0.5)
    permit.departed()
    assert limit.left == [permit]
    assert repr(permit) == "Permit(stamp_s=10.0, not_after_s=11.0, waited_s=0.5)"


def test_what_goes_again_keeps_what_was_taken_further_out():
    """The stage and those behind it take anew; the exchange that did not come to pass is forgotten."""
    held = Held({"budget": 1, "connection": 2, "rate_limit": 3})
    held.exchanged = Exchanged(PermitLapsed(0.1), 0.0, 0.0)
    again = held.again_from("connection")
    assert again == {"budget": 1}
    assert (again.exchanged, again.again) == (None, True)
    assert (held["connection"], held.again) == (2, False)
    assert Held({"budget": 1}).again_from("connection") == {"budget": 1}
