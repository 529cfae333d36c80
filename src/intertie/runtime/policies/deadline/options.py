"""Timeouts of a call and of its attempts."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

STAGE: Final = "deadline"


class TimeoutOptions(Struct, frozen=True):
    """Seconds. `total_s` bounds the whole call; the others bound each attempt and are clipped to what is left of it."""

    connect_s: float = 5.0
    read_s: float = 30.0
    write_s: float = 10.0
    total_s: float = 60.0

    @property
    def wire_s(self) -> float:
        """Longest that an attempt can keep the service busy: `write + read`, within `total`."""
        return min(self.total_s, self.write_s + self.read_s)
