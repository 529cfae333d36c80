"""Has a connection ready before the permit is taken, so that a slow connect never bunches permits."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.clock import Clock
from intertie.core.errors import CallError
from intertie.runtime.call import Call, Failed, Outcome
from intertie.runtime.http import Connection, Transport
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.connection.options import STAGE
from intertie.runtime.state import PermitLapsed


class ConnectionPolicy(Struct, frozen=True):
    """Holds one connection for the attempt and gives it back where nothing was sent on it.

    Attributes:
        fresh: The operation can't be replayed, so a pooled connection that might be stale is not used.
        connect_timeout_s: (now, deadline) -> seconds that opening may take.
        judge: What a connection that could not be made is.
    """

    transport: Transport
    fresh: bool
    connect_timeout_s: Callable[[float, float], float]
    judge: Callable[[CallError], Failed]
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome, or why there is no connection.

        Where the permit lapsed before anything left, the attempt takes a connection and a permit again.
        """
        course = call.course
        while True:
            connection: Connection | None = call.held.get(STAGE)
            sends = course.sends
            try:
                if connection is None:
                    connection = self.transport.connect_nowait(fresh=self.fresh)
                opens = connection is None
                if opens:
                    try:
                        connection = await self._connect(call)
                    except CallError as error:
                        return self._unconnected(call, error)
                if course.watched:
                    course.emit(STAGE, "connect", opened=opens)
                else:
                    course.decisions.append("connect")
                call.held[STAGE] = connection
                return await call_next(call)
            except PermitLapsed:
                connection = None  # its exchange has given it back
                call = replace(call, held=call.held.again_from(STAGE))
            finally:
                # Once an exchange has it, it may be back already, and somebody else's.
                if connection is not None and course.sends == sends:
                    connection.release()

    def _unconnected(self, call: Call, error: CallError) -> Failed:
        failed, course = self.judge(error), call.course
        course.attempts += 1
        course.emit(STAGE, "attempt", attempt=call.attempt, error=error.code)
        course.reach(failed.reached)
        return failed

    async def _connect(self, call: Call) -> Connection:
        timeout_s = self.connect_timeout_s(self.clock.monotonic_s(), call.deadline_s)
        return await self.transport.connect(deadline_s=call.deadline_s, connect_timeout_s=timeout_s, fresh=self.fresh)
