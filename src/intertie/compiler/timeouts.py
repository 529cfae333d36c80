"""How long a call and its attempts may take."""

from __future__ import annotations

from intertie.compiler.build import Build
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
