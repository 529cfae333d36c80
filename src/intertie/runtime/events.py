"""What the guards saw and decided, as data. With no listener nothing is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec


class Event(msgspec.Struct, frozen=True):
    """One thing that happened at one stage of one call.

    Attributes:
        t_s: Seconds since the call started.
        stage: A `Stage` value.
        event: Name, such as `attempt`, `wait`, `retry`, `pause`, `open`, `half_open`, `close`, `fallback`.
        detail: Numbers and words, never a value of the caller's data, never a secret; durations end in `_s`.
    """

    t_s: float
    stage: str
    event: str
    detail: Mapping[str, object] = {}

    @property
    def said(self) -> str:
        """What happened, in words."""
        from intertie.runtime.event_catalogue import kind_of  # noqa: PLC0415  # only people read it

        kind = kind_of(self.stage, self.event)
        return self.event.replace("_", " ") if kind is None else kind.says

    @property
    def severity(self) -> str:
        """How a person should take it: `debug`, `info`, `warning` or `error`."""
        from intertie.runtime.event_catalogue import kind_of  # noqa: PLC0415  # only people read it

        kind = kind_of(self.stage, self.event)
        return "info" if kind is None else kind.severity


Emit: TypeAlias = Callable[[Event], None]
