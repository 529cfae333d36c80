"""How wide text is on a terminal, and text that can't move its cursor."""

from __future__ import annotations

import unicodedata

from intertie.core.columns import char_width
from intertie.diagnostics.credentials import without_credentials

TAB = 4
"""Columns a tab is shown as."""


def shown(char: str) -> str:
    """Return what is printed for one character of a source line: a tab as blanks, control characters as a dot.

    Control and direction-changing characters of a file never reach the terminal, where they could rewrite what was
    printed.
    """
    if char == "\t":
        return " " * TAB
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Zl", "Zp") or char in _DIRECTION:
        return "\N{MIDDLE DOT}"
    return char


_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def width_of(text: str) -> int:
    """Return the columns that `text` takes once passed through `shown`."""
    return sum(char_width(c) for char in text for c in shown(char))


def printable(text: str) -> str:
    r"""Return a message on one line without control characters and without what looks like a credential.

    >>> printable("a\nb\x1b[31m")
    'a b·[31m'
    """
    return "".join(" " if char in "\n\r\t" else shown(char) for char in without_credentials(text))
