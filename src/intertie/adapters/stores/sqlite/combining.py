"""Many callers that ask at once, answered by one transaction; each leaves at its own deadline."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Generic, TypeAlias, TypeVar

from intertie.adapters.stores.errors import StoreLocked, StoreUnavailable
from intertie.adapters.stores.sqlite.database import BUSY_S
from intertie.core.locks import let_go
from intertie.runtime.state import Bell, Offload

_STEP_S = 0.25

S = TypeVar("S")

Answer: TypeAlias = tuple[object, float]
"""What an act returned, and the store's time of it."""
Left: TypeAlias = Callable[[Answer | None], None]
"""Called once where a caller got no answer: with what was answered after it left, or None where nothing was stored."""


class _Request(Generic[S]):
    __slots__ = ("act", "answer", "bell", "error", "gone", "left", "until_s")

    def __init__(self, act: Callable[[S, float], object], until_s: float, bell: Bell | None, left: Left | None) -> None:
        self.act = act
        self.until_s = until_s
        self.bell = bell
        self.left = left
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.gone = False

    @property
    def is_done(self) -> bool:
        return self.answer is not None or self.error is not None

    def tell_left(self, answer: Answer | None) -> None:
        """Tell it once what became of it after its caller left."""
        left, self.left = self.left, None
        if left is not None:
            left(answer)


Take: TypeAlias = Callable[[], list[Callable[[S, float], object]]]
Transact: TypeAlias = Callable[[Take[S], float], list[Answer]]


class Combiner(Generic[S]):
    """Whoever gets the turn does the work of all who wait for it.

    `transact(take, patience_s)` begins a transaction, waiting for others at most `patience_s`. Once it is begun,
    `take()` returns the acts of all who wait then; it runs them in order and returns their answers, each with the
    store's time. A caller whose time is over before that takes its request back. One whose time is over later leaves,
    and `left` hears what became of it.

    Synchronous callers take the turn themselves. Those on an event loop wait for a bell, and one thread works for all.
    """

    def __init__(
        self,
        transact: Transact[S],
        *,
        offload: Offload,
        monotonic_s: Callable[[], float],
        busy: Callable[[float], StoreUnavailable],
    ) -> None:
        self._transact = transact
        self._offload = offload
        self._monotonic_s = monotonic_s
        self._busy = busy
        self._queue_lock = threading.Lock()
        self._queue: list[_Request[S]] = []
        self._turn = threading.RLock()
        self._working = False

    async def ask(self, act: Callable[[S, float], object], *, patience_s: float, left: Left | None = None) -> Answer:
        """Return what `act(state, now_s)` returns in a transaction, and the store's time of it; wait off the loop.

        Raises:
            StoreUnavailable: The transaction failed, or was not begun within `patience_s`; `left` was told.
        """
        if self._offload.inline:
            asked: _Request[S] = _Request(act, self._monotonic_s() + patience_s, None, left)
            try:
                await self._offload(partial(self._stand, asked, patience_s))
                return self._answer_of(asked, patience_s)
            except BaseException:
                self._abandon(asked)
                raise
        bell = self._offload.bell()
        request = _Request(act, self._monotonic_s() + patience_s, bell, left)
        with self._queue_lock:
            self._queue.append(request)
            starts, self._working = not self._working, True
        try:
            if starts:
                self._start()
            await bell.wait(patience_s)
        except BaseException:
            self._abandon(request)
            raise
        return self._answer_of(request, patience_s)

    def run(self, act: Callable[[S, float], object], *, patience_s: float = BUSY_S, left: Left | None = None) -> Answer:
        """Return what `act(state, now_s)` returns in a transaction, and the store's time of it; block for it.

        Raises:
            StoreUnavailable: The transaction failed, or was not begun within `patience_s`; `left` was told.
        """
        request = _Request(act, self._monotonic_s() + patience_s, None, left)
        try:
            self._stand(request, patience_s)
            return self._answer_of(request, patience_s)
        except BaseException:
            self._abandon(request)
            raise

    def _stand(self, request: _Request[S], patience_s: float) -> None:
        """Have a request answered, by whoever has the turn."""
        with self._queue_lock:
            self._queue.append(request)
        try:
            left_s = patience_s
            has_turn = self._turn.acquire(blocking=False)
            if not has_turn and self._turn.acquire(timeout=patience_s):
                has_turn, left_s = True, max(0.01, request.until_s - self._monotonic_s())
            if has_turn and not request.is_done:
                self._serve(left_s)
        finally:
            let_go(self._turn)

    def _answer_of(self, request: _Request[S], patience_s: float) -> Answer:
        if not self._leave(request):
            raise self._busy(patience_s)
        if request.error is not None:
            request.tell_left(None)
            raise request.error
        if request.answer is None:
            msg = "a transaction answered fewer than asked; please report this"
            raise RuntimeError(msg)
        return request.answer

    def _abandon(self, request: _Request[S]) -> None:
        """Leave for good: what was answered already is nobody's."""
        if self._leave(request):
            request.tell_left(request.answer)

    def _leave(self, request: _Request[S]) -> bool:
        """Return whether the request is done; otherwise take it back, or have `left` told once it is."""
        with self._queue_lock:
            if request.is_done:
                return True
            request.gone = True
            waits = request in self._queue
            if waits:
                self._queue.remove(request)
        if waits:
            request.tell_left(None)
        return False

    # --- one transaction for all who wait ---------------------------------------------------------------------------

    def _serve(self, patience_s: float) -> None:
        """Run one transaction for all who wait once it is begun.

        Raises:
            StoreUnavailable: It could not begin; all go on waiting.
        """
        batch: list[_Request[S]] = []

        def take() -> list[Callable[[S, float], object]]:
            with self._queue_lock:
                batch[:], self._queue = self._queue, []
            return [request.act for request in batch]

        try:
            answers = self._transact(take, patience_s)
        except (StoreUnavailable, sqlite3.Error, OSError) as error:
            known = error if isinstance(error, StoreUnavailable) else _failed(error)
            if not batch:
                raise known from error
            self._finish(batch, known)
        except Exception as bug:
            self._finish(batch, bug)
            raise
        except BaseException:
            self._finish(batch, StoreUnavailable("whoever asked the store for all was interrupted", url=""))
            raise
        else:
            self._finish(batch, None, answers)

    def _finish(
        self, batch: list[_Request[S]], error: BaseException | None, answers: list[Answer] | None = None
    ) -> None:
        gone = []
        with self._queue_lock:
            for index, request in enumerate(batch):
                request.error = error
                request.answer = None if answers is None else answers[index]
                if request.gone:
                    gone.append(request)
        for request in batch:
            if request.bell is not None:
                request.bell.ring()
        for request in gone:
            request.tell_left(request.answer)

    def _start(self) -> None:
        try:
            self._offload.start(self._work)
        except BaseException:
            with self._queue_lock:
                self._working = False
            raise

    def _work(self) -> None:
        """Serve those who wait for a bell until nobody does, in a thread that nobody waits for."""
        try:
            while (patience_s := self._longest_patience_s()) is not None:
                try:
                    with self._turn:
                        self._serve(patience_s)
                except StoreLocked as error:
                    self._refuse(error, until_s=self._monotonic_s())
                except StoreUnavailable as error:
                    self._refuse(error)
        except BaseException as bug:
            with self._queue_lock:
                self._working = False
            self._refuse(bug)
            raise

    def _longest_patience_s(self) -> float | None:
        """Return how long the most patient of those who wait for a bell waits; None, and no longer working, without."""
        with self._queue_lock:
            waiting = [request.until_s for request in self._queue if request.bell is not None]
            if not waiting:
                self._working = False
                return None
        left_s = max(0.0, max(waiting) - self._monotonic_s())
        return ceil(left_s / _STEP_S) * _STEP_S  # each other patience costs the file a statement

    def _refuse(self, error: BaseException, *, until_s: float | None = None) -> None:
        """Fail those who wait for a bell: all, or those whose time is over."""
        with self._queue_lock:
            over = [
                request
                for request in self._queue
                if request.bell is not None and (until_s is None or request.until_s <= until_s)
            ]
            for request in over:
                self._queue.remove(request)
        self._finish(over, error)


def _failed(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"the store failed: {error}", url="")
