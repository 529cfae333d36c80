"""Findings as one JSON document."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import asdict

from intertie.diagnostics.credentials import without_credentials
from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.order import in_order, rule_page, summarize, without_hints


def as_json(diagnostics: Iterable[Diagnostic], *, files: int, hints: bool = True) -> dict[str, object]:
    """Return `{"diagnostics": […], "summary": {…}}` as plain data; lines and columns count from 1.

    Args:
        diagnostics: In any order.
        files: How many files were looked at.
        hints: Whether hints are listed; counted they are anyway.
    """
    ordered = in_order(diagnostics)
    listed = ordered if hints else without_hints(ordered)
    return {"diagnostics": [_one(d) for d in listed], "summary": asdict(summarize(ordered, files))}


def render_json(diagnostics: Iterable[Diagnostic], *, files: int, hints: bool = True) -> str:
    """Return the document as text with a newline at its end."""
    import json  # noqa: PLC0415  # one form of several

    return json.dumps(as_json(diagnostics, files=files, hints=hints), indent=2, ensure_ascii=False) + "\n"


def _one(diagnostic: Diagnostic) -> dict[str, object]:
    span = diagnostic.span
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": without_credentials(diagnostic.message),
        "help": without_credentials(diagnostic.help) if diagnostic.help else None,
        "url": rule_page(diagnostic.code),
        "related": [
            {
                "path": label.span.path,
                "line": label.span.line,
                "column": label.span.column,
                "message": without_credentials(label.message),
            }
            for label in diagnostic.related
        ],
    }
