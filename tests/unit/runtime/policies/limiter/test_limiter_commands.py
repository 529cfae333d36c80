"""What processes ask of a limit that they share: who comes when, and who stands in line."""

from __future__ import annotations

from math import inf

import pytest

from intertie.runtime.policies.limiter.commands import Observe, SharedLimit, Take, Taken, run
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.state import ServerHint
from support.store_kit import per_second

SHARE_S = 0.1


class Shared:
    """One limit, asked by hand."""

    def __init__(self, options: LimiterOptions) -> None:
        self.limit = SharedLimit(LimiterState(options, lambda: 0.0), {}, [])
        self._asked = 0

    def take(self, owner: str, waiting: int, *, now_s: float = 0.0, until_s: float = inf) -> Taken:
        self._asked += 1
        take = Take(owner, ("k",), self._asked, waiting, length_s=SHARE_S, until_s=until_s)
        taken = run({"k": self.limit}, take, now_s)
        assert isinstance(taken, Taken)
        return taken


def test_who_had_less_comes_first_with_as_many_as_wait():
    """Once two of two are out, who comes new goes first: its one caller takes one turn, and no more than that."""
    shared = Shared(per_second(2))
    assert [shared.take("early", 1).count for _ in range(2)] == [1, 1]
    new = shared.take("new", 1)
    assert new.count == 0
    # What is out may depart until its end.
    assert new.turns[:3] == pytest.approx((SHARE_S + 1.0, SHARE_S + 1.0, SHARE_S + 2.0))
    assert shared.take("early", 1).turns[:3] == pytest.approx((SHARE_S + 1.0, SHARE_S + 2.0, SHARE_S + 2.0))


def test_only_those_whose_turn_comes_in_time_stand_in_line():
    """A place in line that nobody will come for would hold up all others."""
    shared = Shared(per_second(1))
    assert shared.take("early", 1).count == 1
    assert shared.take("hasty", 1, until_s=0.5).count == 0
    assert shared.limit.waiting() == 0
    assert shared.take("patient", 1, until_s=1.5).count == 0
    assert shared.limit.waiting() == 1


def test_a_pause_begins_when_it_was_said():
    """An answer that the store hears of a second late pauses the limit for the second that is left."""
    shared = Shared(per_second(2))
    run({"k": shared.limit}, Observe(("k",), ServerHint(pause_s=2.0, throttled=True), at_s=9.0), 10.0)
    assert shared.take("one", 1, now_s=10.9).count == 0
    assert shared.take("one", 1, now_s=11.1).count == 1
