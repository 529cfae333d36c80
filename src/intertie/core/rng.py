"""The only place that draws. Everything else takes an `Rng`."""

from __future__ import annotations

import os
import random
import re
import uuid
from typing import Final, Protocol

from intertie.core.forking import renew_after_fork

_BATCH: Final = 64
"""UUIDs that are drawn at once: a system call for each costs more than all the rest of one."""
_VERSION: Final = bytes(byte & 0x0F | 0x40 for byte in range(256))
_VARIANT: Final = bytes(byte & 0x3F | 0x80 for byte in range(256))
"""The bits of RFC 9562 sections 4.1 and 4.2 put on a random byte."""
_DIGITS_RE: Final = re.compile("(.{8})(.{4})(.{4})(.{4})(.{12})")


class Rng(Protocol):
    """Uniform draws and identifiers."""

    def random(self) -> float:
        """Return one uniform sample in [0, 1)."""

    def uuid4(self) -> str:
        """Return a random UUID, version 4, in its 36-character text form."""


class SystemRng:
    """Draws from the operating system, so that forked processes never repeat each other's keys.

    UUIDs are drawn in batches, which a forked child drops before anybody in it can ask for one. Safe between threads:
    each takes one with a single step, and who finds none left brings a batch of its own.
    """

    __slots__ = ("__weakref__", "_draws", "_left")

    def __init__(self) -> None:
        self._draws = random.SystemRandom()
        self._left: list[str] = []
        renew_after_fork(self, first=True)

    def random(self) -> float:
        """Return one uniform sample in [0, 1)."""
        return self._draws.random()

    def uuid4(self) -> str:
        """Return a random UUID, version 4 (RFC 9562 section 5.4)."""
        try:
            return self._left.pop()
        except IndexError:
            fresh = _uuids(_BATCH)
            drawn = fresh.pop()
            self._left += fresh
            return drawn

    def after_fork_in_child(self) -> None:
        """Drop what the parent will use; the list itself is emptied, whoever holds it."""
        self._left.clear()


def _uuids(count: int) -> list[str]:
    drawn = bytearray(os.urandom(16 * count))
    drawn[6::16] = drawn[6::16].translate(_VERSION)
    drawn[8::16] = drawn[8::16].translate(_VARIANT)
    return ["-".join(parts) for parts in _DIGITS_RE.findall(drawn.hex())]


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
