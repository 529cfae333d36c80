"""What happens while a process and the store of a shared limit talk: callers go on, answers are lost, and all of it counts once."""

from __future__ import annotations

import pytest

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.state import LimitRefusal, Permit, ServerHint
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import VirtualClock
from support.chaos import ModelServer, leased, lost
from support.store_kit import per_second, sent


@pytest.fixture
def clock():
    return VirtualClock()


def acquired(limiter, clock, wait_s=10.0):
    return run_blocking(limiter.acquire(deadline_s=clock.monotonic_s() + wait_s))


def about_to_leave(limiter, clock):
    """A permit whose request has leave, told to the store neither as departed nor as over, later than its share's end."""
    permit = acquired(limiter, clock)
    permit.departing()
    clock.advance(0.05)
    return permit


@pytest.mark.parametrize("end", ["departed", "given back", "finished"])
def test_what_becomes_of_a_permit_while_the_store_hears_of_it_is_told_later(clock, end):
    """A worker tells that a request is on its way, and at that moment it departs, or breaks off: no room is lost by it."""
    server = ModelServer(per_second(3), clock)
    limiter = leased(server)
    permit = about_to_leave(limiter, clock)

    def meanwhile(_):
        limiter._store.asking = lambda _: None
        if end == "departed":
            permit.departed()
        if end == "given back":
            limiter.give_back(permit)
        else:
            limiter.finished(permit)

    limiter._store.asking = meanwhile
    limiter.snapshot()
    limiter.snapshot()
    assert (server.shared.limit.held, limiter._flying) == (0, 0)
    assert server.free() == (3 if end == "given back" else 2)


@pytest.mark.parametrize("loses", ["asking", "answering"])
def test_what_is_told_again_counts_once(clock, loses):
    """An answer is lost, and nobody knows whether the store heard: two on their way, one of which departs, stay one on its way."""
    server = ModelServer(per_second(5), clock)
    limiter = leased(server)
    permits = [acquired(limiter, clock) for _ in range(2)]
    for permit in permits:
        permit.departing()
    clock.advance(0.05)
    limiter.snapshot()
    assert server.shared.limit.held == 2
    permits[0].departed()
    setattr(limiter._store, loses, lost)
    with pytest.raises(StoreUnavailable):
        limiter._sync()
    setattr(limiter._store, loses, lambda _: None)
    limiter._sync()
    assert server.shared.limit.held == 1, "told twice, it would free the room of the other"
    assert server.free() == 3
    permits[1].departed()
    limiter._sync()
    assert (server.shared.limit.held, server.free()) == (0, 3)


def test_a_hint_that_is_told_again_counts_once(clock):
    """The pause of a throttled answer doubles with each one in a row, not with each time the store is told of it."""
    server = ModelServer(per_second(5, retry_after_s=1.0, backoff_multiplier=10.0), clock)
    limiter = leased(server)
    sent(acquired(limiter, clock))
    limiter._store.answering = lost
    run_blocking(limiter.observe(ServerHint(throttled=True), deadline_s=clock.monotonic_s() + 5.0))
    limiter._store.answering = lambda _: None
    limiter._sync()
    assert server.shared.limit.throttled_in_row == 1
    assert server.shared.limit.paused_until_s == pytest.approx(server.now_s() + 1.0)


def test_a_share_of_which_nobody_heard_keeps_no_place(clock):
    """The answer to the last caller is lost, and nobody of that process asks again: the store is told all the same."""
    server = ModelServer(LimiterOptions(concurrent=1), clock)
    limiter, other = leased(server, store_down="refuse"), leased(server, "other")
    limiter._store.answering = lost
    assert isinstance(acquired(limiter, clock), LimitRefusal)
    limiter._store.answering = lambda _: None
    assert isinstance(acquired(other, clock, 0.0), LimitRefusal)
    limiter._background.run()
    assert isinstance(acquired(other, clock, 0.0), Permit)
