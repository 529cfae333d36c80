"""What finalizers leave to be done: they may run inside any lock, so they do nothing themselves.

A stream that its caller could neither read nor close, such as one that Ctrl-C kept from it, still holds a place in
flight and a reservation. They are given back when a call next goes through a general pipeline, or when somebody looks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress

_left: deque[Callable[[], None]] = deque()


def leave_behind(work: Callable[[], None]) -> None:
    """Have `work`, which may be done twice, done soon. Takes no lock."""
    _left.append(work)


def see_to_what_is_left() -> None:
    """Do what finalizers left to be done."""
    while _left:
        with suppress(IndexError, ValueError):  # another thread was quicker
            work = _left[0]
            work()
            _left.remove(work)
            del work  # it may have held more that has a finalizer
