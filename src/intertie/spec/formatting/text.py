"""A file's text as it stands, by the lines and columns that places count."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from intertie.diagnostics import SourceSpan

_LINE_END_RE = re.compile(r"\r\n|\r|\n")
_MARK = "\ufeff"


class Replacement(Struct, frozen=True, order=True):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str


class FileText:
    """Text with its own line ends and byte order mark, neither of which moves a line or a column."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = list(_LINE_END_RE.finditer(text))
        self._starts = [len(_MARK) if text.startswith(_MARK) else 0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]
        self._after = [*(end.end() for end in ends), len(text)]

    @property
    def line_count(self) -> int:
        """Number of lines, an empty last one included."""
        return len(self._starts)

    def offset(self, line: int, column: int) -> int:
        """Return where a place is."""
        return self._starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """Return a line without its end."""
        return self.text[self._starts[number - 1] : self._ends[number - 1]]

    def lines(self, first: int, last: int) -> str:
        """Return whole lines, the end of the last one left out; nothing where `last` stands before `first`."""
        return self.text[self._starts[first - 1] : self._ends[last - 1]] if first <= last else ""

    def line_end(self, number: int) -> str:
        """Return what ends a line, nothing where the file ends with it."""
        return self.text[self._ends[number - 1] : self._after[number - 1]]

    def slice(self, span: SourceSpan) -> str:
        """Return what a span covers."""
        return self.text[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]

    def replace(self, span: SourceSpan, new: str) -> Replacement:
        """Return the replacement of a span."""
        start, end = self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)
        return Replacement(start, end, new)

    def with_replacements(self, replacements: Iterable[Replacement]) -> str:
        """Return the text with those of the replacements in it that touch none before them."""
        taken: list[Replacement] = []
        for each in replacements:
            if all(each.end <= other.start or other.end <= each.start for other in taken):
                taken.append(each)
        text = self.text
        for each in sorted(taken, reverse=True):
            text = text[: each.start] + each.new + text[each.end :]
        return text
