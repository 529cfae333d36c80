"""Findings as a Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from intertie.diagnostics.diagnostic import Diagnostic, Severity
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.fingerprints import fingerprints
from intertie.diagnostics.render.width import printable

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info", Severity.HINT: "info"}


def render_gitlab(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """Return the report as text: a JSON list, each finding with a fingerprint that outlives moved lines.

    Args:
        diagnostics: In any order.
        sources: Path as shown -> text of the file.

    Source: GitLab Docs, "Code Quality", report format.
    """
    issues = [_one(diagnostic, known) for diagnostic, known in fingerprints(in_order(diagnostics), sources)]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _one(diagnostic: Diagnostic, fingerprint: str) -> dict[str, object]:
    text = printable(diagnostic.message)
    return {
        "description": f"{text} ({printable(diagnostic.help)})" if diagnostic.help else text,
        "check_name": f"{diagnostic.code} {diagnostic.name}",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": diagnostic.span.path,
            "lines": {"begin": diagnostic.span.line, "end": diagnostic.span.end_line},
        },
    }
