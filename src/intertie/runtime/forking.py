"""Locks that are free in a forked child, whoever held them in the parent."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class HasLocks(Protocol):
    """Something with locks of its own."""

    def renew_locks(self) -> None:
        """Make new locks."""


_alive: weakref.WeakSet[HasLocks] = weakref.WeakSet()


def renew_locks_after_fork(thing: HasLocks) -> None:
    """Have `thing.renew_locks()` called in every forked child for as long as `thing` lives."""
    _alive.add(thing)


def _renew_all() -> None:
    for thing in list(_alive):
        thing.renew_locks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
