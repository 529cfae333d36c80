"""What one attempt holds on its way to the wire."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import msgspec

from intertie.runtime.http import Response


class Exchanged(msgspec.Struct, frozen=True):
    """An exchange that has already taken place: its answer, or what ended it, and when (monotonic).

    `result` is a `Response`, a `CallError`, or the exception that cancelled the caller in the middle of it.
    """

    result: Response | BaseException
    sent_s: float
    ended_s: float


class Held(dict[str, Any]):
    """Stage -> what it took, outermost first; a stage that finds its own already here does not take it again.

    It belongs to one attempt, and its stages write into it. The fused path fills it and hands the attempt over at any
    point, so that nothing is done twice.

    Attributes:
        exchanged: What the fused path has sent already, None where nothing was.
        again: The attempt's permit lapsed before anything left, so it takes a connection and a permit once more.
    """

    exchanged: Exchanged | None = None
    again: bool = False

    def again_from(self, stage: str) -> Held:
        """Return what the stages around one have taken, for an attempt that goes through it and those behind again."""
        kept = Held(takewhile(lambda taken: taken[0] != stage, self.items()))
        kept.again = True
        return kept
