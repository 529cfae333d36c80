"""After a fork a child owns nothing that its parent leased, and its locks are free, whoever held them in the parent.

The one registry of a process: whoever has locks, leases, connections or a row of ids of its own says so here once. It
holds nobody alive.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something with locks, leases or a name of its own."""

    def after_fork_in_child(self) -> None:
        """Make new locks, and forget what belongs to the parent."""


class Connected(Forkable, Protocol):
    """Something that must not be open while its process forks."""

    def before_fork(self) -> None:
        """Close what a child must not inherit, and let nobody open it until the fork is over."""

    def after_fork_in_parent(self) -> None:
        """Let it be opened again."""


_first: weakref.WeakSet[Forkable] = weakref.WeakSet()
_alive: weakref.WeakSet[Forkable] = weakref.WeakSet()
_connected: weakref.WeakSet[Connected] = weakref.WeakSet()
_closed_for_fork: list[Connected] = []


def renew_after_fork(thing: Forkable, *, first: bool = False) -> None:
    """Have `thing.after_fork_in_child()` called in every forked child for as long as `thing` lives.

    Args:
        thing: Is not kept alive.
        first: Before the others, which may need it to renew themselves: randomness.
    """
    (_first if first else _alive).add(thing)


def close_around_fork(thing: Connected) -> None:
    """Have `thing` closed before every fork for as long as it lives, and renewed in the child."""
    _connected.add(thing)
    _alive.add(thing)


def _close_all() -> None:
    _closed_for_fork[:] = list(_connected)
    for thing in _closed_for_fork:
        thing.before_fork()


def _reopen_all() -> None:
    for thing in _closed_for_fork:
        thing.after_fork_in_parent()
    _closed_for_fork.clear()


def _renew_all() -> None:
    _closed_for_fork.clear()
    for thing in (*_first, *_alive):
        thing.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_all, after_in_parent=_reopen_all, after_in_child=_renew_all)
