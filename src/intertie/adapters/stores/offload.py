"""Where blocking work runs: inline for synchronous callers, in a worker thread on an event loop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import inf, isfinite
from typing import TYPE_CHECKING, TypeVar

from intertie.adapters.stores.blocking import here, meant_to_block
from intertie.runtime.state import Bell

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Executor

T = TypeVar("T")


class InlineOffload:
    """Run the work at once in the calling thread; awaiting never suspends. The work bounds its own time."""

    __slots__ = ()
    inline = True

    async def __call__(self, work: Callable[[], T], /, *, within_s: float = inf) -> T:  # noqa: ARG002
        """Return what `work` returns."""
        here.meant += 1  # as `meant_to_block`, on the way of every transaction
        try:
            return work()
        finally:
            here.meant -= 1

    def start(self, work: Callable[[], None], /) -> None:
        """Run the work now: there is no other thread."""
        with meant_to_block():
            work()

    def bell(self) -> Bell:
        """Raise: who works in its own thread has nobody to wait for."""
        msg = "inline work rings no bell; please report this"
        raise TypeError(msg)


class ThreadOffload:
    """Run the work in a thread of `executor` (the loop's own where None), so that the event loop goes on.

    A caller that is cancelled, or whose time is over, leaves at once; the work itself runs to its end.
    """

    __slots__ = ("_executor",)
    inline = False

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor

    async def __call__(self, work: Callable[[], T], /, *, within_s: float = inf) -> T:
        """Return what `work` returns.

        Raises:
            TimeoutError: It was not done in `within_s`, and goes on.
        """
        from asyncio import get_running_loop, wait  # noqa: PLC0415  # synchronous callers need not load it

        running = get_running_loop().run_in_executor(self._executor, work)
        if isfinite(within_s):
            try:
                done, _ = await wait((running,), timeout=within_s)
            except BaseException:
                running.add_done_callback(_heard)
                raise
            if not done:
                running.add_done_callback(_heard)
                msg = f"the store did not answer within {within_s:.2g} s"
                raise TimeoutError(msg)
        return await running

    def start(self, work: Callable[[], None], /) -> None:
        """Run `work` in a thread; nobody waits for it."""
        from asyncio import get_running_loop  # noqa: PLC0415  # synchronous callers need not load it

        get_running_loop().run_in_executor(self._executor, work)

    def bell(self) -> Bell:
        """Return a bell for the running event loop."""
        return _LoopBell()


class _LoopBell:
    """Wakes a task of the loop that it was made on."""

    __slots__ = ("_loop", "_rung")

    def __init__(self) -> None:
        from asyncio import get_running_loop  # noqa: PLC0415  # synchronous callers need not load it

        self._loop = get_running_loop()
        self._rung: asyncio.Future[None] = self._loop.create_future()

    def ring(self) -> None:
        """Wake the task, from any thread."""
        with suppress(RuntimeError):  # the loop is closed: the task has left
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self._rung.done():
            self._rung.set_result(None)

    async def wait(self, within_s: float) -> None:
        """Return when it rings, or after `within_s` seconds."""
        from asyncio import wait  # noqa: PLC0415  # loaded by whoever made the loop

        await wait((self._rung,), timeout=within_s if isfinite(within_s) else None)


def _heard(future: asyncio.Future[T]) -> None:
    # Nobody waits for it any more: what it raised was raised for a caller who has left, and is said by its store.
    if not future.cancelled():
        future.exception()
