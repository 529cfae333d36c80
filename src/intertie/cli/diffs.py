"""Unified diffs of files, coloured on a terminal."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from intertie.cli.context import CliContext
from intertie.cli.layout import BAD, GOOD, NAME, STRONG
from intertie.core.seen_paths import seen_path
from intertie.lint.fixing import FixedFile, unified_diff

_STYLES = {"---": STRONG, "+++": STRONG, "@@": NAME, "-": BAD, "+": GOOD}


def diff_text(file: FixedFile, context: CliContext) -> str:
    """Return what changes in a file, its path as it is seen from the current folder."""
    seen = replace(file, shown=seen_path(file.path, Path.cwd()))
    text = "".join(unified_diff(seen))
    paint = context.layout().paint
    if not paint.on:
        return text
    return "".join(f"{paint(line.rstrip(), _style(line))}\n" for line in text.rstrip("\n").split("\n"))


def _style(line: str) -> str:
    return next((style for begin, style in _STYLES.items() if line.startswith(begin)), "")
