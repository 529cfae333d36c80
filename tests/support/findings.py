"""Findings and their texts that the tests of reports share."""

# ruff: noqa: A002 - `help` is the diagnostic's own word
from __future__ import annotations

from intertie.diagnostics import Diagnostic, Label, Severity, SourceSpan

TEXT = "retry:\n  max_attempts: many\n  backoff: odd\n\ntotal: 5\n"
SOURCES = {"specs/a b.md": TEXT}


def finding(
    code="TIE014", line=2, column=17, *, end=None, severity=Severity.ERROR, message=None, help=None, related=()
):
    """Return a finding in the text."""
    span = SourceSpan("specs/a b.md", line, column, *(end or (line, column + 4)))
    return Diagnostic(code, "wrong-type", severity, message or "`max_attempts` is no number: 100%, <many> & \x07 more", span,
                      help, tuple(related))  # fmt: skip


ALL = (
    finding(help="write a number,\nsuch as 3"),
    finding("TIE018", 3, 3, severity=Severity.INFO, message="an info"),
    finding("TIE204", 5, 1, end=(6, 1), severity=Severity.WARNING, message="over two lines",
            related=[Label(SourceSpan("specs/a b.md", 1, 1, 1, 6), "because of this")]),
)  # fmt: skip
