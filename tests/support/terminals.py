"""What a reader types into: a terminal (one bash from its first command to its last) and a Python prompt."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

GUARD_S = 60
"""Nothing on a page takes that long, on any machine: what does, hangs."""

_PROMPT = "\x01prompt"

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
    """

    def __init__(
        self, command: list[str], folder: Path, environ: dict[str, str], *, feed_fd: int | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE if feed_fd is None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=() if feed_fd is None else (feed_fd,),
            start_new_session=True,
        )
        self._printed = ""
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._awaited = False

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

    def interrupt(self) -> None:
        """Press Ctrl-C, and wait until what runs has ended."""
        os.killpg(self._process.pid, signal.SIGINT)
        self.wait()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def _ready(self) -> bool:
        return f"\n{_PROMPT}\n" in self._printed

    def _until(self, happened, complaint: str) -> None:
        end = time.monotonic() + GUARD_S
        while not happened():
            assert not self._ended, f"the shell has ended; it printed\n{self._printed}"
            assert self._changed.wait(end - time.monotonic()), f"{complaint}; it printed\n{self._printed}"

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        while chunk := os.read(output.fileno(), 65536):
            with self._changed:
                self._printed += chunk.decode(errors="replace")
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Terminal(Session):
    """One bash: `cd`, `export`, `&`, `$!` and `kill %1` are its own."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        feed, self._feed = os.pipe()
        # It reads commands from a descriptor of its own, so that no command can read the next ones from stdin.
        command = ["bash", "--norc", "--noprofile", f"/dev/fd/{feed}"]
        super().__init__(command, folder, environ, feed_fd=feed)
        os.close(feed)
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

    def close(self) -> None:
        os.close(self._feed)
        super().close()


class PythonPrompt(Session):
    """One `python`, into which blocks are typed line by line."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        super().__init__([sys.executable, "-c", _PYTHON], folder, environ)

    def run(self, block: str) -> str:
        """Type a block and return what it prints; it must not fail."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write((repr(block) + "\n").encode())
        stdin.flush()
        printed = self.wait()
        assert _FAILED not in printed, printed.replace(_FAILED, "")
        return printed


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
