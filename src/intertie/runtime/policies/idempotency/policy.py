"""Says which key an attempt carries."""

from __future__ import annotations

from msgspec import Struct

from intertie.runtime.call import Call, Outcome
from intertie.runtime.pipeline import CallNext


class KeyPolicy(Struct, frozen=True):
    """The request was built with the call's key, so here it is only named."""

    stage: str
    header: str

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome."""
        course = call.course
        if course.watched:
            course.emit(self.stage, "key", header=self.header)
        else:
            course.decisions.append("key")
        return await call_next(call)
