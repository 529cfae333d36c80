"""Watches over the version of the external API that a call asks for."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.clock import Clock
from intertie.runtime.call import Call, Outcome
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.version.notices import header_notice, schedule_notice
from intertie.runtime.policies.version.options import STAGE, VersionOptions


class VersionPolicy(Struct, frozen=True):
    """The version stands in the request since it was built; here the caller hears when it ends.

    `options` is None where the spec has no versions: the service's own announcements are noticed all the same.
    """

    options: VersionOptions | None
    clock: Clock

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome; warnings stand on the call's course, each once."""
        options = self.options
        if options is not None:
            course, version = call.course, call.version or options.current
            if course.watched:
                course.emit(STAGE, "version", version=version, strategy=options.strategy)
            else:
                course.decisions.append("version")
            notice = schedule_notice(options, version, self.clock.utc_now().date()) if options.deprecations else None
            if notice is not None:
                course.warn(STAGE, notice)
        outcome = await call_next(call)
        if outcome.response is not None:
            notice = header_notice(outcome.response.headers)
            if notice is not None:
                call.course.warn(STAGE, f"{call.operation.id}: {notice}")
        return outcome
