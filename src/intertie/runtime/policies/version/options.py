"""Which version of the external API is asked for, and when versions end."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

STAGE: Final = "version"


class VersionOptions(Struct, frozen=True):
    """`strategy` puts the version into header `name`, query parameter `name`, or the path's first segment (`url`).

    Attributes:
        deprecations: Version -> the day it ends; warned of from `warn_days` before.
    """

    strategy: str
    name: str
    current: str
    supported: tuple[str, ...] = ()
    deprecations: tuple[tuple[str, date], ...] = ()
    warn_days: int = 90
