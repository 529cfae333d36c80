"""What a document is judged by: its workspace with the texts that are open, its configuration, and the checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from intertie.compiler import Settings, load_settings
from intertie.compiler.settings import FILE_NAME
from intertie.core.errors import UsageError
from intertie.lint.checking import Checker
from intertie.spec.workspace import MAX_SPEC_BYTES, Unreadable, Workspace, check_text, find_workspace
from intertie.spec.workspace import read_text as read_file

T = TypeVar("T")

Buffers = Mapping[Path, str]
"""Real path -> the text that an editor shows for it, saved or not."""


class OpenWorkspace(Workspace):
    """A workspace in which the text of an open document stands for its file."""

    __slots__ = ("_buffers",)

    def __init__(self, root: Path, buffers: Buffers) -> None:
        super().__init__(root)
        self._buffers = buffers

    def read_text(self, reference: str | Path, *, base: Path | None = None, most: int = MAX_SPEC_BYTES) -> str:
        """Return a file's text as `Workspace.read_text` does, the open one first."""
        path = self.locate(reference, base=base)
        return check_text(self._buffers[path], most=most) if path in self._buffers else read_file(path, most=most)

    def remembered(self, path: Path, read: Callable[[], T]) -> T:
        """Return what was read of a file before; of an open one nothing is remembered, for it changes unsaved."""
        return read() if path in self._buffers else super().remembered(path, read)


class Neighbourhood:
    """One workspace as it was when it was looked at; whoever wants to see newer files makes a new one.

    Attributes:
        trouble: Why the configuration could not be read, None where it could; then the defaults hold.
    """

    def __init__(
        self,
        document: Path,
        buffers: Buffers,
        *,
        environ: Mapping[str, str],
        today: date,
        root: Path | None = None,
        config: Path | None = None,
    ) -> None:
        root = root or find_workspace(document).root
        self.workspace = OpenWorkspace(root, buffers)
        self._today = today
        self._config = config or root / FILE_NAME
        self._stamp = _stamp(self._config)
        self.trouble: str | None = None
        try:
            self.settings = load_settings(root, config=config, environ=environ, flags={})
            self.checker = Checker([document], self.workspace, self.settings, today=today)
        except UsageError as wrong:
            self.trouble = str(wrong)
            self.settings = Settings(root)
            self.checker = Checker([document], self.workspace, self.settings, today=today)

    def is_current(self, today: date) -> bool:
        """Return whether it is still the same day, and the configuration the same file: not every editor watches it."""
        return today == self._today and _stamp(self._config) == self._stamp

    def text(self, path: Path) -> str | None:
        """Return the text of a file of the workspace, None where it can't be read."""
        try:
            return self.workspace.read_text(path)
        except Unreadable:
            return None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file does, None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
