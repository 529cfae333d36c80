"""What a reader types into: a terminal (one bash from its first command to its last) and a Python prompt."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path

from support.pace import PATIENCE_S

COLUMNS = 80
_PROMPT = "\x01prompt"
_COLOUR_RE = re.compile(r"\x1b(?:\[[0-9;]*m|\(B)")
_ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""

_FAILED = "\x02failed"
_PYTHON = f"""
import code, sys

class Console(code.InteractiveConsole):
    def showtraceback(self):
        super().showtraceback()
        print({_FAILED!r})

    def showsyntaxerror(self, *args, **kwargs):
        super().showsyntaxerror(*args, **kwargs)
        print({_FAILED!r})

console = Console({{"__name__": "__main__"}})
for line in iter(sys.stdin.readline, ""):
    for typed in [*eval(line).splitlines(), ""]:
        console.push(typed)
    print({chr(10) + _PROMPT!r}, flush=True)
"""


class Session:
    """A process that is fed and that says when it is ready for more.

    All it starts are in its group, so closing it ends them too, as closing a terminal does.

    Args:
        process: Leads a session of its own.
        output: What it prints is read from this descriptor.
    """

    def __init__(self, process: subprocess.Popen[bytes], output: int) -> None:
        self._process = process
        self._output = output
        self._printed = ""
        self._ended = False
        self._awaited = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def busy(self) -> bool:
        """Whether what was typed last still runs."""
        with self._changed:
            return self._awaited and not self._ready()

    def wait(self) -> str:
        """Return what was printed since the last time, once what was typed has ended."""
        with self._changed:
            self._until(self._ready, "it did not end")
            printed, _, self._printed = self._printed.partition(f"\n{_PROMPT}\n")
            self._awaited = False
            return printed

    def wait_for(self, shown: str) -> str:
        """Return what was printed once it begins as `shown`, or once what was typed has ended."""
        with self._changed:
            self._until(lambda: begins_as(shown, self._printed) or self._ready(), f"it did not print\n{shown}")
            return self._printed.partition(f"\n{_PROMPT}\n")[0]

    def wait_for_more(self, shown: str, printed: str) -> None:
        """Return once `printed`, and what comes after it without anything being typed, begins as `shown`."""
        with self._changed:
            self._until(lambda: begins_as(shown, printed + self._printed), f"it did not print\n{shown}")
            self._printed = ""

    def close(self) -> None:
        """End it, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()

    def _ready(self) -> bool:
        return f"\n{_PROMPT}\n" in self._printed

    def _until(self, happened: Callable[[], object], complaint: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not happened():
            assert not self._ended, f"the shell has ended; it printed\n{self._printed}"
            assert self._changed.wait(end - time.monotonic()), f"{complaint}; it printed\n{self._printed}"

    def _read(self) -> None:
        left = codecs.getincrementaldecoder("utf-8")("replace")
        while chunk := self._chunk():
            with self._changed:
                # On a terminal lines end in CR LF, and some are coloured.
                self._printed = _COLOUR_RE.sub("", (self._printed + left.decode(chunk)).replace("\r\n", "\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _chunk(self) -> bytes:
        try:
            return os.read(self._output, 65536)
        except OSError:  # a terminal that nobody holds any more
            return b""


class Terminal(Session):
    """One bash on a terminal of 80 columns: `cd`, `export`, `&`, `$!` and `kill %1` are its own, and so is Ctrl-C.

    Its commands come from a descriptor of their own, so that a command that reads the keyboard waits for a person, and
    does not get the next command.
    """

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        feed, self._feed = os.pipe()
        self._screen, keyboard = pty.openpty()
        fcntl.ioctl(keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        modes = termios.tcgetattr(keyboard)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(keyboard, termios.TCSANOW, modes)
        process = subprocess.Popen(
            [sys.executable, "-c", _ON_A_TERMINAL, "bash", "--norc", "--noprofile", f"/dev/fd/{feed}"],
            cwd=folder,
            env=environ,
            stdin=keyboard,
            stdout=keyboard,
            stderr=keyboard,
            pass_fds=(feed,),
            start_new_session=True,
        )
        os.close(feed)
        os.close(keyboard)
        super().__init__(process, self._screen)
        self.run("trap : INT")

    def type(self, command: str) -> None:
        """Type a command; what was typed before must have ended, as it must for a person."""
        if self._awaited:
            self.wait()
        self._awaited = True
        said = f"{command}\n__status=$?; printf '\\n%s\\n' '{_PROMPT}'; (exit $__status)\n"
        os.write(self._feed, said.encode())

    def run(self, command: str) -> str:
        """Type a command and return what it prints."""
        self.type(command)
        return self.wait()

    def place(self) -> tuple[Path, dict[str, str]]:
        """Return the folder the reader stands in, and the variables that are set there."""
        pairs = (pair.partition("=") for pair in self.run("env -0").split("\0"))
        return Path(self.run("pwd").strip()), {name: value for name, equals, value in pairs if equals}

    def interrupt(self) -> None:
        """Press Ctrl-C, and wait until what runs has ended."""
        os.write(self._screen, b"\x03")
        self.wait()

    def close(self) -> None:
        super().close()
        os.close(self._feed)
        os.close(self._screen)


class PythonPrompt(Session):
    """One `python`, into which blocks are typed line by line."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", _PYTHON],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        super().__init__(process, self._out.fileno())

    def run(self, block: str) -> str:
        """Type a block and return what it prints; it must not fail."""
        self._in.write((repr(block) + "\n").encode())
        self._in.flush()
        printed = self.wait()
        assert _FAILED not in printed, printed.replace(_FAILED, "")
        return printed

    def close(self) -> None:
        super().close()
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        self._out.close()


def pattern_of(shown: str) -> str:
    """Return the pattern of what a page shows: a line `…` is any lines, `…` within a line any text."""
    return "".join(
        r"(?:.*\n)*?" if part.strip() == "…" else re.escape(part.rstrip()).replace("…", ".*?") + r"[ ]*\n"
        for part in shown.strip("\n").splitlines()
    )


def begins_as(shown: str, printed: str) -> bool:
    """Return whether a page shows the first lines of what was printed."""
    return re.match(pattern_of(shown), _trimmed(printed)) is not None


def is_shown(shown: str, printed: str) -> bool:
    """Return whether a page shows what was printed, from the first line to the last."""
    return re.fullmatch(pattern_of(shown) or r"\n?", _trimmed(printed.strip("\n") + "\n")) is not None


def _trimmed(text: str) -> str:
    return re.sub(r"[ \r]+$", "", text, flags=re.MULTILINE)
