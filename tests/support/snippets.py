"""Run what a docs page shows: each page in an empty folder of its own, in the order of the page.

Fenced blocks are run by their language. `python` blocks share one namespace and `print` into the next `output` block.
`console` blocks hold `$ command` lines, each followed by what it prints; a line that is just `…` stands for any lines, `…`
within a line for any text; `export` and `cd` hold for the rest of the page, and a command that ends in `&` is shown only
(a directive starts it). A block before which an HTML comment says `file: PATH` is written to that file. A comment
`mock: SPEC --flags` starts a mock on the spec's own port; `background: PORT COMMAND` starts a process and waits for its port (`-`: has none);
`skip: REASON` leaves the next block alone. Unknown languages are shown only.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from support.pace import PATIENCE_S

_BLOCK_RE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[a-z]*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=fence)\s*$",
    re.MULTILINE | re.DOTALL,
)
_DIRECTIVE_RE = re.compile(r"<!--\s*(?P<name>file|mock|background|skip|port):\s*(?P<value>.*?)\s*-->", re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    language: str
    body: str
    line: int
    file: str | None
    skip: str | None


@dataclass(frozen=True)
class Start:
    name: str
    value: str
    line: int


def read_page(text: str) -> list[Snippet | Start]:
    """Return the page's snippets and directives in order."""
    found: list[tuple[int, Snippet | Start]] = []
    pending: dict[str, str] = {}
    pieces = sorted(
        [(m.start(), "block", m) for m in _BLOCK_RE.finditer(text)]
        + [(m.start(), "directive", m) for m in _DIRECTIVE_RE.finditer(text)],
        key=lambda piece: piece[0],
    )
    for at, kind, match in pieces:
        line = text.count("\n", 0, at) + 1
        if kind == "directive":
            if match["name"] in {"file", "skip"}:
                pending[match["name"]] = match["value"]
            else:
                found.append((at, Start(match["name"], match["value"], line)))
            continue
        indent = len(match["indent"])
        body = "".join(part[indent:] if part.strip() else part for part in match["body"].splitlines(keepends=True))
        found.append((at, Snippet(match["language"], body, line, pending.pop("file", None), pending.pop("skip", None))))
    return [item for _, item in found]


class PageRunner:
    """Runs one page in `folder`."""

    def __init__(self, page: Path, folder: Path, environ: dict[str, str]) -> None:
        self.page = page
        self.folder = folder
        bin_folder = str(Path(sys.executable).parent)
        self.environ = {
            **os.environ,
            "PATH": bin_folder + os.pathsep + os.environ["PATH"],
            "NO_COLOR": "1",
            "COLUMNS": "110",
            **environ,
        }
        self._namespace: dict[str, object] = {"__name__": "__main__"}
        self._printed = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    def run(self) -> int:
        """Run the page; return how many blocks ran."""
        count = 0
        try:
            for item in read_page(self.page.read_text("utf-8")):
                count += self._run_item(item)
        finally:
            for process in self._processes:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE_S)
                if process.stdout:
                    process.stdout.close()
        return count

    def _run_item(self, item: Snippet | Start) -> int:
        if isinstance(item, Start):
            self._start(item)
            return 0
        if item.skip:
            return 0
        if item.file:
            target = self.folder / item.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(item.body, "utf-8")
            if item.language != "python":
                return 0
        if item.language == "console":
            self._console(item)
        elif item.language == "python" and not item.file:
            self._python(item)
        elif item.language == "output":
            self._match(item.body, self._printed, item.line)
        else:
            return 0
        return 1

    def _start(self, item: Start) -> None:
        if item.name == "mock":
            command, port = ["intertie", "mock", *shlex.split(item.value)], None
        else:
            port_text, _, rest = item.value.partition(" ")
            command, port = shlex.split(rest), int(port_text) if port_text.isdecimal() else 0
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._processes.append(process)
        if port is None:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            assert match, (
                f"{self.page.name}:{item.line}: the mock did not start: {line}{process.stdout.read().decode()}"
            )
            port = int(match[1])
        if port:
            _wait_for_port(port)

    def _console(self, item: Snippet) -> None:
        commands: list[tuple[str, list[str]]] = []
        for line in item.body.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands and commands[-1][0].endswith("\\"):
                commands[-1] = (commands[-1][0][:-1] + line.strip(), commands[-1][1])
            elif commands:
                commands[-1][1].append(line)
        for command, expected in commands:
            if command.startswith("cd "):
                self.folder = (self.folder / command[3:]).resolve()
                continue
            if command.startswith("export "):
                name, _, value = command[7:].partition("=")
                self.environ[name] = value
                continue
            if command.endswith("&"):
                continue  # a directive of the page has started it
            done = subprocess.run(
                command,
                shell=True,
                cwd=self.folder,
                env=self.environ,
                capture_output=True,
                timeout=PATIENCE_S,
                check=False,
            )
            printed = done.stderr.decode() + done.stdout.decode()
            self._match("\n".join(expected), printed, item.line, command=command)

    def _python(self, item: Snippet) -> None:
        printed = io.StringIO()
        before = Path.cwd(), dict(os.environ)
        os.chdir(self.folder)
        os.environ.update(self.environ)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * item.line + item.body, str(self.page), "exec"), self._namespace)  # noqa: S102
        finally:
            os.chdir(before[0])
            os.environ.clear()
            os.environ.update(before[1])
        self._printed = printed.getvalue()

    def _match(self, expected: str, printed: str, line: int, command: str = "") -> None:
        pattern = "".join(
            r"(?:.*\n)*?" if part.strip() == "…" else re.escape(part.rstrip()).replace("…", ".*?") + r"[ ]*\n"
            for part in expected.strip("\n").splitlines()
        )
        text = "\n".join(part.rstrip() for part in printed.strip("\n").splitlines()) + "\n"
        if not re.fullmatch(pattern or r"\n?", text):
            message = (
                f"{self.page.name}:{line}: {command}\n--- the page says ---\n{expected}\n--- it printed ---\n{printed}"
            )
            raise AssertionError(message)


def _wait_for_port(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}")
