"""Findings that say the same of many lines, shown as one list: a template's placeholders would fill screens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from intertie.core.columns import wrapped
from intertie.core.paint import STRONG, Paint
from intertie.diagnostics.diagnostic import Diagnostic, Severity
from intertie.diagnostics.render.excerpt import CUT, Frame
from intertie.diagnostics.render.paint import GUTTER, SEVERITY_STYLE
from intertie.diagnostics.render.width import printable, shown, width_of

GATHERED = {
    "unfilled": "{} places are not filled in: write each, or take it out; a block left wholly unfilled counts as absent"
}
"""Name of a rule -> headline of its list. The line itself says what such a finding is about."""
MOST_FILES = 20
"""A kind of finding that stands in more files is shown once, with how often it stands there."""
AT_LEAST = 6
"""Fewer in a file are shown one by one."""

_WIDEST_LINE = 58
_GAP = "  "


def split(ordered: Sequence[Diagnostic]) -> tuple[list[Diagnostic], dict[str, list[list[Diagnostic]]]]:
    """Return the findings to show one by one, and path -> the lists to show of it, each of one rule and severity."""
    alike: defaultdict[tuple[str, str, Severity], list[Diagnostic]] = defaultdict(list)
    for diagnostic in ordered:
        if diagnostic.name in GATHERED and not diagnostic.related and not diagnostic.fix:
            alike[diagnostic.span.path, diagnostic.name, diagnostic.severity].append(diagnostic)
    lists: dict[str, list[list[Diagnostic]]] = {}
    listed: set[int] = set()
    for (path, _, _), group in alike.items():
        if len(group) >= AT_LEAST:
            lists.setdefault(path, []).append(group)
            listed.update(map(id, group))
    return [diagnostic for diagnostic in ordered if id(diagnostic) not in listed], lists


def without_repeats(ordered: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[str]]:
    """Return the findings to show, and a line for each kind that stands in so many files that only its first is shown.

    Three hundred copies of one spec have one mistake, not three hundred.
    """
    files: defaultdict[tuple[str, Severity], set[str]] = defaultdict(set)
    count: Counter[tuple[str, Severity]] = Counter()
    for diagnostic in ordered:
        kind = diagnostic.code, diagnostic.severity
        files[kind].add(diagnostic.span.path)
        count[kind] += 1
    everywhere = {kind for kind, paths in files.items() if len(paths) > MOST_FILES}
    shown, lines = [], []
    for diagnostic in ordered:
        kind = diagnostic.code, diagnostic.severity
        if kind in everywhere:
            everywhere.remove(kind)
            lines.append(
                f"{diagnostic.severity.value}[{diagnostic.code}] {diagnostic.name}: {count[kind] - 1:,} more in "
                f"{len(files[kind]):,} files; `--format concise` lists them"
            )
        elif len(files[kind]) > MOST_FILES:
            continue
        shown.append(diagnostic)
    return shown, lines


def render_list(group: Sequence[Diagnostic], lines: Sequence[str], paint: Paint, width: int) -> Iterator[str]:
    """Yield the rows of a list: a headline, then each line once with the help of its first finding."""
    first = group[0]
    style = SEVERITY_STYLE[first.severity]
    yield from headline(first, GATHERED[first.name].format(len(group)), paint, width)
    gutter = len(str(group[-1].span.line))
    frame = Frame(gutter, "^", style, paint, width)
    yield f"{'':>{gutter}}{paint('-->', GUTTER)} {printable(first.span.path)}:{first.span.line}:{first.span.column}"
    yield frame.number("")
    by_line = {diagnostic.span.line: diagnostic for diagnostic in reversed(group)}
    texts = {
        number: _cut(lines[number - 1] if number <= len(lines) else "", min(_WIDEST_LINE, width // 2))
        for number in by_line
    }
    column = max(map(width_of, texts.values()))
    for number in sorted(by_line):
        text = texts[number]
        room = width - gutter - 3 - column - len(_GAP)
        help_ = _cut(printable(by_line[number].help or ""), room)
        yield f"{frame.number(number)} {text}{' ' * (column - width_of(text))}{_GAP}{paint(help_, GUTTER)}".rstrip()


def headline(diagnostic: Diagnostic, message: str, paint: Paint, width: int) -> Iterator[str]:
    """Yield severity, code, name and message, in as many lines as they need."""
    head = f"{diagnostic.severity.value}[{diagnostic.code}]"
    name = f" {diagnostic.name}:"
    first, *rest = wrapped(f"{head}{name} {message}", width, rest="  ")
    if first.startswith(head + name):
        coloured = paint(head, SEVERITY_STYLE[diagnostic.severity]) + paint(name, STRONG)
        first = coloured + first[len(head) + len(name) :]
    yield from (first, *rest)


def _cut(text: str, width: int) -> str:
    """Return what fits into so many columns, ready to print."""
    whole = "".join(map(shown, text[: width + 1]))
    if len(text) <= width and width_of(whole) <= width:
        return whole
    kept, used = "", 0
    for char in whole:
        used += width_of(char)
        if used > width - len(CUT):
            break
        kept += char
    return kept + CUT
