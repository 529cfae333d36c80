"""Ids of calls: unique among all processes, and cheap."""

from __future__ import annotations

import itertools

from intertie.core.forking import renew_after_fork
from intertie.core.rng import Rng

_PREFIX_CHARS = 18


class CallIds:
    """Makes ids `<random>-<count>`: 72 random bits for each process, then a count.

    A UUID for each call would cost more than several guards together. A forked child draws anew.
    """

    __slots__ = ("__weakref__", "_count", "_prefix", "_rng")

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self.after_fork_in_child()
        renew_after_fork(self)

    def next(self) -> str:
        """Return an id that nobody else has."""
        return f"{self._prefix}-{next(self._count)}"

    def after_fork_in_child(self) -> None:
        """Begin a new row of ids, in a forked child. There are no locks: drawing the next number is one step."""
        self._prefix = self._rng.uuid4().replace("-", "")[:_PREFIX_CHARS]
        self._count = itertools.count(1)
