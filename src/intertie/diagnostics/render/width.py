"""How wide text is on a terminal, and text that can't move its cursor."""

from __future__ import annotations

import unicodedata

from intertie.core.columns import char_width
from intertie.diagnostics.credentials import without_credentials

LONGEST_MESSAGE = 1000
"""Characters of a message, which may hold a value of the document."""
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
    if category in ("Cc", "Cs", "Zl", "Zp") or char in _INVISIBLE or "\U000e0000" <= char <= "\U000e007f":
        return "\N{MIDDLE DOT}"
    return char


_INVISIBLE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufff9\ufffa\ufffb")
"""Marks of direction, and those of annotations. The tags, which nobody sees, are left out with them."""


def width_of(text: str) -> int:
    """Return the columns that `text` takes once passed through `shown`."""
    return sum(char_width(c) for char in text for c in shown(char))


def printable(text: str) -> str:
    r"""Return a message on one line, cut, without control characters and without what looks like a credential.

    >>> printable("a\nb\x1b[31m")
    'a b·[31m'
    """
    text = without_credentials(text[: 2 * LONGEST_MESSAGE])
    if len(text) > LONGEST_MESSAGE:
        text = text[: LONGEST_MESSAGE - 1] + "…"
    return "".join(" " if char in "\n\r\t" else shown(char) for char in text)
