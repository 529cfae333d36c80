"""Where store I/O may block: never on the thread of a running event loop, unless the work says that it is meant to.

Nothing is checked until `refuse_on_loops` is called, as the test suite does for every test: a verb that blocks where
calls run on asyncio then fails the test that uses it. An `InlineOffload` and the verbs marked `blocks` may block.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class LoopBlockedError(RuntimeError):
    """Store I/O was about to run on the thread of a running event loop. This is a bug."""


class _Here(threading.local):
    meant = 0


here = _Here()
"""How deep this thread is in work that is meant to block."""
_refusing = False


def refuse_on_loops(refuse: bool = True) -> None:
    """Have store I/O on the thread of a running event loop raise `LoopBlockedError` from now on, or no longer."""
    global _refusing  # noqa: PLW0603  # one switch for the process, as tests need it
    _refusing = refuse


def refuses_on_loops() -> bool:
    """Return whether store I/O on the thread of a running event loop raises."""
    return _refusing


@contextmanager
def meant_to_block() -> Iterator[None]:
    """Let store I/O block inside the block, wherever it runs."""
    here.meant += 1
    try:
        yield
    finally:
        here.meant -= 1


def blocks(verb: Callable[P, T]) -> Callable[P, T]:
    """Mark a verb that blocks by contract: for opening, closing and an operator's hand."""

    @wraps(verb)
    def marked(*args: P.args, **kwargs: P.kwargs) -> T:
        with meant_to_block():
            return verb(*args, **kwargs)

    return marked


def check_may_block() -> None:
    """Raise where store I/O would block an event loop, once `refuse_on_loops` was called.

    Raises:
        LoopBlockedError: A loop runs in this thread, and nobody said that blocking it is meant.
    """
    if _refusing and not here.meant and _loop_runs_here():
        raise LoopBlockedError("store I/O on the thread of a running event loop; await it, or tell the store later")


def _loop_runs_here() -> bool:
    asyncio = sys.modules.get("asyncio")  # where nobody loaded it, no loop runs
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
