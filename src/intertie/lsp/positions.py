"""From an editor's positions to ours and back.

An editor counts lines from 0 and, unless it asked for something else, UTF-16 code units from 0; we count lines and
characters from 1, without a byte order mark, as `SourceSpan` does.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from intertie.diagnostics import SourceSpan
from intertie.spec.source import normalised

_MARK = "\ufeff"


class EditorPosition(Struct, frozen=True, order=True):
    """0-based line, and code units before the place on that line."""

    line: int
    character: int


def _utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def _utf8_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", errors="surrogatepass"))


_UNITS: dict[str, Callable[[str], int]] = {"utf-8": _utf8_units, "utf-16": _utf16_units, "utf-32": len}


class Ruler:
    """Measures one text in the code units that its editor counts.

    Args:
        text: As the editor has it: with its own line ends, and a byte order mark where there is one.
        encoding: `utf-8`, `utf-16` or `utf-32`; what is unknown counts as UTF-16, the protocol's own.
    """

    __slots__ = ("_lines", "_marked", "_units")

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self._units = _UNITS.get(encoding, _utf16_units)
        self._marked = text.startswith(_MARK)
        self._lines = normalised(text).split("\n")

    def place(self, position: EditorPosition) -> tuple[int, int]:
        """Return the 1-based line and column of a position; one past an end is the end.

        >>> Ruler("a\N{GRINNING FACE}b").place(EditorPosition(0, 3))
        (1, 3)
        """
        if position.line < 0:
            return 1, 1
        if position.line >= len(self._lines):
            return len(self._lines), len(self._lines[-1]) + 1
        text = self._lines[position.line]
        left = position.character - self._shift(position.line)
        if text.isascii() and self._units is not len:
            return position.line + 1, min(max(left, 0), len(text)) + 1
        for index, char in enumerate(text):
            if left <= 0:
                return position.line + 1, index + 1
            left -= self._units(char)
        return position.line + 1, len(text) + 1

    def position(self, line: int, column: int) -> EditorPosition:
        """Return the position of a 1-based line and column.

        >>> Ruler("a\N{GRINNING FACE}b").position(1, 3)
        EditorPosition(line=0, character=3)
        """
        if line > len(self._lines):
            # A span of whole lines ends at the start of the line after them, which the last one does not have.
            return EditorPosition(line - 1, 0)
        text = self._lines[line - 1]
        return EditorPosition(line - 1, self._shift(line - 1) + self._units(text[: column - 1]))

    def range(self, span: SourceSpan) -> tuple[EditorPosition, EditorPosition]:
        """Return start and end of a span."""
        return self.position(span.line, span.column), self.position(span.end_line, span.end_column)

    def _shift(self, line: int) -> int:
        return self._units(_MARK) if self._marked and line == 0 else 0


def line_end_of(text: str) -> str:
    r"""Return the line end a text uses, by its first line.

    >>> line_end_of("a\r\nb"), line_end_of("a")
    ('\r\n', '\n')
    """
    end = min((at for at in (text.find("\n"), text.find("\r")) if at >= 0), default=-1)
    if end < 0 or text[end] == "\n":
        return "\n"
    return "\r\n" if text[end : end + 2] == "\r\n" else "\r"
