"""What happens while a process and the store of a shared limit talk: callers go on, answers are lost, and all of it counts once."""

from __future__ import annotations

import asyncio

import pytest

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.runtime.policies.limiter.commands import Tell
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.state import LimitRefusal, Permit, ServerHint
from intertie.runtime.stepping import run_blocking
from intertie.testing.virtual_time import VirtualClock, run_virtual
from support.chaos import ModelServer, leased, lost
from support.store_kit import most_within, per_second, sent


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


def test_whoever_waits_alone_goes_back_to_the_store_once_it_answers(clock):
    """The part that a process keeps to without its store ends with the outage: its waiters do not leave beside the others."""
    server = ModelServer(per_second(2), clock)
    limiter, other = leased(server), leased(server, "other")
    for each in (other, limiter):
        sent(acquired(each, clock))
    stamps = []

    async def one():
        permit = sent(await limiter.acquire(deadline_s=clock.monotonic_s() + 30.0))
        stamps.append(clock.monotonic_s())
        limiter.finished(permit)

    async def crowd():
        limiter._store.asking = lost
        callers = [asyncio.ensure_future(one()) for _ in range(3)]
        await clock.sleep_until(1000.1)
        limiter._store.asking = lambda _: None
        limiter._background.run()
        assert limiter._alone.limiter is None
        for _ in range(2):
            await clock.sleep_until(clock.monotonic_s() + 0.95)
            sent(await other.acquire(deadline_s=clock.monotonic_s() + 30.0))
            stamps.append(clock.monotonic_s())
        await asyncio.gather(*callers)

    run_virtual(crowd(), clock)
    assert most_within([1000.0, 1000.0, *stamps], 1.0) == 2


def test_what_left_before_an_outage_counts_in_it(clock):
    """A process that is alone on a limit has what is left of it, and not all of it anew each time the store fails."""
    server = ModelServer(per_second(3), clock)
    limiter = leased(server)
    taken = []
    for _ in range(4):
        limiter._store.asking = lambda _: None
        taken.append(sent(acquired(limiter, clock, 0.0)))
        limiter._store.asking = lost
        taken.append(sent(acquired(limiter, clock, 0.0)))
        clock.advance(0.01)
        limiter._alone.go_down()
        limiter._alone._retry_at_s = 0.0
    assert sum(isinstance(answer, Permit) for answer in taken) == 3


def test_a_request_of_an_outage_that_has_not_left_when_it_ends_holds_its_room(clock):
    """The store is told that it is on its way, and then that it left, or that it never did."""
    server = ModelServer(per_second(3), clock)
    limiter = leased(server)
    limiter.finished(acquired(limiter, clock))
    clock.advance(5.0)
    limiter._store.asking = lost
    permits = [acquired(limiter, clock) for _ in range(2)]
    for permit in permits:
        permit.departing()
    limiter._store.asking = lambda _: None
    limiter._sync()
    assert (server.shared.limit.held, server.free()) == (2, 1)
    permits[0].departed()
    limiter.finished(permits[0])
    limiter.give_back(permits[1])
    limiter._sync()
    assert (server.shared.limit.held, server.free(), limiter._flying) == (0, 2, 0)


def test_a_long_outage_without_limit_keeps_what_can_matter_of_what_left(clock):
    """`allow` lets any number leave; the store needs no more of them than the fullest window holds."""
    server = ModelServer(per_second(5), clock)
    limiter = leased(server, store_down="allow")
    limiter._store.asking = lost
    for _ in range(1000):
        limiter.finished(acquired(limiter, clock))
        clock.advance(0.001)
    limiter._store.asking = lambda _: None
    limiter._sync()
    told = [command for _, commands, _ in server.exchanges for command in commands if isinstance(command, Tell)]
    assert max(len(command.used) for command in told) == 5
    assert server.free() == 0


def test_places_in_flight_are_not_passed_where_sharers_are_more_than_places(clock):
    """Two processes on one place, both without their store: a part of it is none."""
    server = ModelServer(LimiterOptions(concurrent=1), clock)
    limiters = [leased(server), leased(server, "other")]
    for limiter in (*limiters, *limiters):
        limiter.finished(acquired(limiter, clock))
        limiter._background.run()
    for limiter in limiters:
        limiter._store.asking = lost
    answers = [acquired(limiter, clock, 0.5) for limiter in limiters]
    assert [answer.reason for answer in answers] == ["concurrency", "concurrency"]


def test_two_permits_given_back_in_an_outage_are_free_once_it_ends(clock):
    """They were taken with the store's leave, and it hears that neither left."""
    server = ModelServer(LimiterOptions((Window(60.0, 3),), margin_s=0.0), clock)
    limiter = leased(server)
    permits = [acquired(limiter, clock) for _ in range(2)]
    limiter._store.asking = lost
    clock.advance(0.01)
    for permit in permits:
        limiter.give_back(permit)
    clock.advance(5.0)
    limiter._store.asking = lambda _: None
    limiter._sync()
    assert server.free() == 3
