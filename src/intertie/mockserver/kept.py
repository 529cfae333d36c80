"""Memory with an end: what a client can make a mock keep is bounded in number and in bytes, the oldest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_BYTES = 64 * 1024 * 1024


class Kept(Generic[K, V]):
    """Values by key, in the order in which they were put.

    Args:
        most: How many are kept.
        most_bytes: How much they may weigh together; the newest one is kept whatever it weighs.
    """

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Return the value under `key`, None where there is none (any more)."""
        found = self._values.get(key)
        return None if found is None else found[0]

    def put(self, key: K, value: V, weight: int) -> list[tuple[K, V]]:
        """Keep a value as the newest; return what had to go for it, oldest first.

        Args:
            key: A value already under it is replaced, and counts as new.
            value: What is kept.
            weight: About how many bytes it holds on to.
        """
        self.pop(key)
        self._values[key] = (value, weight)
        self._bytes += weight
        gone: list[tuple[K, V]] = []
        while len(self._values) > 1 and (len(self._values) > self._most or self._bytes > self._most_bytes):
            oldest, (old, old_weight) = self._values.popitem(last=False)
            self._bytes -= old_weight
            gone.append((oldest, old))
        return gone

    def pop(self, key: K) -> V | None:
        """Take a value out; None where there is none."""
        value, weight = self._values.pop(key, (None, 0))
        self._bytes -= weight
        return value

    def clear(self) -> None:
        """Forget all."""
        self._values.clear()
        self._bytes = 0
