"""What one attempt holds on its way to the wire."""

from __future__ import annotations

from collections.abc import Mapping
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


class Held(msgspec.Struct, frozen=True):
    """Taken so far, each by its stage; a stage that finds its own already here does not take it again.

    The fused path fills these and hands the attempt over at any point, so that nothing is done twice.

    Attributes:
        things: Stage -> what it took, outermost first.
        exchanged: What the fused path has sent already, None where nothing was.
        again: The attempt's permit lapsed before anything left, so it takes a connection and a permit once more.
    """

    things: Mapping[str, object] = {}
    exchanged: Exchanged | None = None
    again: bool = False

    def of(self, stage: str) -> Any:
        """Return what a stage has taken, None where it has taken nothing."""
        return self.things.get(stage)

    def holding(self, stage: str, thing: object) -> Held:
        """Return the same with what a stage has just taken."""
        return Held({**self.things, stage: thing}, self.exchanged, self.again)

    def again_from(self, stage: str) -> Held:
        """Return what the stages around one have taken, for an attempt that goes through it and those behind again."""
        kept = dict(takewhile(lambda taken: taken[0] != stage, self.things.items()))
        return Held(kept, None, again=True)


NOTHING_HELD = Held()
