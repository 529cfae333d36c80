"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from intertie.diagnostics.diagnostic import Diagnostic, Severity
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.width import printable

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice", Severity.HINT: "notice"}
_GRAVITY = tuple(_COMMANDS)


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one `::error file=…::…` line for each finding, the gravest first: only so many of a step are shown.

    Source: GitHub Docs, "Workflow commands for GitHub Actions", setting an error message.
    """
    ordered = sorted(in_order(diagnostics), key=lambda diagnostic: _GRAVITY.index(diagnostic.severity))
    return "".join(_one(diagnostic) + "\n" for diagnostic in ordered)


def _one(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    properties = {"file": span.path, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:
        # Columns are shown for a range within one line only.
        properties |= {"col": str(span.column), "endColumn": str(max(span.end_column, span.column))}
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = printable(diagnostic.message)
    if diagnostic.help:
        text = f"{text}\nhelp: {printable(diagnostic.help)}"
    return f"::{_COMMANDS[diagnostic.severity]} {said}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
