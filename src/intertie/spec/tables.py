"""Markdown tables with the place of each cell."""

from __future__ import annotations

import re

from intertie.spec.source import Source
from intertie.spec.tree import Table, TextLine

_CELL_RE = re.compile(r"(?:\\.|[^|\\])*")


def read_table(source: Source, first: int, last: int) -> Table | None:
    """Return the table on lines `first`..`last` (1-based; the second is the rule below the header).

    Every row has as many cells as the header; the cells a row lacks are empty, at its end.
    """
    header = _cells(source, first)
    if not header:
        return None
    rows = []
    for number in range(first + 2, last + 1):
        cells = _cells(source, number)[: len(header)]
        end = source.offset(number, len(source.line(number).rstrip()) + 1)
        cells += [TextLine("", source.span(end, end))] * (len(header) - len(cells))
        rows.append(tuple(cells))
    return Table(tuple(header), tuple(rows), source.line_span(first, max(first, last)))


def _cells(source: Source, number: int) -> list[TextLine]:
    line = source.line(number)
    position = len(line) - len(line.lstrip())
    if line[position : position + 1] == "|":
        position += 1
    start_of_line = source.offset(number, 1)
    cells = []
    while position < len(line):
        match = _CELL_RE.match(line, position)
        end = match.end() if match else len(line)
        raw = line[position:end]
        text = raw.strip()
        begin = start_of_line + position + (len(raw) - len(raw.lstrip()) if text else 0)
        closed = end < len(line)
        if text or closed:
            cells.append(TextLine(text, source.span(begin, begin + len(text))))
        position = end + 1
    return cells
