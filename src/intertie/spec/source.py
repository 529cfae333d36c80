"""The text of one file with its places, and the findings made while it is read."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from intertie.diagnostics import Diagnostic, Fix, Label, Severity, SourceSpan
from intertie.spec.codes import UNFILLED, Code


class Source:
    """A file's text by line and column.

    `text` has no byte order mark and a line feed for every line end: neither moves a line or a column. Columns count
    characters.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = normalised(text)
        self._starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = self.text.find("\n", position + 1)

    @property
    def line_count(self) -> int:
        """Number of lines, an empty last one included."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """Return line `number` (1-based) without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end]

    def lines(self) -> list[str]:
        """Return all lines without their ends."""
        return self.text.split("\n")

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place in `text`."""
        return self._starts[line - 1] + column - 1

    def span(self, start: int, end: int) -> SourceSpan:
        """Return the span of `text[start:end]`."""
        return self.spans_from(0)(start, end)

    def spans_from(self, base: int) -> Callable[[int, int], SourceSpan]:
        """Return what gives the span of `text[base + start : base + end]`: a YAML block asks for one for each value."""
        starts, path, count = self._starts, self.path, len(self._starts)

        def span(start: int, end: int) -> SourceSpan:
            start += base
            end += base
            first = last = bisect_right(starts, start)
            begins = ends = starts[first - 1]
            if end != start and first < count and end >= starts[first]:
                last = bisect_right(starts, end)
                ends = starts[last - 1]
            return SourceSpan(path, first, start - begins + 1, last, end - ends + 1)

        return span

    def line_span(self, first: int, last: int | None = None) -> SourceSpan:
        """Return the span of whole lines, the end of the last one left out."""
        last = first if last is None else last
        return SourceSpan(self.path, first, 1, last, len(self.line(last)) + 1)

    def slice(self, span: SourceSpan) -> str:
        """Return the text that a span covers."""
        return self.text[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]


def normalised(text: str) -> str:
    """Return text without byte order mark and with line feeds for line ends."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


MOST_OF_A_KIND = 1_000
"""Findings of one code in one file that are kept; nobody reads more, and a hostile file may have a hundred thousand."""


class Findings:
    """Collects diagnostics while a file is read; one place is reported once for one code."""

    __slots__ = ("_found", "_left_out", "_of_a_kind")

    def __init__(self) -> None:
        self._found: dict[tuple[str, SourceSpan, str], Diagnostic] = {}
        self._of_a_kind: Counter[str] = Counter()
        self._left_out: dict[str, tuple[Diagnostic, int]] = {}

    def add(
        self,
        code: Code,
        span: SourceSpan,
        message: str,
        *,
        help: str | None = None,  # noqa: A002 - the diagnostic's own word
        related: Sequence[Label] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Report `message` at `span`."""
        diagnostic = Diagnostic(
            code.code, code.name, severity or code.severity, message, span, help or code.mend, tuple(related), fix
        )
        key = (code.code, span, message if code is not UNFILLED else "")
        if key in self._found:
            return
        if self.is_full(code):
            first, count = self._left_out.get(code.code, (diagnostic, 0))
            self._left_out[code.code] = (first, count + 1)
            return
        self._of_a_kind[code.code] += 1
        self._found[key] = diagnostic

    def is_full(self, code: Code) -> bool:
        """Return whether further findings of this code are only counted."""
        return self._of_a_kind[code.code] >= MOST_OF_A_KIND

    def has(self, code: Code) -> bool:
        """Return whether anything of this code was reported."""
        return self._of_a_kind[code.code] > 0

    def mark(self) -> int:
        """Return a point that `drop_after` can go back to."""
        return len(self._found)

    def drop_after(self, mark: int, *, keep: Code) -> None:
        """Forget what was reported since `mark`, except findings of code `keep`."""
        for key in list(self._found)[mark:]:
            if key[0] != keep.code:
                self._of_a_kind[key[0]] -= 1
                del self._found[key]

    def unfilled_since(self, mark: int) -> bool:
        """Return whether a placeholder was reported since `mark`."""
        return any(key[0] == UNFILLED.code for key in list(self._found)[mark:])

    def _uncounted(self) -> Iterator[Diagnostic]:
        for first, count in self._left_out.values():
            more = f"{count:,} more findings of this kind begin here; they are not shown"
            yield Diagnostic(first.code, first.name, first.severity, more, first.span, "fix those before it first")

    def all(self, *, draft: bool = False) -> tuple[Diagnostic, ...]:
        """Return the findings in the order of their places; placeholders are infos in a draft."""
        ordered = sorted((*self._found.values(), *self._uncounted()), key=lambda found: (found.span, found.code))
        if not draft:
            return tuple(ordered)
        return tuple(
            Diagnostic(
                found.code, found.name, Severity.INFO, found.message, found.span, found.help, found.related, found.fix
            )
            if found.code == UNFILLED.code
            else found
            for found in ordered
        )
