from __future__ import annotations

import os
import random

import pytest

from intertie.adapters.http1.limits import TransportLimits
from intertie.adapters.http1.pool import Place, Pool, PoolClosed, Waiter


class Fake:
    """A connection that only remembers what was done to it."""

    place: Place
    turn = 0

    def __init__(self, *, expires_s: float = 100.0, sure_until_s: float = 100.0) -> None:
        self.expires_s = expires_s
        self.sure_until_s = sure_until_s
        self.stale = False
        self.closed = False
        self.forsaken = False

    def is_stale(self, now_s: float) -> bool:
        return self.stale

    def discard(self) -> None:
        assert not self.closed, "closed twice"
        self.closed = True

    def forsake(self) -> None:
        self.forsaken = True


class Line:
    """Callers in the queue, in the order they were woken."""

    def __init__(self) -> None:
        self.woken: list[int] = []

    def waiter(self, name: int) -> Waiter[Fake]:
        return Waiter(lambda: self.woken.append(name))


def pool(**limits: float) -> Pool[Fake]:
    return Pool(TransportLimits(**limits))  # type: ignore[arg-type]


def opened(made: Pool[Fake], connection: Fake) -> Fake:
    """Take a place and open a connection on it."""
    return open_on(a_place(made), made, connection)


def a_place(made: Pool[Fake], now_s: float = 0.0, *, fresh: bool = False) -> Place:
    place = made.take_or_queue(now_s, Waiter(lambda: None), fresh=fresh)
    assert isinstance(place, Place)
    return place


def open_on(place: Place, made: Pool[Fake], connection: Fake) -> Fake:
    connection.place = place
    made.opened()
    return connection


def test_the_newest_is_used_first() -> None:
    """Idle connections come back newest first, so that the surplus grows old and goes."""
    made = pool()
    first, second = opened(made, Fake()), opened(made, Fake())
    made.give_back(first, 0.0)
    made.give_back(second, 0.0)
    assert made.take(1.0) is second
    assert made.take(1.0) is first
    assert made.take(1.0) is None


def test_expired_and_stale_connections_are_closed_on_the_way() -> None:
    """Looking for a connection closes those past their time and those that died, and counts their places back."""
    made = pool()
    old, dead, good = opened(made, Fake(expires_s=5.0)), opened(made, Fake()), opened(made, Fake())
    for connection in (old, good, dead):
        made.give_back(connection, 0.0)
    dead.stale = True
    assert made.take(6.0) is good
    assert (old.closed, dead.closed, good.closed) == (True, True, False)
    assert made.statistics() == {"open": 1, "idle": 0, "waiting": 0, "opened_total": 3, "reused_total": 1}


def test_no_more_places_than_allowed_and_first_come_first_served() -> None:
    """Beyond the limit callers queue; what comes back, connection or place, goes to the first."""
    made, line = pool(max_connections=2), Line()
    first, second = opened(made, Fake()), opened(made, Fake())
    waiters = [line.waiter(name) for name in range(3)]
    assert [made.take_or_queue(0.0, waiter) for waiter in waiters] == [None, None, None]
    assert made.statistics()["waiting"] == 3
    made.give_back(first, 0.0)
    assert (line.woken, waiters[0].granted) == ([0], first)
    second.discard()
    second.place.give_up()
    assert line.woken == [0, 1]
    assert isinstance(waiters[1].granted, Place)
    assert made.statistics()["open"] == 2


def test_nobody_overtakes_the_queue() -> None:
    """While others wait, neither an idle connection nor a free place goes to a newcomer."""
    made, line = pool(max_connections=1), Line()
    held = opened(made, Fake())
    made.take_or_queue(0.0, line.waiter(0))
    assert made.take(0.0) is None
    assert made.take_or_queue(0.0, line.waiter(1)) is None
    made.give_back(held, 0.0)
    assert line.woken == [0]


def test_who_leaves_the_queue_hands_on_what_was_granted_meanwhile() -> None:
    """Leaving returns what was granted in the same moment, so that it can be passed on; else nothing."""
    made, line = pool(max_connections=1), Line()
    held = opened(made, Fake())
    impatient, granted = line.waiter(0), line.waiter(1)
    made.take_or_queue(0.0, impatient)
    made.take_or_queue(0.0, granted)
    assert made.leave(impatient) is None
    made.give_back(held, 0.0)
    assert made.leave(granted) is held
    assert line.woken == [1]


def test_fresh_takes_only_what_is_beyond_doubt_and_replaces_the_oldest() -> None:
    """`fresh` leaves doubtful connections alone; at the limit the oldest of them makes room."""
    made = pool(max_connections=2)
    old, young = opened(made, Fake(sure_until_s=1.0)), opened(made, Fake(sure_until_s=2.0))
    made.give_back(old, 0.0)
    made.give_back(young, 0.0)
    assert made.take(1.5, fresh=True) is young
    made.give_back(young, 1.5)
    assert made.take(3.0, fresh=True) is None
    place = a_place(made, 3.0, fresh=True)
    old.place.give_up()  # as its connection does when it closes
    assert place.is_held
    assert (old.closed, young.closed) == (True, False)
    assert made.statistics()["open"] == 2


def test_the_surplus_of_idle_connections_is_closed_oldest_first() -> None:
    """Beyond `max_idle` the one that has been idle longest is closed."""
    made = pool(max_idle=1)
    first, second = opened(made, Fake()), opened(made, Fake())
    made.give_back(first, 0.0)
    made.give_back(second, 0.0)
    assert (first.closed, second.closed) == (True, False)
    assert made.statistics()["open"] == 1


def test_by_default_whatever_was_opened_for_a_burst_is_kept_for_the_next_one() -> None:
    """Opening costs several exchanges; what is not used again goes at the end of its idle time."""
    limits = TransportLimits()
    made = pool()
    burst = [opened(made, Fake()) for _ in range(limits.max_connections)]
    for connection in burst:
        made.give_back(connection, 0.0)
    assert not any(connection.closed for connection in burst)
    assert made.statistics()["idle"] == limits.max_connections


def test_a_connection_back_after_its_time_is_closed() -> None:
    """A server that keeps connections for no time gets them closed at once."""
    made = pool()
    connection = opened(made, Fake(expires_s=0.0))
    made.give_back(connection, 0.0)
    assert connection.closed
    assert made.statistics()["open"] == 0


def test_closing_closes_the_idle_turns_the_queue_away_and_takes_nothing_back() -> None:
    """After closing, idle ones are closed, waiters told, and what comes back is closed too."""
    made, line = pool(max_connections=2), Line()
    idle, held = opened(made, Fake()), opened(made, Fake())
    waiter = line.waiter(0)
    made.take_or_queue(0.0, waiter)
    made.close()
    assert (waiter.closed, waiter.granted, line.woken) == (True, None, [0])
    made.give_back(held, 0.0)
    made.give_back(idle, 0.0)
    assert idle.closed
    assert held.closed
    assert made.statistics() == {"open": 0, "idle": 0, "waiting": 0, "opened_total": 2, "reused_total": 0}
    assert made.take(0.0) is None
    with pytest.raises(PoolClosed):
        made.take_or_queue(0.0, Waiter(lambda: None))


def test_an_idle_connection_that_closed_is_forgotten_once() -> None:
    """A connection that closed while idle is taken out; one that isn't here any more is somebody else's business."""
    made = pool()
    connection = opened(made, Fake())
    made.give_back(connection, 0.0)
    assert made.forget(connection)
    assert not made.forget(connection)
    assert made.statistics()["open"] == 0


def test_a_forked_child_lets_go_without_the_lock() -> None:
    """Forsaking takes no lock, which another thread of the parent may hold, and closes no connection for the parent."""
    made = pool()
    connection = opened(made, Fake())
    made.give_back(connection, 0.0)
    with made._lock:
        made.forsake()
    assert connection.forsaken
    assert not connection.closed
    assert made.pid == os.getpid()


def test_work_left_by_finalizers_is_done_at_the_next_turn() -> None:
    """What a finalizer hands over is done, without the lock, when a connection is next asked for."""
    made, done = pool(), []
    with made._lock:
        made.later(lambda: done.append(made.statistics()["open"]))
    made.take(0.0)
    assert done == [0]


def test_a_place_comes_back_once_however_often_it_is_given_up_and_also_where_nobody_does() -> None:
    """Giving up a place twice frees one; one that its holder forgot is free when the pool is next asked."""
    made = pool()
    first, second, third = a_place(made), a_place(made), a_place(made)
    first.give_up()
    first.give_up()
    assert made.statistics()["open"] == 2
    del second
    assert made.statistics()["open"] == 1
    moved = third.moved()
    third.give_up()
    assert made.statistics()["open"] == 1
    moved.give_up()
    assert made.statistics()["open"] == 0


def test_a_forgotten_place_goes_to_the_first_in_the_queue() -> None:
    """A caller who waits gets the place of one who was interrupted."""
    made, line = pool(max_connections=1), Line()
    place = a_place(made)
    waiter = line.waiter(0)
    assert made.take_or_queue(0.0, waiter) is None
    del place
    assert made.take(0.0) is None
    assert line.woken == [0]
    assert isinstance(waiter.granted, Place)


def test_seeded_users_never_break_the_count() -> None:
    """Over 200,000 random turns of many users: never more open than allowed, nobody served twice, nothing lost."""
    rng = random.Random(20261124)
    most = 4
    made: Pool[Fake] = pool(max_connections=most, max_idle=3)
    now_s = 0.0
    held: list[Fake] = []
    places: list[Place] = []
    waiting: list[Waiter[Fake]] = []
    order: list[Waiter[Fake]] = []

    def join() -> None:
        waiter: Waiter[Fake] = Waiter(lambda: None)
        waiter.wake = lambda: order.append(waiter)
        found = made.take_or_queue(now_s, waiter, fresh=rng.random() < 0.2)
        if isinstance(found, Fake):
            assert not found.closed
            held.append(found)
        elif found is not None:
            places.append(found)
        else:
            waiting.append(waiter)

    for _ in range(200_000):
        now_s += rng.random() * 0.3
        turn = rng.randrange(7)
        if turn <= 1:
            join()
        elif turn == 2 and places:
            place = places.pop()
            if rng.random() < 0.8:
                held.append(open_on(place, made, Fake(expires_s=now_s + 2.0, sure_until_s=now_s + 0.5)))
            elif rng.random() < 0.5:
                place.give_up()
            else:
                del place  # let go of by an interrupt
        elif turn <= 4 and held:
            connection = held.pop(rng.randrange(len(held)))
            if rng.random() < 0.8:
                connection.expires_s, connection.sure_until_s = now_s + 2.0, now_s + 0.5
                connection.stale = rng.random() < 0.1
                made.give_back(connection, now_s)
            else:
                connection.discard()
                connection.place.give_up()
        elif turn == 5 and waiting and rng.random() < 0.2:
            leaver = waiting.pop(rng.randrange(len(waiting)))
            assert made.leave(leaver) is None
        made.statistics()  # what was let go of goes on to those in the queue
        while order:
            waiter = order.pop(0)
            assert waiter is waiting.pop(0), "somebody overtook"
            if isinstance(waiter.granted, Fake):
                held.append(waiter.granted)
            else:
                assert isinstance(waiter.granted, Place)
                places.append(waiter.granted)
                waiter.granted = None
        counted = made.statistics()
        assert counted["open"] == len(held) + len(places) + counted["idle"] <= most
        assert counted["waiting"] == len(waiting)
        assert not (waiting and counted["open"] < most), "somebody waits while a place is free"
