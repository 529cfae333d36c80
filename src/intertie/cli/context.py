"""What every command knows: the options that stand before its name."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct

from intertie.cli.layout import Layout, terminal_columns
from intertie.core.columns import ENDLESS
from intertie.core.paint import Paint


class CliContext(Struct, frozen=True):
    """Global options. `color` is None where the terminal decides."""

    workspace: Path | None = None
    config: Path | None = None
    verbose: int = 0
    color: bool | None = None

    def use_color(self, *, err: bool = False) -> bool:
        """Return whether to colour: never off a terminal or with `NO_COLOR`, unless told."""
        if self.color is not None:
            return self.color
        stream = sys.stderr if err else sys.stdout
        # Who closed it (`>&-`) has none.
        return stream is not None and stream.isatty()

    def layout(self, *, err: bool = False) -> Layout:
        """Return how text is laid out on stdout, or on stderr."""
        return Layout(terminal_columns(sys.stderr if err else sys.stdout), Paint(self.use_color(err=err)))

    def sentences(self) -> Layout:
        """Return how sentences are laid out on stderr: off a terminal each is one line, as logs and `grep` like it."""
        terminal = sys.stderr is not None and sys.stderr.isatty()
        return Layout(terminal_columns(sys.stderr) if terminal else ENDLESS, Paint(self.use_color(err=True)))
