"""Findings with the lines they are about, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

from intertie.core.columns import wrapped
from intertie.core.paint import STRONG, Paint
from intertie.diagnostics.credentials import SECRET_CODES, mask_span, without_credentials
from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.excerpt import Frame, excerpt
from intertie.diagnostics.render.gathered import headline, render_list, split, without_repeats
from intertie.diagnostics.render.lines import source_lines
from intertie.diagnostics.render.paint import GUTTER, SEVERITY_STYLE
from intertie.diagnostics.render.width import printable

_LinesOf: TypeAlias = Callable[[str], list[str]]


def render_full(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False, width: int = 80
) -> str:
    """Return every finding with its excerpt, related places and help, a blank line after each.

    Findings that say the same of many lines of a file stand in one list at the end of it; of a kind that stands in very
    many files the first is shown, and the number of the others at the end.

    Args:
        diagnostics: In any order; shown by path, line, column and code.
        sources: Path as shown -> text of the file; a finding in a file that is not there is shown without excerpt.
            Secrets in it are shown as dots, whichever finding shows their line.
        color: Whether to colour for a terminal.
        width: Columns of the terminal: sentences are wrapped, and source lines cut around the finding.
    """
    paint = Paint(color)
    ordered = in_order(diagnostics)

    @cache
    def lines_of(path: str) -> list[str]:
        lines = source_lines(without_credentials(sources[path])) if path in sources else []
        for diagnostic in ordered:
            if diagnostic.code in SECRET_CODES and diagnostic.span.path == path:
                mask_span(lines, diagnostic.span)
        return lines

    rows: list[str] = []
    first_ones, more = without_repeats(ordered)
    single, lists = split(first_ones)
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in dict.fromkeys(each.span.path for each in ordered)}
    for diagnostic in single:
        by_path[diagnostic.span.path].append(diagnostic)
    for path, of_file in by_path.items():
        for diagnostic in of_file:
            rows.extend(_one(diagnostic, lines_of, paint, width))
            rows.append("")
        for group in lists.get(path, ()):
            rows.extend(render_list(group, lines_of(path), paint, width))
            rows.append("")
    rows.extend(row for line in more for row in wrapped(line, width, rest="  "))
    rows.extend([""] if more else [])
    return "".join(row + "\n" for row in rows)


def _one(diagnostic: Diagnostic, lines_of: _LinesOf, paint: Paint, width: int) -> Iterator[str]:
    style = SEVERITY_STYLE[diagnostic.severity]
    yield from headline(diagnostic, printable(diagnostic.message), paint, width)
    spans = (diagnostic.span, *(label.span for label in diagnostic.related))
    gutter = max(len(str(min(span.end_line, max(len(lines_of(span.path)), span.line)))) for span in spans)
    place = diagnostic.span
    yield f"{'':>{gutter}}{paint('-->', GUTTER)} {printable(place.path)}:{place.line}:{place.column}"
    room = width - gutter - 3
    yield from excerpt(lines_of(place.path), place, Frame(gutter, "^", style, paint, room))
    for label in diagnostic.related:
        place = label.span
        text = f"{printable(place.path)}:{place.line}:{place.column} {printable(label.message)}"
        yield from _marked(":::", text, gutter, paint, width)
        yield from excerpt(lines_of(place.path), place, Frame(gutter, "-", GUTTER, paint, room))
    if diagnostic.help:
        yield from _marked(" =", printable(diagnostic.help), gutter, paint, width, label="help: ")
    if diagnostic.fix:
        yield from _marked(" =", printable(diagnostic.fix.title), gutter, paint, width, label="fix: ")


def _marked(mark: str, text: str, gutter: int, paint: Paint, width: int, *, label: str = "") -> Iterator[str]:
    """Yield a sentence behind a mark of the gutter; further lines stand below its beginning."""
    blank = " " * gutter
    lead = f"{blank}{mark} {label}"
    first, *rest = wrapped(text, width, first=lead, rest=" " * len(lead))
    yield f"{blank}{paint(mark, GUTTER)} {paint(label, STRONG)}{first[len(lead) :]}"
    yield from rest
