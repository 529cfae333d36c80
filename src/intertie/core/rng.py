"""The only place that draws. Everything else takes an `Rng`."""

from __future__ import annotations

import os
import random
import uuid
from typing import Protocol


class Rng(Protocol):
    """Uniform draws and identifiers."""

    def random(self) -> float:
        """Return one uniform sample in [0, 1)."""

    def uuid4(self) -> str:
        """Return a random UUID, version 4, in its 36-character text form."""


class SystemRng:
    """Draws from the operating system, so that forked processes never repeat each other's keys."""

    __slots__ = ("_draws",)

    def __init__(self) -> None:
        self._draws = random.SystemRandom()

    def random(self) -> float:
        """Return one uniform sample in [0, 1)."""
        return self._draws.random()

    def uuid4(self) -> str:
        """Return a random UUID, version 4 (RFC 9562 section 5.4)."""
        return str(uuid.UUID(bytes=os.urandom(16), version=4))


class SeededRng:
    """The same draws for the same seed: for mocks and tests, never for keys of real calls."""

    __slots__ = ("_draws",)

    def __init__(self, seed: int | str) -> None:
        self._draws = random.Random(seed)

    def random(self) -> float:
        """Return one uniform sample in [0, 1)."""
        return self._draws.random()

    def uuid4(self) -> str:
        """Return a UUID, version 4, drawn from the seed."""
        return str(uuid.UUID(int=self._draws.getrandbits(128), version=4))
