"""Interrupting work at every point at which Python lets a signal's handler run, one after another.

CPython looks for signals when a function begins, after it has called a C function, and when a loop jumps back. A trace of
instructions raises a real SIGINT just before each of those, in C, so that the handler runs exactly where Ctrl-C would
have it run: nothing of our own lies in between. Where a function begins, the trace itself raises what the handler would.
"""

from __future__ import annotations

import ctypes
import dis
import itertools
import signal
import sys
from collections.abc import Callable
from functools import cache
from types import CodeType, FrameType
from typing import Any

_RESUME = dis.opmap["RESUME"]
_LOOKS = ("CALL", "JUMP_BACKWARD", "POP_JUMP_BACKWARD")
# As a trace function it is called with three arguments, which the C function does not look at.
_trip = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.py_object, ctypes.py_object)(
    ("PyErr_SetInterrupt", ctypes.pythonapi)
)


@cache
def _before_looking(code: CodeType) -> frozenset[int]:
    """Return the instructions behind which one follows that looks for signals."""
    found = list(dis.get_instructions(code))
    return frozenset(
        one.offset
        for one, follower in itertools.pairwise(found)
        if follower.opname.startswith(_LOOKS) and follower.opname != "JUMP_BACKWARD_NO_INTERRUPT"
    )


def _is_beginning(frame: FrameType) -> bool:
    """Return whether a function begins, or a generator goes on: where a coroutine is resumed, nobody looks."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return at >= 0 and code[at] == _RESUME and code[at + 1] & 3 < 2


def _is_finalizing(frame: FrameType | None) -> bool:
    """Return whether a finalizer runs: Python ignores what is raised there, so an interrupt is lost whatever is done."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


class Interrupter:
    """Interrupts work with KeyboardInterrupt at the point with a certain number, counted from 1.

    Args:
        at: Number of the point; None only counts them.
        within: Part of the names of the files whose points count.

    Attributes:
        passed: Points so far.
        where: Where it was interrupted, None where it had fewer points.
        ignored: Whether that was in a finalizer, whose exceptions the interpreter ignores.
    """

    def __init__(self, at: int | None = None, *, within: str = "/intertie/") -> None:
        self.at = at
        self.passed = 0
        self.where: str | None = None
        self.ignored = False
        self._within = within
        self._armed = False

    def run(self, work: Callable[[], object]) -> object:
        """Return what `work` returns.

        Raises:
            KeyboardInterrupt: It was interrupted, and let that pass.
        """
        handler = signal.signal(signal.SIGINT, self._interrupt)
        before, hook = sys.gettrace(), sys.unraisablehook
        sys.unraisablehook = self._ignore
        sys.settrace(self._begin)
        try:
            return work()
        finally:
            sys.settrace(before)
            sys.unraisablehook = hook
            signal.signal(signal.SIGINT, handler)

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        sys.settrace(None)
        self._note(frame)
        raise KeyboardInterrupt

    def _ignore(self, what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(what)
        self.ignored = True

    def _note(self, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        assert frame is not None
        self.where = f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"

    def _counts(self) -> bool:
        self.passed += 1
        return self.passed == self.at

    def _begin(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        if self._armed or self._within not in frame.f_code.co_filename or _is_finalizing(frame):
            return None
        if _is_beginning(frame) and self._counts():
            self._armed = True
            self._interrupt(signal.SIGINT, frame)
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._step

    def _step(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event == "opcode" and not self._armed and frame.f_lasti in _before_looking(frame.f_code) and self._counts():
            self._armed = True
            return _trip
        return self._step
