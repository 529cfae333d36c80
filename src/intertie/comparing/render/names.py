"""What the two versions are called, and how their places are written."""

from __future__ import annotations

from msgspec import Struct

from intertie.comparing.change import Impact
from intertie.comparing.compare import Comparison
from intertie.diagnostics import SourceSpan


class Names(Struct, frozen=True):
    """The revisions that the two texts are from, None where it is the file itself."""

    old: str | None = None
    new: str | None = None

    def old_place(self, span: SourceSpan) -> str:
        """Return `main:specs/payments.md:12:3`."""
        return _place(self.old, span)

    def new_place(self, span: SourceSpan) -> str:
        """Return `specs/payments.md:12:3`."""
        return _place(self.new, span)


def totals(comparison: Comparison) -> str:
    """Return how many changes there are of each impact: `1 breaking, 2 risky, 3 safe`."""
    if not comparison.changes:
        return "no changes that matter"
    return ", ".join(f"{count} {impact.value}" for impact in Impact if (count := comparison.count(impact)))


def _place(revision: str | None, span: SourceSpan) -> str:
    where = f"{span.path}:{span.line}:{span.column}"
    return f"{revision}:{where}" if revision else where
