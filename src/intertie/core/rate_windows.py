"""The windows that a rate is counted in: what a spec calls each, how long it is, and its word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class RateWindow(NamedTuple):
    """One window of `rate_limits`.

    Attributes:
        field: Its field in the spec, such as `requests_per_minute`.
        window_s: Its length.
        word: What it is called in a sentence, such as `minute`.
        unit: The short unit of a rate over it, such as `rpm`.
    """

    field: str
    window_s: float
    word: str
    unit: str


RATE_WINDOWS: Final = (
    RateWindow("requests_per_second", 1.0, "second", "rps"),
    RateWindow("requests_per_minute", 60.0, "minute", "rpm"),
    RateWindow("requests_per_hour", 3600.0, "hour", "rph"),
    RateWindow("requests_per_day", 86400.0, "day", "rpd"),
)
"""All that a spec has a field for, shortest first."""

WINDOW_OF_LENGTH: Final[Mapping[float, RateWindow]] = MappingProxyType({each.window_s: each for each in RATE_WINDOWS})
"""Seconds -> the window that is so long. A rate over another length (`100/10s`) has no field of its own."""

WINDOW_OF_FIELD: Final[Mapping[str, RateWindow]] = MappingProxyType({each.field: each for each in RATE_WINDOWS})
"""Field of `rate_limits` -> its window."""
