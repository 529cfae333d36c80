"""Run a coroutine to its end by hand, for synchronous callers: no event loop, no thread."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns. Its awaitables must block, not suspend: one that yields is a bug in the surroundings.

    Raises:
        RuntimeError: `work` suspended.
    """
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    work.close()
    msg = "a synchronous call suspended: something in its surroundings awaits an event loop; please report this"
    raise RuntimeError(msg)
