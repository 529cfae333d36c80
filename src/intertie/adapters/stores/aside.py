"""Store work that no signal interrupts: the main thread has another one do it, and waits.

Python runs the handlers of signals in the main thread alone. What they raise, Ctrl-C above all, ends the wait. The work
itself runs to its end, as it does for a task that is cancelled, and what it gave is undone in the same way.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from math import inf
from typing import Any, Final, TypeVar

from intertie.adapters.stores.blocking import meant_to_block
from intertie.adapters.stores.offload import InlineOffload
from intertie.core.bells import ThreadBell
from intertie.core.forking import renew_after_fork

T = TypeVar("T")

_IDLE_S: Final = 1.0
"""How long a thread waits for more to do before it ends."""


class AsideOffload(InlineOffload):
    """Work of the main thread runs in another one; that of any other thread at once. Awaiting never suspends."""

    __slots__ = ("__weakref__", "_idle")

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Forget the threads, which are the parent's."""
        self._idle = []

    async def __call__(self, work: Callable[[], T], /, *, within_s: float = inf) -> T:
        """Return what `work` returns."""
        if threading.get_ident() != threading.main_thread().ident:
            return await super().__call__(work, within_s=within_s)
        job = _Job(work)
        worker = self._idle.pop() if self._idle else None
        if worker is None or not worker.take(job):
            # Not a `threading.Thread`: starting one waits for an event that an interrupt may leave locked.
            _thread.start_new_thread(_Worker(self._idle).work, (job,))
        job.ended.acquire()
        error, job.error = job.error, None
        if error is not None:
            raise error
        return job.result  # type: ignore[no-any-return]


class _Job:
    """Work, and what came of it; `ended` is held until then."""

    __slots__ = ("ended", "error", "result", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.ended = threading.Lock()
        self.ended.acquire()

    def run(self) -> None:
        try:
            with meant_to_block():
                self.result = self.work()
        except BaseException as error:  # noqa: BLE001  # raised where the work was asked for
            self.error = error


class _Worker:
    """A thread that does one job after the other; it is in `idle` while it waits for one."""

    __slots__ = ("_bell", "_idle", "_is_over", "_job", "_lock")

    def __init__(self, idle: list[_Worker]) -> None:
        self._idle = idle
        self._job: _Job | None = None
        self._is_over = False
        self._lock = threading.Lock()
        self._bell = ThreadBell()

    def take(self, job: _Job) -> bool:
        """Do a job next; False where the thread has ended."""
        with self._lock:
            if self._is_over:
                return False
            self._job = job
            self._bell.ring()
            return True

    def work(self, job: _Job | None) -> None:
        """Work until nobody has asked for a while: what the thread runs."""
        while True:
            if job is not None:
                job.run()
                self._idle.append(self)
                job.ended.release()
            called = self._bell.block_for(_IDLE_S)
            with self._lock:
                job, self._job = self._job, None
                if job is None and not called:
                    self._is_over = True
                    return
