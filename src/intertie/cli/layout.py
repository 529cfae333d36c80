"""How every command lays out what a person reads: width, wrapping, columns, headings, colours by meaning."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from intertie.core.columns import columns_of
from intertie.core.columns import wrapped as broken
from intertie.core.outside_text import shown_block
from intertie.core.paint import BAD, DIM, GOOD, NAME, PLAIN, STRONG, WARN, Paint

__all__ = ["BAD", "DIM", "GOOD", "NAME", "PLAIN_LAYOUT", "STRONG", "WARN", "Layout", "terminal_columns"]

USUAL, LEAST, MOST = 80, 40, 100
"""Columns where nothing is known; the fewest that text is laid out for; the most that it uses."""

SEPARATOR = " · "
_LABELS = {"error": f"{STRONG};{BAD}", "warning": f"{STRONG};{WARN}", "info": NAME, "next": f"{STRONG};{GOOD}"}
"""Words before a colon that say how a sentence is meant."""
_SOURCE = 9
"""Columns of `line 1234`."""
_PARAGRAPH_RE = re.compile(r"\n\s*\n")
_ITEM_RE = re.compile(r"\n(?=- )")
_LEAST_TEXT = 30
"""A column of text that is narrower reads worse than lines below their label."""


def terminal_columns(stream: TextIO | None) -> int:
    """Return how many columns lines may take: `COLUMNS`, else the terminal's, else 80; from 40 to 100."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return min(max(int(said), LEAST), MOST)
    try:
        # Who closed it (`>&-`) has none, and a pipe has no size.
        columns = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
    except (OSError, ValueError):
        columns = 0
    return min(max(columns, LEAST), MOST) if columns > 0 else USUAL


@dataclass(frozen=True, slots=True)
class Layout:
    """Text of one command for one stream.

    Attributes:
        width: Columns that a line may take.
        paint: Colour or none.
    """

    width: int = USUAL
    paint: Paint = PLAIN

    def heading(self, text: str) -> str:
        """Return a heading."""
        return self.paint(text, STRONG)

    def text(self, text: str, *, indent: int = 0, hanging: int = 0, style: str = "") -> list[str]:
        """Return a paragraph; further lines stand `hanging` columns to the right of the first."""
        blank = " " * indent
        return [
            self.paint.after(line, indent, style)
            for line in wrapped(text, self.width, first=blank, rest=blank + " " * hanging)
        ]

    def labelled(
        self, label: str, text: str, *, column: int, indent: int = 2, style: str = DIM, text_style: str = ""
    ) -> list[str]:
        """Return a label, and text in a column beside it."""
        lead = " " * indent + label
        lines, stop = _placed(lead, text, indent + column, self.width)
        first = self.paint(lines[0][:stop], style) + self.paint(lines[0][stop:], text_style)
        return [first, *(self.paint(line, text_style) for line in lines[1:])]

    def prose(self, text: str, *, indent: int = 0) -> list[str]:
        """Return Markdown paragraphs and lists in lines of this width."""
        lines: list[str] = []
        blank = " " * indent
        for paragraph in _PARAGRAPH_RE.split(text.strip("\n")):
            lines += [""] if lines else []
            for item in _ITEM_RE.split(paragraph):
                hanging = 2 if item.startswith("- ") else 0
                lines += wrapped(" ".join(item.split()), self.width, first=blank, rest=blank + " " * hanging)
        return lines

    def code(self, line: str, *, indent: int = 4) -> list[str]:
        """Return a line of an example; one that is too long goes on below, to the right of where it began."""
        blank = " " * indent
        if indent + columns_of(line) <= self.width:
            return [f"{blank}{shown_block(line)}".rstrip()]
        own = blank + " " * (len(line) - len(line.lstrip()))
        return wrapped(line.strip(), self.width, first=own, rest=f"{own}  ")

    def said(self, sentence: str) -> list[str]:
        """Return a sentence; the word before its colon is coloured where it is `Error`, `Warning` or the like."""
        indent = " " * (len(sentence) - len(sentence.lstrip(" ")))
        lines = wrapped(sentence.lstrip(" "), self.width, first=indent, rest=f"{indent}  ")
        label, colon, _ = lines[0].partition(":")
        style = _LABELS.get(label.lower()) if colon else None
        return [self.paint.before(lines[0], len(label) + 1, style), *lines[1:]] if style else lines

    def beside(self, lead: str, text: str, *, column: int, style: str = "") -> list[str]:
        """Return text in the column beside `lead`, below it where the column would be too narrow."""
        lines, stop = _placed(lead, text, column, self.width)
        return [self.paint.before(lines[0], stop, style), *lines[1:]]

    def sourced(
        self, lead: str, text: str, source: str, *, column: int | None = None, hanging: int = 0, style: str = ""
    ) -> list[str]:
        """Return text beside `lead`, with its source dim at the right edge.

        Args:
            lead: What stands before the text.
            text: A sentence.
            source: Where it comes from, in a few words; empty for nowhere.
            column: Where the text begins; right behind the lead where it is None.
            hanging: Columns that further lines stand to the right of it.
            style: Of the lead.
        """
        start = columns_of(lead) if column is None else column
        room = self.width - _SOURCE - 2 if source or column is not None else self.width
        lines, stop = _placed(lead, text, start, room, hanging)
        at = 0 if columns_of(lines[0]) > stop or len(lines) == 1 else 1
        gap = self.width - columns_of(lines[at]) - columns_of(source)
        placed = " " * gap + self.paint(source, DIM) if source and gap >= 2 else ""
        rows = [line + placed if index == at else line for index, line in enumerate(lines)]
        rows[0] = self.paint.before(rows[0], stop, style)
        if source and not placed:
            rows += [self.paint(line, DIM) for line in wrapped(source, self.width, first=" " * start, rest=" " * start)]
        return rows

    def joined(self, parts: Iterable[str], *, indent: int = 0, hanging: int = 2) -> list[str]:
        """Return short facts on one line, ` · ` between them; lines break between facts where that is possible."""
        blank = " " * indent
        lines: list[str] = []
        line = blank
        for part in parts:
            longer = part if not line.strip() else f"{SEPARATOR}{part}"
            if line.strip() and columns_of(line + longer) > self.width:
                lines.append(line)
                line, longer = blank + " " * hanging, part
            line += longer
        rows = [line for whole in [*lines, line] for line in self._kept(whole, indent + hanging)]
        return [row for row in rows if row.strip()]

    def _kept(self, line: str, hanging: int) -> list[str]:
        if columns_of(line) <= self.width:
            return [line]
        lead = line[: len(line) - len(line.lstrip())]
        return wrapped(line.strip(), self.width, first=lead, rest=" " * max(hanging, len(lead)))

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, styles: Sequence[str] = (), indent: int = 0
    ) -> Iterator[str]:
        """Yield a table, or each row as labelled lines where the table is wider than the terminal.

        Args:
            heads: Names of the columns.
            rows: One cell a column.
            styles: Style of each row's first cell.
            indent: Blanks before each line.
        """
        widths = [max(columns_of(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
        blank = " " * indent
        styles = styles or [""] * len(rows)
        if indent + sum(widths) + 2 * (len(widths) - 1) <= self.width:
            yield self.paint(blank + _cells(heads, widths), DIM)
            for row, style in zip(rows, styles, strict=True):
                yield self.paint.before(blank + _cells(row, widths), indent + len(row[0]), style)
            return
        column = max(map(len, heads[1:])) + 2
        for row, style in zip(rows, styles, strict=True):
            yield from self.text(row[0], indent=indent, hanging=2, style=style)
            for head, cell in zip(heads[1:], row[1:], strict=True):
                if cell:
                    yield from self.labelled(head, cell, column=column, indent=indent + 2)


PLAIN_LAYOUT = Layout()
"""Eighty columns without colour."""


def _cells(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip()


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return text in lines, with whatever a terminal would act on written out."""
    return broken(shown_block(text), width, first=shown_block(first), rest=rest)


def _placed(lead: str, text: str, column: int, width: int, hanging: int = 0) -> tuple[list[str], int]:
    """Return lines with text beside or below its lead, and how many letters of the first are the lead."""
    if width - column < _LEAST_TEXT and lead.strip():
        below = " " * (len(lead) - len(lead.lstrip()) + 2)
        return [lead.rstrip(), *wrapped(text, width, first=below, rest=below)], len(lead.rstrip())
    first = f"{lead}{' ' * (column - columns_of(lead))}" if columns_of(lead) <= column else f"{lead}  "
    return wrapped(text, width, first=first, rest=" " * (column + hanging)), len(first)
