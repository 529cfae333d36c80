"""Ids of calls: unique among all processes, and cheap."""

from __future__ import annotations

import itertools
import os

from intertie.core.rng import Rng

_PREFIX_CHARS = 18


class CallIds:
    """Makes ids `<random>-<count>`: 72 random bits for each process, then a count.

    A UUID for each call would cost more than the guards. A forked child notices that its process id changed and draws anew.
    """

    __slots__ = ("_count", "_pid", "_prefix", "_rng")

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._begin()

    def next(self) -> str:
        """Return an id that nobody else has."""
        if os.getpid() != self._pid:
            self._begin()
        return f"{self._prefix}-{next(self._count)}"

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._prefix = self._rng.uuid4().replace("-", "")[:_PREFIX_CHARS]
        self._count = itertools.count(1)
