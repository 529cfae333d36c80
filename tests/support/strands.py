"""Blocking work beside a loop in virtual time: threads of which one runs at a time, so that every run is the same.

While work sleeps, the loop's callers go on: what happens between two steps of an exchange happens in a known order.
"""

from __future__ import annotations

import threading

from intertie.adapters.stores.blocking import meant_to_block
from intertie.adapters.stores.errors import StoreUnavailable


class _Ended(BaseException):
    """The test is over, and work that still sleeps with it."""


class _Strand:
    def __init__(self) -> None:
        self.goes, self.rests = threading.Semaphore(0), threading.Semaphore(0)
        self.is_done = False


class Strands:
    """Runs work in threads, one at a time, on the time of the loop that it is started from."""

    def __init__(self, loop) -> None:
        self.loop = loop
        self.errors: list[BaseException] = []
        self._here = threading.local()
        self._asleep: set[_Strand] = set()
        self._ended = False

    def start(self, work, *, in_s: float = 0.0) -> None:
        """Begin the work in a while, from the loop or from other work."""
        self.loop.call_later(in_s, self._begin, work)

    def _begin(self, work) -> None:
        strand = _Strand()
        threading.Thread(target=self._run, args=(strand, work), daemon=True).start()
        self._step(strand)

    def _run(self, strand: _Strand, work) -> None:
        self._here.strand = strand
        strand.goes.acquire()
        try:
            with meant_to_block():
                work()
        except _Ended:
            pass
        except BaseException as error:  # noqa: BLE001  # told by `stop`
            self.errors.append(error)
        strand.is_done = True
        strand.rests.release()

    def _step(self, strand: _Strand) -> None:
        self._asleep.discard(strand)
        strand.goes.release()
        strand.rests.acquire()

    def sleep(self, seconds: float) -> None:
        """Let others go on for so long; called by work."""
        strand = self._here.strand
        self._asleep.add(strand)
        self.loop.call_later(seconds, self._step, strand)
        strand.rests.release()
        strand.goes.acquire()
        if self._ended:
            raise _Ended

    def stop(self) -> None:
        """End all work, and raise what any of it raised."""
        self._ended = True
        while self._asleep:
            self._step(next(iter(self._asleep)))
        if self.errors:
            raise self.errors[0]


class StrandLock:
    """A lock of work: whoever waits for it sleeps in virtual time."""

    def __init__(self, strands: Strands, *, looks_s: float = 0.001) -> None:
        self._strands, self._looks_s = strands, looks_s
        self._is_held = False

    def acquire(self, timeout: float) -> bool:
        """Wait for the lock, for so long at most."""
        until_s = self._strands.loop.time() + timeout
        while self._is_held:
            if self._strands.loop.time() >= until_s:
                return False
            self._strands.sleep(self._looks_s)
        self._is_held = True
        return True

    def release(self) -> None:
        """Let the next one have it."""
        self._is_held = False


class StrandOffload:
    """A worker thread that takes a moment to begin."""

    inline = False

    def __init__(self, strands: Strands, begins_in_s) -> None:
        self._strands, self._begins_in_s = strands, begins_in_s

    def start(self, work) -> None:
        self._strands.start(work, in_s=self._begins_in_s())


class StrandScheduler:
    """Stands in for a store's background thread: one piece of due work after the other."""

    def __init__(self, strands: Strands) -> None:
        self._strands = strands
        self._due: dict[str, tuple[float, object]] = {}
        self._works = False

    def ask(self, name, work, *, in_s: float = 0.0) -> None:
        at_s = self._strands.loop.time() + in_s
        if name not in self._due or at_s < self._due[name][0]:
            self._due[name] = at_s, work
            self._strands.loop.call_at(at_s, self._look)

    def _look(self) -> None:
        if not self._works and self._next() is not None:
            self._works = True
            self._strands.start(self._work)

    def _next(self) -> str | None:
        now_s = self._strands.loop.time()
        due = [name for name in self._due if self._due[name][0] <= now_s]
        return min(due, key=lambda name: self._due[name][0], default=None)

    def _work(self) -> None:
        try:
            while (name := self._next()) is not None:
                _, work = self._due.pop(name)
                try:
                    work()
                except StoreUnavailable:
                    self.ask(name, work, in_s=1.0)
        finally:
            self._works = False
