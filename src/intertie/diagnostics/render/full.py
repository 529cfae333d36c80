"""Findings with the lines they are about, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

from intertie.diagnostics.credentials import SECRET_CODES, mask_span, without_credentials
from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.excerpt import Frame, excerpt
from intertie.diagnostics.render.gathered import render_list, split
from intertie.diagnostics.render.lines import source_lines
from intertie.diagnostics.render.paint import GUTTER, SEVERITY_STYLE, STRONG, Paint
from intertie.diagnostics.render.width import printable

_LinesOf: TypeAlias = Callable[[str], list[str]]


def render_full(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], *, color: bool = False, width: int = 110
) -> str:
    """Return every finding with its excerpt, related places and help, a blank line after each.

    Findings that say the same of many lines of a file stand in one list at the end of it.

    Args:
        diagnostics: In any order; shown by path, line, column and code.
        sources: Path as shown -> text of the file; a finding in a file that is not there is shown without excerpt.
            Secrets in it are shown as dots, whichever finding shows their line.
        color: Whether to colour for a terminal.
        width: Columns a source line may take before it is cut around the finding.
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
    single, lists = split(ordered)
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
    return "".join(row + "\n" for row in rows)


def _one(diagnostic: Diagnostic, lines_of: _LinesOf, paint: Paint, width: int) -> Iterator[str]:
    style = SEVERITY_STYLE[diagnostic.severity]
    head = paint(f"{diagnostic.severity.value}[{diagnostic.code}]", style)
    yield f"{head} {paint(diagnostic.name + ':', STRONG)} {printable(diagnostic.message)}"
    spans = (diagnostic.span, *(label.span for label in diagnostic.related))
    gutter = max(len(str(min(span.end_line, max(len(lines_of(span.path)), span.line)))) for span in spans)
    place = diagnostic.span
    yield f"{'':>{gutter}}{paint('-->', GUTTER)} {printable(place.path)}:{place.line}:{place.column}"
    yield from excerpt(lines_of(place.path), place, Frame(gutter, "^", style, paint, width))
    for label in diagnostic.related:
        place = label.span
        where = f"{printable(place.path)}:{place.line}:{place.column}"
        yield f"{'':>{gutter}}{paint(':::', GUTTER)} {where} {printable(label.message)}"
        yield from excerpt(lines_of(place.path), place, Frame(gutter, "-", GUTTER, paint, width))
    if diagnostic.help:
        yield f"{'':>{gutter}} {paint('=', GUTTER)} {paint('help:', STRONG)} {printable(diagnostic.help)}"
    if diagnostic.fix:
        yield f"{'':>{gutter}} {paint('=', GUTTER)} {paint('fix:', STRONG)} {printable(diagnostic.fix.title)}"
