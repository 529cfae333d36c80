"""Work, counted in steps of the interpreter: the same on a slow machine and on a busy one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def steps(work: Callable[[], object]) -> int:
    """Return how many bytecode instructions `work` ran in this thread. What C code does in one call is one step."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(work_of: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return how many times more steps twice the size takes, what is done for any size left out: 2 is linear, 4 square."""
    none, once, twice = (steps(work_of(count)) for count in (0, size, 2 * size))
    return (twice - none) / max(1, once - none)
