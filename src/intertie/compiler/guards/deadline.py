"""How long a call and its attempts may take."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.runtime.policies.deadline.options import TimeoutOptions


def compile_timeouts(build: Build) -> tuple[TimeoutOptions, dict[str, str]]:
    """Return the timeouts in seconds, with the source of each."""
    block = build.spec.timeouts
    connect = build.choose(block.connect if block else None, "timeouts.connect")
    read = build.choose(block.read if block else None, "timeouts.read")
    write = build.choose(block.write if block else None, "timeouts.write")
    total = build.choose(block.total if block else None, "timeouts.total")
    options = TimeoutOptions(connect.value, read.value, write.value, total.value)
    return options, {
        "connect_s": connect.source,
        "read_s": read.source,
        "write_s": write.source,
        "total_s": total.source,
    }


class DeadlineHalf(Half):
    """Timeouts, which bound the connection and the exchange too."""

    stages = ("deadline", "connection", "send")
    plan_field = "timeouts"
    fields = (
        *guard_fields(
            "timeouts", How.ENFORCED, "stage connection", "connect=connect_s", stage="connection", stricter="lower"
        ),
        *guard_fields(
            "timeouts", How.ENFORCED, "stage send", "read=read_s write=write_s", stage="send", stricter="lower"
        ),
        *guard_fields("timeouts", How.ENFORCED, "stage deadline", "total=total_s", stage="deadline", stricter="lower"),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        return Compiled(*compile_timeouts(build))


HALF = DeadlineHalf()
