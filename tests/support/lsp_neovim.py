"""A real Neovim without a screen, driven over its own remote interface; its guide's snippet is its `init.lua`."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from support.pace import PATIENCE_S

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "editor.md"
SOURCES = Path(__file__).parents[2] / "src"

_QUIET = 'vim.o.swapfile = false; vim.o.columns = 200; vim.o.shortmess = "aoOtTWAIcF"'
"""No message may be long enough to ask for a key, which would be one of the test's."""
_VERSION_RE = re.compile(r"NVIM v(\d+)\.(\d+)")
_LUA_RE = re.compile(r"```lua\n(.*?)```", re.DOTALL)


def neovims() -> list[str]:
    """Return the programs to try: those in `INTERTIE_NEOVIMS` (apart by `:`), else the one on the path, if any."""
    named = os.environ.get("INTERTIE_NEOVIMS", "")
    found = [shutil.which(each) for each in (named.split(os.pathsep) if named else ["nvim"])]
    return [each for each in found if each is not None]


@cache
def version_of(program: str) -> tuple[int, int]:
    """Return the version of a Neovim."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    match = _VERSION_RE.search(said.stdout)
    assert match is not None, said.stdout
    return int(match[1]), int(match[2])


def snippet_for(version: tuple[int, int]) -> str:
    """Return what the guide tells a person with this Neovim to write."""
    newer, older = _LUA_RE.findall(GUIDE.read_text("utf-8"))
    return str(newer if version >= (0, 11) else older)


class Neovim:
    """One running editor.

    Args:
        program: Its executable.
        folder: Where its own files may be; nothing of the person's is read.
        cwd: The folder it is started in.
    """

    def __init__(self, program: str, folder: Path, cwd: Path) -> None:
        self.version = version_of(program)
        folder.mkdir()
        (folder / "bin").mkdir()
        command = folder / "bin" / "intertie"
        command.write_text(f'#!/bin/sh\nPYTHONPATH={SOURCES} exec {sys.executable} -m intertie "$@"\n')
        command.chmod(0o755)
        (folder / "init.lua").write_text(f"{_QUIET}\n{snippet_for(self.version)}")
        homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        environ = {**os.environ, **homes, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        environ.pop("NVIM", None)
        self._process = subprocess.Popen(
            [program, "--embed", "--headless", "-n", "-u", str(folder / "init.lua")],
            cwd=cwd, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._ids = itertools.count(1)
        self._encoder = msgspec.msgpack.Encoder()

    def ask(self, method: str, *arguments: object) -> Any:
        """Call a function of Neovim's remote interface and return its result."""
        assert self._process.stdin is not None
        number = next(self._ids)
        self._process.stdin.write(self._encoder.encode([0, number, method, list(arguments)]))
        self._process.stdin.flush()
        while True:
            kind, *rest = self._message()
            if kind == 1 and rest[0] == number:
                assert rest[1] is None, rest[1]
                return rest[2]

    def lua(self, body: str, *arguments: object) -> Any:
        """Run Lua inside the editor and return what it returns."""
        return self.ask("nvim_exec_lua", body, list(arguments))

    def type(self, keys: str) -> None:
        """Type keys as a person does, `<Esc>` and the like among them."""
        self.ask("nvim_input", keys)

    def edit(self, path: Path) -> None:
        """Open a file."""
        self.ask("nvim_command", f"silent edit {path}")

    def go(self, text: str, offset: int = 0) -> None:
        """Put the cursor on the first place that reads as `text`."""
        body = "vim.fn.cursor(1, 1); return vim.fn.search([[\\V]] .. ..., 'cW')"
        assert self.lua(body, text), f"{text} is not in the buffer"
        if offset:
            self.ask("nvim_command", f"normal! {offset}l")

    def until(self, question: Callable[[], Any]) -> Any:
        """Return the first answer that is neither empty nor false.

        Another program works; there is nothing to be told by when it is done.
        """
        end_s = time.monotonic() + PATIENCE_S
        while not (answer := question()):
            assert time.monotonic() < end_s, f"nothing came; the screen says: {self.ask('nvim_exec', 'messages', True)}"
            self.lua("vim.wait(10)")
        return answer

    def findings(self) -> list[dict[str, Any]]:
        """Return the diagnostics that the current buffer shows."""
        return list(
            self.lua(
                "return vim.tbl_map(function(each) return { lnum = each.lnum, col = each.col, end_col = each.end_col,"
                " message = each.message, severity = each.severity, source = each.source } end,"
                " vim.diagnostic.get(0))"
            )
        )

    @property
    def lines(self) -> list[str]:
        """The current buffer's lines."""
        return list(self.ask("nvim_buf_get_lines", 0, 0, -1, False))

    def leave(self) -> int:
        """Quit without saving and return the exit status."""
        assert self._process.stdin is not None
        self._process.stdin.write(self._encoder.encode([2, "nvim_command", ["qall!"]]))
        self._process.stdin.flush()
        try:
            return self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()

    def _message(self) -> list[Any]:
        """Return the next message. It is read byte by byte until it is whole: messages come without their length."""
        assert self._process.stdout is not None
        read = bytearray()
        while True:
            piece = self._process.stdout.read1(65536)  # type: ignore[attr-defined]
            assert piece, "Neovim has gone"
            read += piece
            try:
                return list(msgspec.msgpack.decode(read, ext_hook=lambda code, data: (code, bytes(data))))
            except msgspec.DecodeError as incomplete:
                if "truncated" not in str(incomplete):
                    raise
