"""After a fork a child owns nothing that its parent leased, and its locks are free."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something with locks or leases."""

    def after_fork_in_child(self) -> None:
        """Make new locks, and forget what belongs to the parent."""


_alive: weakref.WeakSet[Forkable] = weakref.WeakSet()


def renew_after_fork(thing: Forkable) -> None:
    """Have `thing.after_fork_in_child()` called in every forked child for as long as `thing` lives."""
    _alive.add(thing)


def _renew_all() -> None:
    for thing in list(_alive):
        thing.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
