"""Work that no caller waits for, in one thread that starts when there is first something to do."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable
from typing import Protocol

from intertie.adapters.stores.errors import StoreUnavailable
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
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Forget the parent's thread and work."""
        self._wake = threading.Condition()
        self._due = {}
        self._thread = None

    def ask(self, name: str, work: Callable[[], None], *, in_s: float = 0.0) -> None:
        """Have `work` done in `in_s` seconds, or sooner where it was asked for sooner."""
        at_s = self._clock.monotonic_s() + in_s
        with self._wake:
            known = self._due.get(name)
            if self._stopped or (known is not None and known[0] <= at_s):
                return
            idle = not self._due
            self._due[name] = (at_s, work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="intertie-store", daemon=True)
                self._thread.start()
            elif idle or in_s < _TICK_S:
                self._wake.notify()  # else the thread looks again by itself within a tick

    def _run(self) -> None:
        try:
            self._work()
        finally:
            # Stopped, or ended by a bug that the interpreter reports: the next piece of work starts a new thread.
            with self._wake:
                if self._thread is threading.current_thread():
                    self._thread = None

    def _work(self) -> None:
        while True:
            with self._wake:
                if self._stopped:
                    return
                name, wait_s = self._next_locked()
                if name is None:
                    self._wake.wait(wait_s)
                    continue
                _, work = self._due.pop(name)
            try:
                work()
            except StoreUnavailable as error:
                self._on_trouble(str(error))
                self.ask(name, work, in_s=1.0)
            else:
                self._on_trouble(None)

    def _next_locked(self) -> tuple[str | None, float | None]:
        if not self._due:
            return None, None
        name = min(self._due, key=lambda known: self._due[known][0])
        left_s = self._due[name][0] - self._clock.monotonic_s()
        # Waiting is on real time, and the clock may be a virtual one that jumps meanwhile: look again soon.
        return (name, None) if left_s <= 0 else (None, min(left_s, _TICK_S))

    def stop(self) -> None:
        """End the thread; work that is not done yet is left to the caller's own flush."""
        with self._wake:
            self._stopped = True
            self._due.clear()
            self._wake.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()


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
