"""A comparison as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison
from intertie.comparing.render.names import Names
from intertie.diagnostics import SourceSpan
from intertie.diagnostics.credentials import without_credentials


def comparison_json(compared: Sequence[tuple[Comparison, Names]]) -> dict[str, object]:
    """Return `{"changes": […], "summary": {…}}` as plain data; lines and columns count from 1.

    What looks like a credential is masked.
    """
    return {
        "changes": [_one(change, names) for comparison, names in compared for change in comparison.changes],
        "summary": {
            impact.value: sum(comparison.count(impact) for comparison, _ in compared) for impact in Impact
        },
    }  # fmt: skip


def _one(change: Change, names: Names) -> dict[str, object]:
    return {
        "kind": change.kind,
        "impact": change.impact.value,
        "subject": without_credentials(change.subject),
        "operations": list(change.operations),
        "old": _masked(change.old),
        "new": _masked(change.new),
        "reason": without_credentials(change.reason),
        "old_place": _place(names.old, change.old_place),
        "new_place": _place(names.new, change.new_place),
    }


def _place(revision: str | None, span: SourceSpan) -> dict[str, object]:
    return {
        "revision": revision,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _masked(text: str | None) -> str | None:
    return None if text is None else without_credentials(text)
