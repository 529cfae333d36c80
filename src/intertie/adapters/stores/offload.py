"""Where blocking work runs: inline for synchronous callers, in a worker thread on an event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

T = TypeVar("T")


class InlineOffload:
    """Run the work at once in the calling thread; awaiting never suspends."""

    __slots__ = ()

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns."""
        return work()


class ThreadOffload:
    """Run the work in a thread of `executor` (the loop's own where None), so that the event loop goes on.

    A caller that is cancelled leaves at once; the work itself runs to its end.
    """

    __slots__ = ("_executor",)

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor

    async def __call__(self, work: Callable[[], T], /) -> T:
        """Return what `work` returns."""
        from asyncio import get_running_loop  # noqa: PLC0415  # synchronous callers need not load it

        return await get_running_loop().run_in_executor(self._executor, work)
