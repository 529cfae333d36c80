"""Many threads that ask at once, answered by one transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from intertie.adapters.stores.errors import StoreUnavailable
from intertie.adapters.stores.sqlite.database import BUSY_S

S = TypeVar("S")


class _Request(Generic[S]):
    __slots__ = ("act", "answer", "error")

    def __init__(self, act: Callable[[S, float], object]) -> None:
        self.act = act
        self.answer: tuple[object, float] | None = None
        self.error: StoreUnavailable | None = None


class Combiner(Generic[S]):
    """Whoever gets the turn does the work of all who wait for it.

    `transact(acts, patience_s)` runs them in order within one transaction and returns their answers, each with the
    store's time.
    """

    def __init__(
        self, transact: Callable[[list[Callable[[S, float], object]], float], list[tuple[object, float]]]
    ) -> None:
        self._transact = transact
        self._queue_lock = threading.Lock()
        self._queue: list[_Request[S]] = []
        self._turn = threading.Lock()

    def run(self, act: Callable[[S, float], object], *, patience_s: float = BUSY_S) -> tuple[object, float]:
        """Return what `act(state, now_s)` returns in a transaction, and the store's time of it.

        Raises:
            StoreUnavailable: The transaction failed; nothing was stored.
        """
        request = _Request(act)
        with self._queue_lock:
            self._queue.append(request)
        if not self._turn.acquire(timeout=patience_s):
            with self._queue_lock:
                if request in self._queue:
                    self._queue.remove(request)
                    msg = f"the store was busy for {patience_s:g} s; look for a process that hangs"
                    raise StoreUnavailable(msg, url="")
            self._turn.acquire()  # it is being done right now: its answer must not be lost
        try:
            if request.answer is None and request.error is None:
                self._run_all(patience_s)
        finally:
            self._turn.release()
        if request.error is not None:
            raise request.error
        if request.answer is None:
            msg = "a transaction answered fewer than asked; please report this"
            raise RuntimeError(msg)
        return request.answer

    def _run_all(self, patience_s: float) -> None:
        with self._queue_lock:
            batch, self._queue = self._queue, []
        try:
            answers = self._transact([request.act for request in batch], patience_s)
        except StoreUnavailable as error:
            for request in batch:
                request.error = error
            return
        except (sqlite3.Error, OSError) as error:
            for request in batch:
                request.error = StoreUnavailable(f"the store failed: {error}", url="")
            return
        for request, answer in zip(batch, answers, strict=True):
            request.answer = answer
