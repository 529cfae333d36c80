"""A comparison for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison
from intertie.comparing.render.names import Names, totals
from intertie.core.columns import wrapped
from intertie.core.paint import STRONG, Paint
from intertie.diagnostics.render.paint import GUTTER
from intertie.diagnostics.render.width import printable

_STYLE = {Impact.BREAKING: "1;31", Impact.RISKY: "1;33", Impact.SAFE: "1;32"}


def comparison_text(comparison: Comparison, names: Names, *, color: bool = False, width: int = 80) -> str:
    """Return every change with what it was and is, why it matters and its two places; then the totals."""
    paint = Paint(color)
    rows: list[str] = []
    for change in comparison.changes:
        rows += [*_one(change, names, paint, width), ""]
    rows += wrapped(f"{printable(comparison.title)}: {totals(comparison)}", width, rest="  ")
    return "\n".join(rows) + "\n"


def _one(change: Change, names: Names, paint: Paint, width: int) -> Iterator[str]:
    head, subject = f"{change.impact.value}[{change.kind}]", printable(change.subject)
    first, *rest = wrapped(f"{head} {subject}", width, rest="    ")
    yield paint(head, _STYLE[change.impact]) + paint(first[len(head) :], STRONG)
    yield from (paint(line, STRONG) for line in rest)
    texts = [f"{printable(change.old or '-')} → {printable(change.new or '-')}", printable(change.reason)]
    if len(change.operations) > 1:
        texts.append(f"in {', '.join(change.operations)}")
    for text in texts:
        yield from wrapped(text, width, first="  ", rest="    ")
    old, new = names.old_place(change.old_place), names.new_place(change.new_place)
    places = [old] if old == new else [f"{old} →", new]
    if len("  --> ") + len(" ".join(places)) <= width:
        places = [" ".join(places)]
    yield f"  {paint('-->', GUTTER)} {places[0]}"
    yield from (f"      {place}" for place in places[1:])
