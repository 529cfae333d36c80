"""Locks that an exception of a signal's handler, such as that of Ctrl-C, does not leave held.

`with lock:` is safe by itself: the interpreter looks for signals only once it will release it. A call of `acquire` is
not: the handler may run after it has the lock, and before the caller knows.
"""

from __future__ import annotations

from typing import Any


def is_ours(lock: Any) -> bool:
    """Return whether this thread has a `threading.RLock`, which knows whose it is."""
    return bool(lock._is_owned())  # noqa: SLF001  # as `threading.Condition` asks


def let_go(lock: Any) -> None:
    """Release an RLock where this thread has it: for the end of a `try` whose beginning acquires it."""
    if is_ours(lock):
        lock.release()
