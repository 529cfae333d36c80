"""A range of text in one file."""

from __future__ import annotations

from msgspec import Struct


class SourceSpan(Struct, frozen=True, order=True, gc=False):
    """Characters of one file: 1-based lines and columns, the end one past the last character.

    `path` is shown to people as it is: relative to the workspace root where the file lies inside it.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    def to(self, other: SourceSpan) -> SourceSpan:
        """Return the span from the start of this one to the end of `other` (same file)."""
        return SourceSpan(self.path, self.line, self.column, other.end_line, other.end_column)
