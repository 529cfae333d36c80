"""Who gets which connection: decisions without waiting or sockets, shared by both transports.

Every method takes its lock only to look and to change; checking and closing a connection happen outside it. A place is
the right to have one connection open; it is held from before a connection is opened until after it is closed.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from intertie.adapters.http1.limits import TransportLimits


class Pooled(Protocol):
    """What the pool knows of a connection.

    Attributes:
        place: The place that it was opened on, which it holds until it is closed.
        turn: Grows by one when it is given back: who gave it back has it no more, and need not know who has.
        expires_s: Instant after which it is not used again.
        sure_until_s: Instant up to which it is beyond doubt.
    """

    place: Place
    turn: int
    expires_s: float
    sure_until_s: float

    def is_stale(self, now_s: float) -> bool:
        """Return, now, whether the server closed it, or sent what nobody asked for. Never blocks."""

    def discard(self) -> None:
        """Close it. Never blocks, never raises."""

    def forsake(self) -> None:
        """Let go of it in a forked child: close our copy of the descriptor, say nothing to the server."""


C = TypeVar("C", bound=Pooled)


class Place:
    """The right to have one connection open. One that nobody gives up goes back when nobody has it any more.

    Attributes:
        is_held: Whether it counts in its pool.
    """

    is_held = False

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool

    def give_up(self) -> None:
        """Give it back: its connection was closed, or never opened. A second time does nothing."""
        self._pool.give_up(self)

    def moved(self) -> Place:
        """Return it as another place; this one stands for nothing any more."""
        place = Place(self._pool)
        self.is_held, place.is_held = False, self.is_held
        return place

    def __del__(self) -> None:
        if self.is_held:
            self._pool.later(self.give_up)  # the garbage collector may be running inside the pool's own lock


class PoolClosed(Exception):  # noqa: N818
    """The transport was closed."""


class Waiter(Generic[C]):
    """One caller in the queue; `wake` is called once, from any thread, after `granted` or `closed` is set."""

    __slots__ = ("closed", "granted", "wake")

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.granted: C | Place | None = None
        self.closed = False


class Pool(Generic[C]):
    """Connections to one origin: the newest is reused first, callers are served in the order they came.

    An exception of a signal's handler may come at every call and loop in here, and never between two plain assignments
    or deletions: what changes together stands together. So a connection or a place is in the pool, with the first in
    the queue, or with a caller who lets go of it.
    """

    __slots__ = (
        "_closed",
        "_idle",
        "_limits",
        "_lock",
        "_open",
        "_opened_total",
        "_orphans",
        "_reused_total",
        "_waiters",
        "pid",
    )

    def __init__(self, limits: TransportLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._idle: list[C] = []
        self._waiters: deque[Waiter[C]] = deque()
        self._open = 0
        self._opened_total = 0
        self._reused_total = 0
        self._closed = False
        self._orphans: deque[Callable[[], None]] = deque()
        self.pid = os.getpid()
        """The process it belongs to; a forked child starts its own."""

    def take(self, now_s: float, *, fresh: bool = False) -> C | None:
        """Return an idle connection that looks alive, None where there is none or others wait for it."""
        if self._orphans:
            self._see_to_orphans()
        found: C | None = None
        try:
            while True:
                found = None
                with self._lock:
                    idle = self._idle
                    if self._closed or self._waiters or not idle:
                        return None
                    # The oldest lie at the bottom: those past their time go first.
                    if idle[0].expires_s <= now_s:
                        found, expired = idle[0], True
                        del idle[0]
                    elif fresh and idle[-1].sure_until_s < now_s:
                        return None
                    else:
                        found, expired = idle[-1], False
                        del idle[-1]
                if expired or found.is_stale(now_s):
                    self._drop(found)
                    continue
                self._reused_total += 1
                return found
        except BaseException:
            if found is not None:
                self._drop(found)
            raise

    def take_or_queue(self, now_s: float, waiter: Waiter[C], *, fresh: bool = False) -> C | Place | None:
        """Return an idle connection or a place to open one; None where `waiter` was put into the queue instead.

        Raises:
            PoolClosed: The transport was closed.
        """
        while True:
            found = self.take(now_s, fresh=fresh)
            if found is not None:
                return found
            place = Place(self)
            evicted: C | None = None
            with self._lock:
                if self._closed:
                    raise PoolClosed
                if not self._waiters:
                    if self._open < self._limits.max_connections:
                        self._open += 1
                        place.is_held = True
                        return place
                    if self._idle and not fresh:
                        continue  # one came back since we looked
                    if self._idle:
                        # All that is left is doubtful, and a fresh one is asked for: it takes the place of the oldest.
                        evicted = self._idle[0]
                        del self._idle[0]
                        evicted.place.is_held, place.is_held = False, True
                if evicted is None:
                    self._waiters.append(waiter)
                    return None
            evicted.discard()
            return place

    def leave(self, waiter: Waiter[C]) -> C | Place | None:
        """Leave the queue; return what was granted in the meantime, which the caller now holds."""
        with self._lock:
            if waiter.granted is None and waiter in self._waiters:
                self._waiters.remove(waiter)
            return waiter.granted

    def opened(self) -> None:
        """Note that a held place has become a connection."""
        with self._lock:
            self._opened_total += 1

    def give_back(self, connection: C, now_s: float) -> None:
        """Hand a reusable connection to the first in the queue, or keep it."""
        woken: Waiter[C] | None = None
        spare: C | None = None
        try:
            with self._lock:
                if self._closed or connection.expires_s <= now_s:
                    spare = connection
                elif self._waiters:
                    woken = self._waiters[0]
                    woken.granted = connection
                    del self._waiters[0]
                    connection.turn += 1
                    self._reused_total += 1
                else:
                    connection.turn += 1
                    self._idle.append(connection)
                    if len(self._idle) > self._limits.max_idle:
                        spare = self._idle[0]
                        del self._idle[0]
        finally:
            if woken is not None:
                woken.wake()
            if spare is not None:
                self._drop(spare)

    def give_up(self, place: Place) -> None:
        """Give back a place: its connection was closed, or never opened. A second time does nothing."""
        woken: Waiter[C] | None = None
        handed_on = Place(self)
        try:
            with self._lock:
                if not place.is_held:
                    return
                if self._waiters and not self._closed:
                    woken = self._waiters[0]
                    woken.granted = handed_on
                    del self._waiters[0]
                    place.is_held, handed_on.is_held = False, True
                else:
                    place.is_held = False
                    self._open -= 1
        finally:
            if woken is not None:
                woken.wake()

    def forget(self, connection: C) -> bool:
        """Take an idle connection out because it closed; return whether it was here."""
        with self._lock:
            if connection not in self._idle:
                return False
            self._idle.remove(connection)
        self.give_up(connection.place)
        return True

    def later(self, work: Callable[[], None]) -> None:
        """Do `work`, which may be done twice, when a connection is next asked for.

        Takes no lock: a finalizer may call it while it is held.
        """
        self._orphans.append(work)

    def _see_to_orphans(self) -> None:
        while self._orphans:
            work: Callable[[], None] | None = None
            try:
                with self._lock:
                    if self._orphans:
                        work = self._orphans[0]
                        del self._orphans[0]
                if work is not None:
                    work()
            except BaseException:
                if work is not None:
                    self._orphans.append(work)
                raise

    def close(self) -> None:
        """Close what is idle, turn the queue away; what is in use is closed when it comes back.

        It waits for nobody, and goes on where it was interrupted when it is called again.
        """
        with self._lock:
            self._closed = True
        self._see_to_orphans()
        while self._waiters:
            self._turn_away()
        while self._idle:
            connection: C | None = None
            with self._lock:
                if self._idle:
                    connection = self._idle[0]
                    del self._idle[0]
            if connection is not None:
                self._drop(connection)

    def _turn_away(self) -> None:
        waiter: Waiter[C] | None = None
        try:
            with self._lock:
                if self._waiters:
                    waiter = self._waiters[0]
                    waiter.closed = True
                    del self._waiters[0]
        finally:
            if waiter is not None:
                waiter.wake()

    def forsake(self) -> None:
        """Let go of everything in a forked child. Takes no lock: its holder may not exist in this process."""
        for connection in self._idle:
            connection.forsake()

    def statistics(self) -> dict[str, int]:
        """Return a snapshot: `open`, `idle`, `waiting`, `opened_total`, `reused_total`."""
        self._see_to_orphans()
        with self._lock:
            return {
                "open": self._open,
                "idle": len(self._idle),
                "waiting": len(self._waiters),
                "opened_total": self._opened_total,
                "reused_total": self._reused_total,
            }

    def _drop(self, connection: C) -> None:
        connection.discard()
        self.give_up(connection.place)


def times_of(limits: TransportLimits, now_s: float, keep_alive_s: float | None) -> tuple[float, float]:
    """Return until when a connection put aside now may be used, and until when it is beyond doubt.

    Args:
        limits: The transport's.
        now_s: Instant the last answer ended.
        keep_alive_s: What the server said in `Keep-Alive: timeout`, None where it said nothing.

    >>> times_of(TransportLimits(), 100.0, None), times_of(TransportLimits(), 100.0, 5.0)
    ((115.0, 101.0), (104.0, 104.0))
    """
    if keep_alive_s is None:
        return now_s + limits.idle_s, now_s + limits.undoubted_idle_s
    lasts_s = min(limits.idle_s, keep_alive_s - limits.keep_alive_margin_s)
    return now_s + lasts_s, now_s + lasts_s
