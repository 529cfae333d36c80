"""The lines a span covers, with what it covers underlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from intertie.core.paint import Paint
from intertie.diagnostics.render.paint import GUTTER
from intertie.diagnostics.render.width import shown, width_of
from intertie.diagnostics.span import SourceSpan

CUT = "…"
_SHOWN_AT_START = 3
_MOST_PER_COLUMN = 4
"""A letter with more marks on it than that is cut."""


class Frame(Struct, frozen=True):
    """How an excerpt is drawn.

    Attributes:
        gutter: Columns of the line numbers.
        mark: `^` for the finding itself, `-` for a related place.
        style: SGR parameters of the mark.
        paint: Colour or none.
        width: Columns a source line may take.
    """

    gutter: int
    mark: str
    style: str
    paint: Paint
    width: int

    def number(self, number: int | str) -> str:
        """Return the gutter of one row."""
        return self.paint(f"{number:>{self.gutter}} |", GUTTER)


def excerpt(lines: Sequence[str], span: SourceSpan, frame: Frame) -> Iterator[str]:
    """Yield the rows of an excerpt, ready to print; nothing where the span is beyond the file.

    A span on one line is underlined. A span over several has `>` beside its lines; of a long one the first lines and
    the last are shown. A line wider than the frame is cut around the span.
    """
    last = min(span.end_line, len(lines))
    if span.line > last:
        return
    yield frame.number("")
    if span.line == span.end_line:
        yield from _single(lines[span.line - 1], span, frame)
        return
    numbers = list(range(span.line, last + 1))
    cut = len(numbers) > _SHOWN_AT_START + 2
    for number in numbers[:_SHOWN_AT_START] if cut else numbers:
        yield _beside(lines[number - 1], number, frame)
    if cut:
        yield f"{frame.number('')} {frame.paint('>', frame.style)} {CUT}"
        yield _beside(lines[last - 1], last, frame)


def _single(line: str, span: SourceSpan, frame: Frame) -> Iterator[str]:
    start = min(span.column - 1, len(line))
    end = min(max(span.end_column - 1, start), len(line))
    first, stop = _window(line, start, end, frame.width)
    text = (CUT if first else "") + _shown(line[first:stop]) + (CUT if stop < len(line) else "")
    yield f"{frame.number(span.line)} {text}".rstrip()
    indent = width_of(line[first:start]) + (len(CUT) if first else 0)
    marks = max(width_of(line[start : min(end, stop)]), 1)
    yield f"{frame.number('')} {' ' * indent}{frame.paint(frame.mark * marks, frame.style)}"


def _beside(line: str, number: int, frame: Frame) -> str:
    _, stop = _window(line, 0, 0, frame.width - 2)  # the mark and a blank stand before it
    text = _shown(line[:stop]) + (CUT if stop < len(line) else "")
    return f"{frame.number(number)} {frame.paint('>', frame.style)} {text}".rstrip()


def _window(line: str, start: int, end: int, width: int) -> tuple[int, int]:
    """Return the part of the line to show: whole where it fits, else around `start`, which is always inside."""
    # What takes no column can be without end too: a part has at most so many characters.
    most = width * _MOST_PER_COLUMN
    if len(line) <= most and width_of(line) <= width:
        return 0, len(line)
    width -= 2 * len(CUT)
    lead = min(width // 3, max(width - width_of(line[start : min(end, start + most)]), 0))
    first, used = start, 0
    while first and start - first < most and used + width_of(line[first - 1]) <= lead:
        first -= 1
        used += width_of(line[first])
    stop, used = first, 0
    while stop < len(line) and stop - first < 2 * most and used + width_of(line[stop]) <= width:
        used += width_of(line[stop])
        stop += 1
    return first, stop


def _shown(text: str) -> str:
    return "".join(map(shown, text))
