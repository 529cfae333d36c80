"""Work that no caller waits for, in one thread that starts when there is first something to do."""

from __future__ import annotations

import _thread
import atexit
import threading
import weakref
from collections.abc import Callable
from math import inf
from typing import Protocol

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.core.bells import ThreadBell
from intertie.core.clock import Clock
from intertie.core.forking import renew_after_fork

_TICK_S = 0.02


class Background:
    """Runs each named piece of work once, at its time, in one daemon thread.

    Work that is asked for again before it ran runs once, at the earlier of the two times. Work that finds the store
    unavailable is tried again a second later; `on_trouble` is told what is wrong, and None once work succeeds again.
    """

    def __init__(self, clock: Clock, on_trouble: Callable[[str | None], None]) -> None:
        self._clock = clock
        self._on_trouble = on_trouble
        self._stopped = False
        self._begin()
        renew_after_fork(self)

    def _begin(self) -> None:
        # Plain locks: an interrupt may leave a condition or an event locked, and a thread that starts with one.
        self._lock = threading.Lock()
        self._bell = ThreadBell()
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._thread: _Thread | None = None

    def after_fork_in_child(self) -> None:
        """Forget the parent's thread and work."""
        self._begin()

    def ask(self, name: str, work: Callable[[], None], *, in_s: float = 0.0) -> None:
        """Have `work` done in `in_s` seconds, or sooner where it was asked for sooner."""
        at_s = self._clock.monotonic_s() + in_s
        try:
            with self._lock:
                known = self._due.get(name)
                if self._stopped or (known is not None and known[0] <= at_s):
                    return
                idle = not self._due
                self._due[name] = (at_s, work)
                if self._thread is None:
                    self._start_locked()
                    return
            if idle or in_s < _TICK_S:
                self._bell.ring()  # else the thread looks again by itself within a tick
        except BaseException:
            self._bell.ring()  # interrupted, perhaps before it rang
            raise

    def _start_locked(self) -> None:
        thread = _Thread()
        self._thread = thread
        try:
            _thread.start_new_thread(self._run, (thread,))
        except RuntimeError:  # there can't be more threads: the next piece of work tries again
            self._thread = None
            raise

    def _run(self, thread: _Thread) -> None:
        thread.ident = threading.get_ident()
        try:
            self._work()
        finally:
            # Stopped, or ended by a bug that the interpreter reports: the next piece of work starts a new thread.
            with self._lock:
                if self._thread is thread:
                    self._thread = None
            thread.ended.release()

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._stopped:
                    return
                name, within_s = self._next_locked()
                if name is not None:
                    _, work = self._due.pop(name)
            if name is None:
                self._bell.block_for(within_s)
                continue
            try:
                work()
            except StoreUnavailable as error:
                self._on_trouble(str(error))
                self.ask(name, work, in_s=1.0)
            else:
                self._on_trouble(None)

    def _next_locked(self) -> tuple[str | None, float]:
        """Return the work that is due, or None and how long to wait for more."""
        if not self._due:
            return None, inf
        name = min(self._due, key=lambda known: self._due[known][0])
        left_s = self._due[name][0] - self._clock.monotonic_s()
        # Waiting is on real time, and the clock may be a virtual one that jumps meanwhile: look again soon.
        return (name, 0.0) if left_s <= 0 else (None, min(left_s, _TICK_S))

    def stop(self) -> None:
        """End the thread; work that is not done yet is left to the caller's own flush."""
        with self._lock:
            self._stopped = True
            self._due.clear()
            thread = self._thread
        self._bell.ring()
        if thread is not None and thread.ident != threading.get_ident():
            thread.ended.acquire()
            thread.ended.release()  # for whoever stops it, too


class _Thread:
    """The thread that works; `ended` is held until it has ended."""

    __slots__ = ("ended", "ident")

    def __init__(self) -> None:
        self.ident = 0
        self.ended = threading.Lock()
        self.ended.acquire()


class Closable(Protocol):
    """Something that returns what it holds when it is closed."""

    def close(self) -> None:
        """Close it; a second time does nothing."""


def close_at_exit(thing: Closable) -> None:
    """Have `thing.close()` called when the interpreter ends, if it still lives then."""
    known = weakref.ref(thing)

    def close() -> None:
        alive = known()
        if alive is not None:
            alive.close()

    atexit.register(close)
