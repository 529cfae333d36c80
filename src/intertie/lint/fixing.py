"""Mends files by the fixes of their findings, round by round, until nothing is left to mend."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from intertie.core.errors import UsageError
from intertie.diagnostics import Diagnostic
from intertie.lint.checking import Checker
from intertie.lint.mending import applicable, mend
from intertie.spec.workspace import Unreadable, check_text

ROUNDS = 10
"""Most rounds: a fix may uncover what another one mends, and each round takes the first of those that touch."""


class FixedFile(Struct, frozen=True):
    """One file before and after.

    Attributes:
        path: Where it is.
        shown: As people see it.
        before, after: Its text with its own line ends; equal where nothing was mended.
        applied: The findings that were mended, in the order in which they were.
    """

    path: Path
    shown: str
    before: str
    after: str
    applied: tuple[Diagnostic, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was mended."""
        return self.before != self.after


def fix_file(path: Path, checker: Checker, *, unsafe: bool, hints: bool = False) -> FixedFile:
    """Return a file with the fixes of its findings applied; nothing is written.

    Only what the checker tells of is mended: what is ignored stays, and so does what is only hinted at.

    Args:
        path: The file.
        checker: What finds, and finds again after each round.
        unsafe: Whether fixes that may change what is meant are applied too.
        hints: Whether those of hints are.
    """
    shown = checker.shown_path(path)
    try:
        before = _read(path)
    except Unreadable:
        # The check tells of a file that can't be read.
        return FixedFile(path, shown, "", "", ())
    text, applied = before, list[Diagnostic]()
    found = checker.told(checker.text(path, text), hints=hints)
    for _ in range(ROUNDS):
        mended = mend(text, applicable(found, shown, unsafe=unsafe))
        if mended.text == text:
            break
        text = mended.text
        applied += mended.applied
        found = checker.told(checker.text(path, text), hints=hints)
    return FixedFile(path, shown, before, text, tuple(applied))


def unified_diff(file: FixedFile) -> Iterator[str]:
    """Yield the lines of a unified diff, their ends included; nothing where nothing was mended."""
    before, after = (text.splitlines(keepends=True) for text in (file.before, file.after))
    for line in difflib.unified_diff(before, after, f"a/{file.shown}", f"b/{file.shown}"):
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def write_fixed(file: FixedFile) -> None:
    """Put a mended text in the place of the file, at once: whoever reads it sees the old text or the new one.

    Raises:
        UsageError: The folder or file can't be written.
    """
    # A link stays a link: what it leads to is written.
    target = Path(os.path.realpath(file.path))
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
                opened.write(file.after)
            Path(name).chmod(target.stat().st_mode & 0o7777)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{file.shown} can't be written: {error.strerror or error}") from error


def _read(path: Path) -> str:
    """Return the file's text as it stands there, byte order mark and line ends included.

    Raises:
        Unreadable: It is too large or no text.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return check_text(text)
