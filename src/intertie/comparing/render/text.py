"""A comparison for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison
from intertie.comparing.render.names import Names, totals
from intertie.diagnostics.render.paint import GUTTER, STRONG, Paint
from intertie.diagnostics.render.width import printable

_STYLE = {Impact.BREAKING: "1;31", Impact.RISKY: "1;33", Impact.SAFE: "1;32"}


def comparison_text(comparison: Comparison, names: Names, *, color: bool = False) -> str:
    """Return every change with what it was and is, why it matters and its two places; then the totals."""
    paint = Paint(color)
    rows: list[str] = []
    for change in comparison.changes:
        rows += [*_one(change, names, paint), ""]
    rows.append(f"{printable(comparison.title)}: {totals(comparison)}")
    return "\n".join(rows) + "\n"


def _one(change: Change, names: Names, paint: Paint) -> Iterator[str]:
    head = paint(f"{change.impact.value}[{change.kind}]", _STYLE[change.impact])
    yield f"{head} {paint(printable(change.subject), STRONG)}"
    yield f"  {printable(change.old or '-')} → {printable(change.new or '-')}"
    yield f"  {printable(change.reason)}"
    if len(change.operations) > 1:
        yield f"  in {', '.join(change.operations)}"
    old, new = names.old_place(change.old_place), names.new_place(change.new_place)
    yield f"  {paint('-->', GUTTER)} {old}" if old == new else f"  {paint('-->', GUTTER)} {old} → {new}"
