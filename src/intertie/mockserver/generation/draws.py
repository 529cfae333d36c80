"""The draws that generation needs, on one seeded source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from intertie.core.rng import Rng, SeededRng

T = TypeVar("T")

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
_UUID_RE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


class Draws:
    """Integers, choices and texts from one `Rng`: the same sequence for the same key."""

    __slots__ = ("rng",)

    def __init__(self, rng: Rng) -> None:
        self.rng = rng

    @classmethod
    def keyed(cls, key: str) -> Draws:
        """Return the draws that belong to `key`, whatever was drawn elsewhere."""
        return cls(SeededRng(key))

    def integer(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + min(int(self.rng.random() * (high - low + 1)), high - low)

    def choice(self, items: Sequence[T]) -> T:
        """Return one of `items`."""
        return items[self.integer(0, len(items) - 1)]

    def chance(self, ratio: float) -> bool:
        """Return True in that share of draws."""
        return self.rng.random() < ratio

    def text(self, alphabet: str, length: int) -> str:
        """Return `length` characters of `alphabet`."""
        return "".join(self.choice(alphabet) for _ in range(length))

    def alike(self, example: str) -> str:
        """Return a text of the same shape: digit for digit, letter for letter; what stands before `_` or `-` stays.

        >>> Draws.keyed("k").alike("ch_3OqM2x").startswith("ch_")
        True
        """
        if _UUID_RE.match(example):
            return self.rng.uuid4()
        cut = next((i + 1 for i, letter in enumerate(example) if letter in "_-" and i > 0), 0)
        return example[:cut] + "".join(self._same_class(letter) for letter in example[cut:])

    def _same_class(self, letter: str) -> str:
        for alphabet in (DIGITS, LOWER, UPPER):
            if letter in alphabet:
                return self.choice(alphabet)
        return letter
