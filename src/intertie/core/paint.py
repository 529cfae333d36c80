"""Colour for terminals, by meaning, only where asked."""

from __future__ import annotations

STRONG = "1"
"""Headings, and what a line is about."""
DIM = "2"
"""Where something comes from, and what repeats."""
GOOD = "32"
WARN = "33"
BAD = "31"
NAME = "36"
"""Names that can be typed: operations, options, commands."""


class Paint:
    """Wraps text into SGR sequences (ECMA-48), or leaves it as it is."""

    __slots__ = ("on",)

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        """Return `text` in `style` (SGR parameters such as `1;31`)."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.on and text and style else text

    def after(self, line: str, start: int, style: str) -> str:
        """Return a line whose part behind `start` is in `style`."""
        return line[:start] + self(line[start:], style)

    def before(self, line: str, stop: int, style: str) -> str:
        """Return a line whose part before `stop` is in `style`."""
        return self(line[:stop], style) + line[stop:]


PLAIN = Paint(False)
