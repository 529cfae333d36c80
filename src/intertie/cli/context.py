"""What every command knows: the options that stand before its name."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct


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
