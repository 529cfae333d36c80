"""Do what a docs page says, as a person does who reads from top to bottom and types what stands there.

Only visible text counts; no HTML comment changes anything. What a page says, and what happens:

| on the page | what is done |
|---|---|
| a block after "Save this as `PATH`:" or after "`PATH`:" | the block is written to that file |
| a `console` block | each line after `$ ` is typed into a terminal; what it prints is what the page shows below it |
| "in a second terminal, in the same folder" before it (third, fourth) | another terminal, opened where the first one stands; its last command may stay running: the next thing is done once it has printed what the page shows |
| "Press Ctrl-C in the second terminal" (without a number: in all where something runs) | just that |
| a command that ends in `&` | it stays in the background of its terminal; a person waits until it has printed what the page shows below it |
| a `python` block (somewhere before the first one the page says "Python") | it is typed into one Python prompt, opened in the first terminal's folder and environment |
| an `output` block | what the `python` block before it printed |
| any other block, `sh` too | it is for reading |

A line that is just `…` stands for any lines, `…` within a line for any text. Terminals are real ones, 80 columns wide,
each one bash from its first command to its last; nobody answers a command that asks for something. A command that fails
fails only by what it prints. At its end a page has stopped all it started. `intertie` is on the PATH, as it is for who
has installed it; a page that says `. .venv/bin/activate` finds it there and only there.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from support.page_text import Prose, Snippet, read_page
from support.terminals import PythonPrompt, Terminal, is_shown

_ACTIVATE = ". .venv/bin/activate"


class PageRunner:
    """Does what one page says, in `folder`."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page = page
        self.folder = folder
        text = page.read_text("utf-8")
        self._seen = read_page(text)
        self._environ = _environ(folder, installed=_ACTIVATE not in text)
        if _ACTIVATE in text:
            (folder / ".venv").symlink_to(sys.prefix)
        self._terminals: dict[str, Terminal] = {}
        self._python: PythonPrompt | None = None
        self._printed = ""
        self._said_python = False

    def run(self) -> int:
        """Do all of it; return how many blocks were done."""
        count = 0
        try:
            for item in self._seen:
                if isinstance(item, Prose):
                    self._read(item)
                else:
                    count += self._do(item)
            self._look_what_runs()
        finally:
            for session in [*self._terminals.values(), *([self._python] if self._python else [])]:
                session.close()
        return count

    def _read(self, prose: Prose) -> None:
        self._said_python = self._said_python or "Python" in prose.text
        if prose.ctrl_c is None:
            return
        named = prose.ctrl_c or [name for name, terminal in self._terminals.items() if terminal.busy]
        assert named, self._at(prose.line, "nothing runs where Ctrl-C is pressed")
        for name in named:
            assert self._terminals[name].busy, self._at(prose.line, f"nothing runs in the {name} terminal")
            self._terminals[name].interrupt()

    def _do(self, snippet: Snippet) -> bool:
        if snippet.file:
            target = self._standing() / snippet.file
            assert target.parent.is_dir(), self._at(snippet.line, f"say how the folder {target.parent.name} is made")
            target.write_text(snippet.body, "utf-8")
        elif snippet.language == "console":
            self._console(snippet)
        elif snippet.language == "python":
            self._type_python(snippet)
        elif snippet.language == "output":
            self._compare(snippet.body, self._printed, snippet.line, "Python")
        else:
            return False
        return True

    def _standing(self) -> Path:
        first = self._terminals.get("first")
        return first.place()[0] if first else self.folder

    def _terminal(self, name: str, snippet: Snippet) -> Terminal:
        if name not in self._terminals:
            assert name == "first" or "same folder" in snippet.intro, self._at(
                snippet.line, f"say that the {name} terminal is opened in the same folder"
            )
            self._terminals[name] = Terminal(self._standing(), self._environ)
        return self._terminals[name]

    def _console(self, snippet: Snippet) -> None:
        commands = snippet.commands()
        assert commands, self._at(snippet.line, "a console block shows commands after `$ `; what is to be read is `sh`")
        terminal = self._terminal(snippet.terminal, snippet)
        for number, (command, shown) in enumerate(commands, 1):
            stays = snippet.terminal != "first" and number == len(commands)
            background = command.rstrip().endswith("&")
            if stays or background:
                assert set(shown.split()) - {"…"}, self._at(snippet.line, f"show how it says it is ready: {command}")
            if stays:
                terminal.type(command)
                printed = terminal.wait_for(shown)
                if not terminal.busy:
                    self._compare(shown, printed, snippet.line, command)
            elif background:
                terminal.wait_for_more(shown, terminal.run(command))
            else:
                self._compare(shown, terminal.run(command), snippet.line, command)

    def _type_python(self, snippet: Snippet) -> None:
        assert self._said_python, self._at(snippet.line, "say where this is typed: in Python, or in a file")
        if self._python is None:
            folder, environ = self._terminal("first", snippet).place()
            self._python = PythonPrompt(folder, environ)
        self._printed = self._python.run(snippet.body)

    def _look_what_runs(self) -> None:
        for name, terminal in self._terminals.items():
            if terminal.busy and name != "first":
                raise AssertionError(f"{self.page.name} never stops what runs in the {name} terminal: Press Ctrl-C …")
            running = terminal.run("jobs -r")
            assert not running.strip(), f"{self.page.name} leaves running: {running}"

    def _compare(self, shown: str, printed: str, line: int, command: str) -> None:
        assert is_shown(shown, printed), self._at(
            line, f"{command}\n--- the page says ---\n{shown}\n--- it printed ---\n{printed}"
        )

    def _at(self, line: int, complaint: str) -> str:
        return f"{self.page.name}:{line}: {complaint}"


def _environ(home: Path, *, installed: bool) -> dict[str, str]:
    """Return the environment of a new terminal of 80 columns."""
    own = str(Path(sys.executable).parent)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if part != own]
    return {
        "PATH": os.pathsep.join([own, *path] if installed else path),
        "HOME": str(home),
        "TMPDIR": tempfile.gettempdir(),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
