"""Whose options hold in this process: those of every open handle, all at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from intertie.core.forking import renew_after_fork

Options = TypeVar("Options")
Options_contra = TypeVar("Options_contra", contravariant=True)


class Planned(Protocol[Options_contra]):
    """What all handles on one key share, under several plans at once."""

    def replan(self, plans: Sequence[Options_contra]) -> None:
        """Go on under these plans at once, the newest last; none where no handle is open any more."""


class Sharing(Generic[Options]):
    """The options of the handles that are open on one core."""

    def __init__(self, core: Planned[Options]) -> None:
        self._replan = core.replan
        self._by_handle: dict[int, Options] = {}
        self._next = 1
        self._told: tuple[Options, ...] = ()
        self._lock = threading.Lock()
        renew_after_fork(self)

    def after_fork_in_child(self) -> None:
        """Make a free lock."""
        self._lock = threading.Lock()

    def open(self, options: Options) -> int:
        """Let a handle's options hold; return the number that stands for the handle."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._by_handle[number] = options
            self._tell_locked()
            return number

    def change(self, number: int, options: Options) -> None:
        """Let other options of a handle hold; a handle that was closed stays closed."""
        with self._lock:
            if self._by_handle.pop(number, None) is not None:
                self._by_handle[number] = options  # the newest stands last
                self._tell_locked()

    def close(self, number: int) -> None:
        """Let a handle's options hold no longer."""
        with self._lock:
            if self._by_handle.pop(number, None) is not None:
                self._tell_locked()

    def _tell_locked(self) -> None:
        plans = distinct(self._by_handle.values())
        if plans != self._told:
            self._told = plans
            self._replan(plans)


def distinct(plans: Iterable[Options]) -> tuple[Options, ...]:
    """Return each of the plans once, where it stands last.

    >>> distinct(["a", "b", "a"])
    ('b', 'a')
    """
    kept: list[Options] = []
    for options in plans:
        if options in kept:
            kept.remove(options)
        kept.append(options)
    return tuple(kept)
